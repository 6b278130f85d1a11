"""The gateway of Loki: TLS, logins, client certificates and tenants."""

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._spec import InvalidArgsError
from components.logging import tls_hosts
from components.logging.gateway import network_policy_spec, tenant_maps
from components.logging.values import loki_values

from .examples import BUCKET, CHARTS, DISTRIBUTED, RULES, V6, spec_of

TLS: dict[str, Any] = {"tls_secret": "loki-tls"}
MTLS: dict[str, Any] = {**TLS, "client_certificates": True}
LOGINS: dict[str, Any] = {"logins_secret": "loki-logins"}
everywhere = pytest.mark.parametrize("chart", CHARTS)


def gateway(**args: Any) -> Any:
    return loki_values(spec_of(BUCKET, **args))["gateway"]


def test_without_these_arguments_the_gateway_has_no_tls_and_no_logins() -> None:
    plain = gateway()
    assert not {"basicAuth", "extraVolumes", "extraVolumeMounts", "readinessProbe", "service"} & set(plain)
    assert set(plain["nginxConfig"]) == {"clientMaxBodySize", "enableIPv6"}


@everywhere
def test_the_gateway_speaks_tls_alone_with_the_certificate_of_the_secret(chart: str) -> None:
    values = gateway(**TLS, chart_version=chart)
    assert values["nginxConfig"]["ssl"] is True and values["service"]["port"] == 443
    assert values["readinessProbe"] == {"httpGet": {"scheme": "HTTPS"}}
    ((volume,), (mount,)) = values["extraVolumes"], values["extraVolumeMounts"]
    assert volume["secret"] == {"secretName": "loki-tls"} and volume["name"] == mount["name"]
    assert f"{{ default {mount['mountPath']}; }}" in values["nginxConfig"]["httpSnippet"]
    assert "ssl_verify_client" not in values["nginxConfig"]["httpSnippet"]
    assert values["nginxConfig"]["serverSnippet"] == ""


@everywhere
def test_a_renewed_certificate_is_read_by_the_next_handshake(chart: str) -> None:
    lines = gateway(**TLS, chart_version=chart)["nginxConfig"]["httpSnippet"].splitlines()
    named = [line.split()[1] for line in lines if line.startswith("ssl_certificate")]
    assert named and all("$" in name for name in named), "a name without a variable is read when nginx starts"


@everywhere
def test_only_the_probe_needs_no_certificate(chart: str) -> None:
    nginx = gateway(**MTLS, chart_version=chart)["nginxConfig"]
    assert nginx["serverSnippet"].splitlines()[0] == "if ($unproven) { return 403; }"
    assert '"~^SUCCESS " 0;' in nginx["httpSnippet"] and '"~^NONE /$" 0;' in nginx["httpSnippet"]
    assert "ssl_client_certificate /tls/ca.crt;" in nginx["httpSnippet"].splitlines()


@everywhere
@pytest.mark.parametrize("asked", [MTLS, LOGINS, {"tenants": ["a"], "tenants_secret": "users"}])
def test_clients_cannot_reach_the_paths_of_operators(asked: dict[str, Any], chart: str) -> None:
    (line,) = [
        line
        for line in gateway(**asked, chart_version=chart)["nginxConfig"]["serverSnippet"].splitlines()
        if "$uri" in line
    ]
    pattern = line.removeprefix('if ($uri ~ "').removesuffix('") { return 403; }')
    for path in ("/flush", "/ingester/shutdown", "/ingester", "/config", "/memberlist", "/ring", "/distributor/ring"):
        assert re.search(pattern, path), path
    for path in (
        "/",
        "/loki/api/v1/push",
        "/loki/api/v1/query_range",
        "/otlp/v1/logs",
        "/loki/api/v1/rules/ring-alerts",
    ):
        assert not re.search(pattern, path), path


@everywhere
def test_logins_leave_the_tenant_to_the_header(chart: str) -> None:
    values = gateway(**LOGINS, tenants=["a", "b"], chart_version=chart)
    assert values["basicAuth"] == {"enabled": True, "existingSecret": "loki-logins"}
    assert values["nginxConfig"]["locationSnippet"] == "if ($stranger) { return 403; }"


@everywhere
@pytest.mark.parametrize("login", ["tenants_secret", "logins_secret"])
def test_tenants_tls_certificates_and_logins_go_together(login: str, chart: str) -> None:
    values = gateway(**MTLS, **{login: "users"}, tenants=["a"], chart_version=chart)
    assert values["basicAuth"]["existingSecret"] == "users" and values["nginxConfig"]["ssl"] is True
    http = values["nginxConfig"]["httpSnippet"]
    assert "$unproven" in http and ("$stranger" in http) is (login == "logins_secret")


def test_the_exporter_beside_the_gateway_reads_its_counters_without_tls() -> None:
    values = gateway(**TLS, service_monitor=True)
    assert values["metrics"]["extraArgs"] == ["--nginx.scrape-url", "http://127.0.0.1:8081/stub_status"]
    assert "listen 127.0.0.1:8081;" in values["nginxConfig"]["httpSnippet"]
    assert "stub_status" not in gateway(**TLS, chart_version=V6)["nginxConfig"]["httpSnippet"]


def test_the_network_policy_admits_the_release_and_prometheus_alone() -> None:
    policy = network_policy_spec(spec_of(BUCKET, **LOGINS, metrics_namespaces=["monitoring"]))
    ((excluded,), (own, scrapers)) = policy["podSelector"]["matchExpressions"], policy["ingress"]
    assert (excluded["operator"], excluded["values"]) == ("NotIn", ["gateway"])
    assert own == {"from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/instance": "loki"}}}]}
    (namespaces,) = scrapers["from"][0]["namespaceSelector"]["matchExpressions"]
    assert namespaces["values"] == ["monitoring"] and [port["port"] for port in scrapers["ports"]] == [3100, 8001, 9150]
    assert len(network_policy_spec(spec_of(BUCKET, **LOGINS))["ingress"]) == 1


def test_the_certificate_is_good_for_every_name_of_the_gateway() -> None:
    assert tls_hosts("logs", "observability", "example.internal") == [
        "logs-gateway",
        "logs-gateway.observability",
        "logs-gateway.observability.svc",
        "logs-gateway.observability.svc.example.internal",
    ]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"client_certificates": True}, "client_certificates = true: a client certificate requires TLS"),
        (
            {**LOGINS, "tenants": ["a"], "tenants_secret": "u"},
            'logins_secret = "loki-logins": must not be set with tenants_secret',
        ),
        ({**LOGINS, "service_monitor": True}, "metrics_namespaces: is missing: a NetworkPolicy blocks all ingress"),
        ({**MTLS, "service_monitor": True}, "set the namespace of Prometheus, or set service_monitor to false"),
        ({"tenants": ["a"], "tenants_secret": "u", "service_monitor": True}, "set the namespace of Prometheus"),
        (
            {**MTLS, "values": {"gateway": {"nginxConfig": {"serverSnippet": "x"}}}},
            "gateway.nginxConfig.serverSnippet would replace the configuration of TLS and logins; remove it",
        ),
        ({**LOGINS, "values": {"gateway": {"basicAuth": {"enabled": False}}}}, "use the argument logins_secret"),
        ({**TLS, "values": {"gateway": {"extraVolumes": []}}}, "gateway.extraVolumes would replace"),
        ({**LOGINS, "values": {"gateway": {"basicAuth": None}}}, "gateway.basicAuth would replace"),
        ({**MTLS, "values": {"gateway": {"nginxConfig": None}}}, "gateway.nginxConfig.serverSnippet would replace"),
    ],
)
def test_arguments_and_values_that_weaken_the_gateway_are_refused(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec_of(BUCKET, **args)
    assert sentence in str(raised.value)


def test_other_values_of_the_gateway_are_taken() -> None:
    values = {"gateway": {"verboseLogging": False, "nginxConfig": {"logFormat": "main"}}}
    assert spec_of(BUCKET, **MTLS, **LOGINS, values=values).values == values


def test_all_problems_are_reported_together() -> None:
    both = {"tenants": ["a"], "tenants_secret": "u", **LOGINS}
    with pytest.raises(InvalidArgsError, match="3 problems"):
        spec_of(BUCKET, **both, client_certificates=True, service_monitor=True)


def test_tls_alone_requires_no_authentication() -> None:
    spec = spec_of(BUCKET, **TLS, service_monitor=True)
    assert not spec.authenticates and spec.scheme == "https"


NAMES = st.text("!-_*'()" + string.ascii_letters + string.digits, min_size=1, max_size=20)


@everywhere
def test_the_gateway_refuses_unknown_tenants(chart: str) -> None:
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


def test_without_tenants_authentication_is_disabled() -> None:
    values = loki_values(spec_of(BUCKET))
    assert values["loki"]["auth_enabled"] is False and "querier" not in values["loki"]
    assert set(values["gateway"]["nginxConfig"]) == {"clientMaxBodySize", "enableIPv6"}


def test_rules_are_in_the_directory_of_their_tenant() -> None:
    values = loki_values(spec_of(BUCKET, **RULES, tenants=["a"]))
    assert values["sidecar"]["rules"]["folder"] == "/rules", "the annotation of the ConfigMap names the tenant"


def admits(tenants: tuple[str, ...], header: str) -> bool:
    (pattern,) = re.findall(r'"~(\^.*)" 1;', tenant_maps(tenants).splitlines()[2])
    return re.fullmatch(pattern, header) is not None


@given(tenants=st.lists(NAMES, min_size=1, max_size=4, unique=True), other=NAMES)
def test_the_gateway_admits_exactly_the_tenants(tenants: list[str], other: str) -> None:
    listed = tuple(tenants)
    assert all(admits(listed, name) for name in listed) and admits(listed, "|".join(listed))
    assert admits(listed, other) is (other in listed)
    assert not admits(listed, "") and not admits(listed, f"{listed[0]}|")


def test_only_a_probe_needs_no_tenant() -> None:
    *_, rule, _ = tenant_maps(("a",)).splitlines()
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
        ({"tenants": [".."]}, "must not be . or .."),
        ({"tenants": ["a", "b", "a"]}, "a is listed twice"),
        ({"tenants_secret": "users"}, 'tenants_secret = "users"'),
    ],
)
def test_an_invalid_tenant_is_refused(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec_of(BUCKET, **args)
    assert sentence in str(raised.value)
