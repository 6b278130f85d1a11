"""Settings that nothing would read are refused with the reason; what says no more than a default is let be."""

from typing import Any

import pytest

from config import load
from tests.unit.config.stacks import EXTERNAL, EXTERNAL_METRICS, problems, source

NO_METRICS = {"metrics": {"kind": "none"}}
NO_GRAFANA = {"enabled": False}
USERS = "alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="


@pytest.mark.parametrize(
    ("areas", "sentence"),
    [
        (
            {**NO_METRICS, "tracing": {"processors": ["service-graphs"]}},
            'tracing.processors = ["service-graphs"]: is not used',
        ),
        ({**NO_METRICS, "tracing": {"external_labels": {"a": "b"}}}, "tracing.external_labels"),
        (
            {"metrics": {**EXTERNAL_METRICS, "memory": "2Gi"}},
            'metrics.memory = "2Gi": is not used',
        ),
        ({"metrics": {**EXTERNAL_METRICS, "values": {"server": {}}}}, "observability:metrics.values"),
        (
            {"metrics": EXTERNAL_METRICS, "retention": {"metrics": "90d"}},
            'retention.metrics = "90d": is not used',
        ),
        ({"metrics": {**EXTERNAL_METRICS, "namespace": "rules"}}, "the stack states no rules (observability:alerting)"),
        ({**NO_METRICS, "alerting": {"owner": "sre"}}, 'alerting.owner = "sre": is not used: metrics.kind is none'),
        ({"grafana": {**NO_GRAFANA, "volume_size": "9Gi"}}, 'grafana.volume_size = "9Gi": is not used'),
        ({"grafana": {**NO_GRAFANA, "admin": {"secret": "a", "key": "b"}}}, "observability:grafana.admin"),
        ({"demo": {"namespace": "shop"}}, 'demo.namespace = "shop": is not used: demo.enabled is false'),
        (
            {"caching": {"kind": "valkey"}, "logging": {"chunks_cache_mib": 1024}},
            "logging.chunks_cache_mib = 1024: is not used: caching.kind is valkey",
        ),
        ({"caching": {"kind": "valkey"}, "logging": {"results_cache_mib": 0}}, "logging.results_cache_mib = 0: is not"),
        ({"caching": {"size_mib": 64}}, "caching.size_mib = 64: is not used: caching.kind is memcached"),
        ({"ingress": {"tls_secret": "tls"}}, 'ingress.tls_secret = "tls": is not used: ingress.kind is none'),
        ({"ingress": {"entry_points": ["internal"]}}, "observability:ingress.entry_points"),
        ({"ingress": {"namespace": "kube-system"}}, "observability:ingress.namespace"),
        ({"ingress": {"source_ranges": ["10.0.0.0/16"]}}, "observability:ingress.source_ranges"),
        (
            {"storage": {**EXTERNAL, "credentials": {"log": "loki"}}},
            'storage.credentials.log = "loki": must be logs or traces',
        ),
    ],
)
def test_what_nothing_reads_is_refused_with_the_reason(areas: dict[str, Any], sentence: str) -> None:
    message = problems(**areas)
    assert sentence in message
    assert "pulumi config rm --path observability:" in message


def test_a_wrong_setting_beside_others_does_not_hide_that_they_are_not_used() -> None:
    message = problems(caching={"size_mib": 1, "namespace": "cache"}, ingress={"tls_secret": "A B", "https": False})
    assert 'caching.namespace = "cache": is not used' in message and message.count("caching.size_mib") == 2
    assert message.count("ingress.tls_secret") == 2


def test_users_of_no_route_are_refused() -> None:
    message = problems(ui_users=USERS, secret=("ui_users",))
    assert "observability:ui_users: is not used: ingress.kind is none" in message
    assert "pulumi config rm observability:ui_users" in message


def test_users_beside_a_middleware_that_is_there_are_refused() -> None:
    middleware = {"name": "login", "namespace": "traefik"}
    ingress = {"kind": "traefik", "domain": "obs.example.org", "auth_middleware": middleware}
    message = problems(ingress=ingress, ui_users=USERS, secret=("ui_users",))
    assert "observability:ui_users: is not used: ingress.auth_middleware traefik/login" in message


def test_a_secret_in_values_of_what_does_not_run_is_not_shown() -> None:
    assert "hunter2" not in problems(grafana={**NO_GRAFANA, "values": {"adminPassword": "hunter2"}})


def test_a_default_that_is_written_out_may_stand() -> None:
    written = load(
        source(demo={"enabled": False, "namespace": "demo"}, caching={"size_mib": 512}, ingress={"kind": "none"})
    )
    assert not written.demo.enabled
