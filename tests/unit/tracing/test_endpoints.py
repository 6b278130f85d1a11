"""The receivers of spans in the values of each chart."""

from typing import Any

import pytest

from components.tracing.endpoints import distributed_receivers, monolithic_receivers
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec

ALL = ["otlp", "jaeger", "zipkin"]


@pytest.mark.parametrize("base", [ON_PREMISES, KAFKA])
def test_distributed_tempo_has_only_the_receivers_of_the_arguments(base: dict[str, Any]) -> None:
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


def test_monolithic_tempo_does_not_receive_jaeger_by_default() -> None:
    protocols = monolithic_receivers(spec(LAPTOP))["jaeger"]["protocols"]
    assert set(protocols) == {"grpc", "thrift_http", "thrift_compact", "thrift_binary"}
    assert all(protocol == {"endpoint": None} for protocol in protocols.values()), "a null removes the address"


def test_monolithic_tempo_has_the_receivers_of_the_arguments() -> None:
    found = monolithic_receivers(spec(LAPTOP, receivers=ALL))
    assert "jaeger" not in found, "the chart enables it by default"
    assert found["zipkin"] == {"endpoint": "0.0.0.0:9411"}
