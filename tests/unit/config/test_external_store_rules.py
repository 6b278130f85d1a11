"""Settings of what an external store replaces are refused, and so are external stores without an address."""

from typing import Any

import pytest

from config import load
from tests.unit.config.stacks import COLLECTORS_ONLY, EXTERNAL_LOGS, EXTERNAL_TRACES, PRODUCTION, problems, source

EXTERNAL = {"logging": EXTERNAL_LOGS, "tracing": EXTERNAL_TRACES}


@pytest.mark.parametrize(
    ("areas", "sentence"),
    [
        ({"logging": {**EXTERNAL_LOGS, "replicas": 3}}, "logging.replicas = 3: is not used: logging.kind is external"),
        ({"logging": {**EXTERNAL_LOGS, "rules_directory": "r"}}, "logging.rules_directory"),
        ({"logging": EXTERNAL_LOGS, "retention": {"logs": "30d"}}, 'retention.logs = "30d": is not used'),
        ({"logging": EXTERNAL_LOGS, "telemetry": {"logs_tenant": "a"}}, "whose tenant is logging.client.tenant"),
        ({"tracing": {**EXTERNAL_TRACES, "gateway": True}}, "tracing.gateway = true: is not used: tracing.kind"),
        ({"tracing": EXTERNAL_TRACES, "retention": {"traces": "30d"}}, 'retention.traces = "30d": is not used'),
        ({"storage": {"replicas": 3}}, 'observability:storage = "in-cluster": is not used: logging.kind and tracing'),
        ({"caching": {"kind": "valkey"}}, 'caching.kind = "valkey": has no reader'),
        ({"datasources": {"max_lines": 5000}}, "datasources.max_lines = 5000: is not used: the stack creates no"),
        ({"security": {"authentication": "basic"}}, "security.authentication"),
        ({"security": {"tls": "existing"}}, "remove it, or set receiver_tls"),
        ({"metrics": {"kind": "external"}}, "requires remote_write_url or otlp_url; set one of them"),
    ],
)
def test_a_setting_of_what_does_not_run_is_refused_once(areas: dict[str, Any], sentence: str) -> None:
    message = problems(**{**COLLECTORS_ONLY, **areas})
    assert sentence in message and "have 1 problem;" in message


def test_one_store_of_the_stack_keeps_the_settings_of_its_bucket() -> None:
    message = problems(
        logging=EXTERNAL_LOGS, storage={"kind": "external", "endpoint": "https://s3", "shared_bucket": "a"}
    )
    assert "observability:traces_access_key_id: is missing" in message and "logs_access_key_id" not in message
    buckets = {"logs": "a", "traces": "b"}
    message = problems(
        tracing=EXTERNAL_TRACES, storage={"kind": "minio", "buckets": buckets}, grafana={"enabled": False}
    )
    assert 'storage.buckets.traces = "b": is not used: tracing.kind is external' in message


def test_a_bucket_that_is_missing_is_named_alone() -> None:
    message = problems(logging=EXTERNAL_LOGS, storage={"kind": "minio", "buckets": {"metrics": "m"}})
    assert "storage.buckets.traces: is missing: traces need a bucket each" in message


def test_logins_of_an_external_store_are_refused_and_those_of_an_own_one_required() -> None:
    logins = {"collectors": "a", "grafana": "g", "loki": "l"}
    security = {"authentication": "basic", "logins": logins}
    message = problems(logging=EXTERNAL_LOGS, security=security)
    assert 'security.logins.loki = "l": is not used: logging.kind is external' in message
    assert "security.logins.tempo: is missing: Tempo's gateway requires a Secret" in message


def test_the_namespace_of_an_external_store_is_not_taken() -> None:
    url = "http://loki-gateway.observability"
    message = problems(
        **{**COLLECTORS_ONLY, "logging": {"kind": "external", "url": url}}, telemetry={"namespace": "observability"}
    )
    assert "is the namespace of the external store of logging" in message


def test_production_has_no_rule_for_stores_that_it_does_not_run() -> None:
    areas = {**COLLECTORS_ONLY, "cluster": PRODUCTION["cluster"]}
    assert load(source(**areas)).purposes == ()


def test_mtls_of_a_receiver_needs_no_store_of_the_stack() -> None:
    security = {"tls": "existing", "authentication": "mtls", "receiver_tls": True}
    assert not load(source(**COLLECTORS_ONLY, security=security)).has_own_store
    message = problems(**COLLECTORS_ONLY, security={**security, "receiver_tls": False})
    assert "security.authentication" in message and "security.tls" in message


@pytest.mark.parametrize("word", ["in-stack", "in_stack", "operator"])
def test_the_kind_of_a_store_of_the_stack_is_found_by_other_words(word: str) -> None:
    assert "own" in problems(logging={"kind": word})
