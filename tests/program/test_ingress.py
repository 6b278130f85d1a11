"""The routes of whole stacks: which UIs have one, who authenticates their users, and what follows of their URLs."""

from typing import Any

import pytest

from tests.program.programs import record_stack
from tools.program import Recording
from tools.program.stacks import WELL_FORMED

INGRESS: dict[str, Any] = {"kind": "traefik", "domain": "obs.example.org"}


def routed(ingress: dict[str, Any] | None = None, **areas: Any) -> Recording:
    """Record a stack with routes and further settings."""
    return record_stack({"ingress": {**INGRESS, **(ingress or {})}, **areas})


def middlewares(recording: Recording) -> dict[str, list[str]]:
    """Return the middlewares of each route, as `namespace/name`, by its host."""
    specs = [each.plain()["spec"] for each in recording.of_type(":IngressRoute")]
    return {
        route["match"].split("`")[1].partition(".")[0]: [
            f"{each['namespace']}/{each['name']}" for each in route.get("middlewares", ())
        ]
        for spec in specs
        for route in spec["routes"]
    }


def external_url(recording: Recording) -> str:
    values = recording.one(":Release", "metrics-prometheus").plain()["values"]
    return str(values["alertmanager"].get("alertmanagerSpec", {}).get("externalUrl", ""))


def clients(recording: Recording) -> list[str]:
    """Return the namespaces that the NetworkPolicy of Alertmanager admits."""
    policy = recording.one(":NetworkPolicy", "metrics-alertmanager-network-policy").plain()
    (peer,) = policy["spec"]["ingress"][0]["from"]
    return list(peer["namespaceSelector"]["matchExpressions"][0]["values"])


def test_alertmanager_is_routed_behind_a_login_in_its_namespace() -> None:
    recording = routed()
    assert middlewares(recording) == {
        "alloy": ["telemetry/basic-auth"],
        "alertmanager": ["monitoring/basic-auth"],
        "grafana": [],
    }
    route = recording.one(":IngressRoute", "alertmanager-route").plain()
    assert route["metadata"]["namespace"] == "monitoring"
    assert route["spec"]["routes"][0]["services"] == [{"name": "prometheus-alertmanager", "port": 9093}]
    login = recording.one(":Secret", "alertmanager-login-login").plain()
    assert login["metadata"]["namespace"] == "monitoring" and login["metadata"]["name"] == "basic-auth-login"


def test_the_users_of_the_stack_log_in_to_both_uis() -> None:
    recording = routed(ui_users={"secure": "v1:x"})
    alloy, alertmanager = (
        recording.one(":Secret", f"{name}-users").plain()["stringData"] for name in ("ui-login", "alertmanager-login")
    )
    assert alloy == alertmanager == {"users": WELL_FORMED["observability:ui_users"]}


def test_an_existing_middleware_authenticates_for_both_uis() -> None:
    recording = routed({"auth_middleware": {"name": "login", "namespace": "traefik"}})
    assert middlewares(recording) == {"alloy": ["traefik/login"], "alertmanager": ["traefik/login"], "grafana": []}
    assert not recording.of_type(":index:BasicAuth")


def test_uis_in_one_namespace_share_the_login() -> None:
    recording = routed(telemetry={"namespace": "monitoring"})
    assert middlewares(recording)["alloy"] == middlewares(recording)["alertmanager"] == ["monitoring/basic-auth"]
    assert [each.name for each in recording.of_type(":index:BasicAuth")] == ["ui-login"]


def test_alertmanager_has_a_login_beside_collectors_without_a_ui() -> None:
    recording = routed(telemetry={"engine": "otel-collector"})
    assert middlewares(recording) == {"alertmanager": ["monitoring/basic-auth"], "grafana": []}
    assert [each.name for each in recording.of_type(":index:BasicAuth")] == ["alertmanager-login"]


@pytest.mark.parametrize(
    ("ingress", "url"),
    [
        ({}, "https://alertmanager.obs.example.org"),
        ({"https": False}, "http://alertmanager.obs.example.org"),
        ({"https": False, "tls_secret": "certificate"}, "https://alertmanager.obs.example.org"),
    ],
)
def test_links_in_notifications_and_those_of_grafana_lead_to_the_routes(ingress: dict[str, Any], url: str) -> None:
    recording = routed(ingress)
    assert external_url(recording) == recording.outputs["ui"]["alertmanager"] == url
    ini = recording.one(":Release", "grafana-grafana").plain()["values"]["grafana.ini"]
    assert ini["server"]["root_url"] == recording.outputs["ui"]["grafana"] == url.replace("alertmanager", "grafana")


def test_a_stated_address_of_alertmanager_stays() -> None:
    url = "https://alerts.example.org"
    assert external_url(routed(alerting={"alertmanager": {"external_url": url}})) == url


@pytest.mark.parametrize(("ingress", "namespace"), [({}, "traefik"), ({"namespace": "kube-system"}, "kube-system")])
def test_traefik_gets_past_the_policy_of_alertmanager(ingress: dict[str, Any], namespace: str) -> None:
    assert set(clients(routed(ingress))) - set(clients(record_stack({}))) == {namespace}


def test_a_traefik_with_the_network_of_its_nodes_is_admitted_by_their_addresses() -> None:
    recording = routed({"source_ranges": ["10.0.0.0/16"]})
    policy = recording.one(":NetworkPolicy", "metrics-alertmanager-network-policy").plain()
    admitted = [each for rule in policy["spec"]["ingress"] for each in rule.get("from", ()) if "ipBlock" in each]
    assert admitted == [{"ipBlock": {"cidr": "10.0.0.0/16"}}]


def test_without_an_ingress_alertmanager_is_reached_in_the_cluster() -> None:
    recording = record_stack({"ingress": {"domain": "obs.example.org"}})
    assert not recording.of_type(":IngressRoute") and not recording.of_type(":index:BasicAuth")
    assert external_url(recording) == ""
    assert recording.outputs["ui"]["alertmanager"] == "http://prometheus-alertmanager.monitoring:9093"


@pytest.mark.parametrize(
    "areas",
    [
        {"alerting": {"alertmanager_url": "http://alertmanager-operated.alerts:9093"}},
        {"metrics": {"kind": "none"}},
    ],
)
def test_a_stack_without_an_alertmanager_of_its_own_has_no_route_to_one(areas: dict[str, Any]) -> None:
    recording = routed(**areas)
    assert set(middlewares(recording)) == {"alloy", "grafana"} == set(recording.outputs["ui"])
