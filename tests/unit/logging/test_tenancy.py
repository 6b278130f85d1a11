"""Who may write and read as which tenant."""

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._spec import InvalidArgsError
from components.logging.choices import PreparedChange
from components.logging.ledger import ledger_problems
from components.logging.tenancy import known_tenants
from components.logging.values import loki_values, merged_values

from .examples import BUCKET, CHARTS, DISTRIBUTED, RULES, spec_of
from .test_ledger import TODAY

everywhere = pytest.mark.parametrize("chart", CHARTS)
NAMES = st.text("!-_*'()" + string.ascii_letters + string.digits, min_size=1, max_size=20)


@everywhere
def test_loki_tells_tenants_apart_and_the_gateway_lets_no_stranger_in(chart: str) -> None:
    values = loki_values(spec_of(DISTRIBUTED, tenants=["team-a", "team-b"], chart_version=chart))
    assert values["loki"]["auth_enabled"] is True
    assert values["loki"]["querier"]["multi_tenant_queries_enabled"] is True
    nginx = values["gateway"]["nginxConfig"]
    assert nginx["locationSnippet"] == "if ($stranger) { return 403; }" and "team" in nginx["httpSnippet"]
    assert nginx["clientMaxBodySize"] == "20M" and "basicAuth" not in values["gateway"]


@everywhere
def test_a_login_is_the_tenant_in_every_location(chart: str) -> None:
    values = loki_values(spec_of(BUCKET, tenants=["a"], tenants_secret="loki-users", chart_version=chart))
    gateway = values["gateway"]
    assert gateway["basicAuth"] == {"enabled": True, "existingSecret": "loki-users"}
    assert gateway["nginxConfig"]["locationSnippet"] == "proxy_set_header X-Scope-OrgID $remote_user;"


def test_without_tenants_the_chart_tells_nobody_apart() -> None:
    values = loki_values(spec_of(BUCKET))
    assert values["loki"]["auth_enabled"] is False and "querier" not in values["loki"]
    assert set(values["gateway"]["nginxConfig"]) == {"clientMaxBodySize", "enableIPv6"}


def test_rules_lie_where_their_tenant_says() -> None:
    values = loki_values(spec_of(BUCKET, **RULES, tenants=["a"]))
    assert values["sidecar"]["rules"]["folder"] == "/rules", "the annotation of the ConfigMap names the tenant"


def admits(tenants: tuple[str, ...], header: str) -> bool:
    (pattern,) = re.findall(r'"~(\^.*)" 1;', known_tenants(tenants).splitlines()[2])
    return re.fullmatch(pattern, header) is not None


@given(tenants=st.lists(NAMES, min_size=1, max_size=4, unique=True), other=NAMES)
def test_the_gateway_admits_any_of_the_tenants_and_nobody_else(tenants: list[str], other: str) -> None:
    listed = tuple(tenants)
    assert all(admits(listed, name) for name in listed) and admits(listed, "|".join(listed))
    assert admits(listed, other) is (other in listed)
    assert not admits(listed, "") and not admits(listed, f"{listed[0]}|")


def test_only_a_probe_needs_no_tenant() -> None:
    *_, rule, _ = known_tenants(("a",)).splitlines()
    pattern = rule.strip().removeprefix('"~').removesuffix('" 1;')
    assert re.search(pattern, "0 /loki/api/v1/push") and not re.search(pattern, "0 /")
    assert not re.search(pattern, "1 /loki/api/v1/push")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"tenants": ["a:b"]}, "use no other characters"),
        ({"tenants": ["a b"]}, "use no other characters"),
        ({"tenants": ["a|b"]}, "use no other characters"),
        ({"tenants": [""]}, "1 to 150"),
        ({"tenants": ["a" * 151]}, "1 to 150"),
        ({"tenants": [".."]}, "use another than . and .."),
        ({"tenants": ["a", "b", "a"]}, "a is named twice"),
        ({"tenants_secret": "users"}, "name them in tenants"),
    ],
)
def test_a_tenant_that_loki_refuses_is_refused_before(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec_of(BUCKET, **args)
    assert sentence in str(raised.value)


def test_tenants_come_and_go_only_when_senders_and_readers_know() -> None:
    one, many = merged_values(spec_of(BUCKET)), merged_values(spec_of(BUCKET, tenants=["fake", "a"]))
    (coming,), (going,) = ledger_problems(one, many, today=TODAY), ledger_problems(many, one, today=TODAY)
    assert 'keep "fake" among tenants' in coming and 'logs of tenant "fake" alone' in going
    assert ledger_problems(one, many, today=TODAY, prepared=[PreparedChange.TENANTS]) == []
    more = merged_values(spec_of(BUCKET, tenants=["fake", "a", "b"]))
    assert ledger_problems(many, more, today=TODAY) == []
