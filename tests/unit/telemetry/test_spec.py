"""The fixes that `Telemetry` names for arguments that do not go together."""

from collections.abc import Mapping
from typing import Any

import pytest

from components._spec import REMOVE
from components.telemetry.spec import TelemetrySpec
from tests.fixes import fix_of

from .examples import BACKENDS

TENANTS = {"shop": "team-a"}
HTTP = {"traces_otlp_endpoint": "http://tempo.tracing:4318"}


def problems_of(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fix of each problem by its place."""
    return {problem.field: fix_of(problem) for problem in TelemetrySpec.find_problems({**BACKENDS, **args})}


@pytest.mark.parametrize(
    ("args", "place", "fix"),
    [
        ({"pod_security": "baseline"}, "pod_security", None),
        ({"log_source": "api", "node_local_otlp": True}, "node_local_otlp", None),
        ({"namespace_tenants": TENANTS}, "namespace_tenants", {"logs_tenant": "<logs_tenant>"}),
        ({"client_certificates": True}, "client_certificates", {"tls_secret": "<tls_secret>"}),
        ({"receiver_tls": True}, "receiver_tls", {"tls_secret": "<tls_secret>"}),
        ({"login_secret": "login"}, "login_secret", {"tls_secret": "<tls_secret>"}),
        ({"extra_labels": {"team": "a", "pod": "b"}}, "extra_labels.pod", {"extra_labels.pod": REMOVE}),
        ({"memory_request": "1Gi"}, "memory_request", {"memory_limit": "1Gi"}),
        ({"memory_request": "64Mi", "memory_limit": "100Mi"}, "memory_limit", {"memory_limit": "128Mi"}),
    ],
)
def test_a_rule_names_its_fix(args: dict[str, Any], place: str, fix: Any) -> None:
    assert problems_of(args) == {place: fix}


def test_one_limit_satisfies_both_rules_on_memory() -> None:
    fix = {"memory_limit": "256Mi"}
    assert problems_of({"memory_limit": "64Mi"}) == {"memory_limit": fix, "memory_request": fix}
    assert problems_of(fix) == {}


def test_a_login_over_http_needs_no_tls_secret() -> None:
    assert problems_of({**HTTP, "login_secret": "login"}) == {}


@pytest.mark.parametrize("create_namespace", [True, False])
def test_only_a_privileged_namespace_admits_collectors_that_read_files(create_namespace: bool) -> None:
    own: dict[str, Any] = {"create_namespace": create_namespace}
    assert problems_of({**own, "pod_security": "restricted"}) == {"pod_security": None}
    assert problems_of({**own, "pod_security": "privileged"}) == {}
    assert problems_of({**own, "pod_security": "restricted", "log_source": "api"}) == {}
