"""The protocols that spans arrive by."""

from typing import Any

import pytest

from components.tracing.receivers import distributed_receivers, monolithic_receivers
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec

ALL = ["otlp", "jaeger", "zipkin"]


@pytest.mark.parametrize("base", [ON_PREMISES, KAFKA])
def test_distributed_tempo_takes_what_is_asked_for_and_nothing_else(base: dict[str, Any]) -> None:
    assert set(distributed_receivers(spec(base))) == {"otlp"}
    assert set(distributed_receivers(spec(base, receivers=["otlp", "zipkin"]))) == {"otlp", "zipkin"}
    found = distributed_receivers(spec(base, receivers=ALL))
    assert found["zipkin"]["enabled"] is True
    assert {name: part["enabled"] for name, part in found["jaeger"].items()} == {
        "grpc": True,
        "thriftHttp": True,
        "thriftCompact": True,
        "thriftBinary": True,
    }


def test_monolithic_tempo_does_not_listen_for_jaeger_unasked() -> None:
    protocols = monolithic_receivers(spec(LAPTOP))["jaeger"]["protocols"]
    assert set(protocols) == {"grpc", "thrift_http", "thrift_compact", "thrift_binary"}
    assert all(protocol == {"endpoint": None} for protocol in protocols.values()), "a null takes the address away"


def test_monolithic_tempo_listens_for_all_that_is_asked_for() -> None:
    found = monolithic_receivers(spec(LAPTOP, receivers=ALL))
    assert "jaeger" not in found, "the chart has it on by itself"
    assert found["zipkin"] == {"endpoint": "0.0.0.0:9411"}
