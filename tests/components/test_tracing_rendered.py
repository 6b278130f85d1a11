"""`Tracing` in every mode and version, rendered with the real charts and checked by the invariants of any stack."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.charts import TEMPO, TEMPO_DISTRIBUTED
from components.tracing import Tracing, TracingArgs
from components.tracing.args import TracingLimits
from components.tracing.modes import TEMPO_2_VERSIONS, TEMPO_3_VERSIONS
from tests.real_charts import require_renderable
from tests.recording import record
from tools.contract.invariants import INVARIANTS
from tools.render import RenderedObject, Rendering
from tools.render.releases import render_releases

STORE: TracingArgs = {
    "namespace": "tracing",
    "bucket": "prod",
    "endpoint": "https://s3.example.org",
    "credentials_secret": "tempo-bucket",
    "remote_write_url": "http://prometheus-server.monitoring/api/v1/write",
    "receivers": ["otlp", "jaeger", "zipkin"],
    "service_monitor": True,
}
INGESTERS: TracingArgs = {**STORE, "mode": "distributed", "replicas": 3, "gateway": True}
KAFKA: TracingArgs = {
    **STORE,
    "mode": "distributed",
    "gateway": True,
    "chart_version": TEMPO_3_VERSIONS[0],
    "kafka_address": "kafka.messaging:9092",
    "kafka_credentials_secret": "kafka-login",
}
TOPOLOGIES: dict[str, TracingArgs] = {
    "filesystem": {"namespace": "tracing", "store": "filesystem", "receivers": ["otlp"]},
    "monolithic": STORE,
    "one-ingester": {**INGESTERS, "replicas": 1},
    "two-ingesters": {**INGESTERS, "replicas": 2, "chart_version": TEMPO_2_VERSIONS[-1]},
    "three-ingesters": INGESTERS,
    "one-partition": {**KAFKA, "partitions": 1},
    "three-partitions": KAFKA,
}
PORTS = {"grpc-otlp": 4317, "http-otlp": 4318, "jaeger-grpc": 14250, "jaeger-http": 14268, "zipkin": 9411}


def rendered(args: TracingArgs, cache: Path) -> list[RenderedObject]:
    chart = TEMPO_DISTRIBUTED if args.get("mode") == "distributed" else TEMPO
    version = args.get("chart_version", chart.default_version)
    require_renderable(chart, version)
    recording = record(lambda: {"query_url": Tracing("traces", args).query_url})
    ((_, objects),) = render_releases(recording, cache, pytest.fail)
    namespace = recording.one(":Namespace").plain()
    return [RenderedObject({"apiVersion": "v1", "kind": "Namespace", **namespace}, "the component"), *objects]


def named(objects: list[RenderedObject], kind: str, name: str) -> dict[str, Any]:
    (found,) = [item for item in objects if (item.kind, item.name) == (kind, name)]
    return dict(found.manifest["spec"])


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_topology_keeps_the_invariants(topology: str, tmp_path: Path) -> None:
    rendering = Rendering("tracing", tuple(rendered(TOPOLOGIES[topology], tmp_path)), (), (), frozenset())
    found = [str(finding) for invariant in INVARIANTS for finding in invariant(rendering)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("topology", "service"), [("monolithic", "tempo"), ("three-ingesters", "tempo-distributor")])
def test_every_enabled_protocol_has_a_port(topology: str, service: str, tmp_path: Path) -> None:
    ports = {port["port"] for port in named(rendered(TOPOLOGIES[topology], tmp_path), "Service", service)["ports"]}
    assert set(PORTS.values()) <= ports


def test_monolithic_tempo_has_no_port_of_jaeger_by_default(tmp_path: Path) -> None:
    ports = {port["port"] for port in named(rendered(TOPOLOGIES["filesystem"], tmp_path), "Service", "tempo")["ports"]}
    assert {4317, 4318} <= ports and not {14250, 14268, 6831, 6832} & ports


def test_tempo_3_has_one_scheduler_and_one_live_store_and_block_builder_a_partition(tmp_path: Path) -> None:
    objects = rendered(KAFKA, tmp_path)
    replicas = {item.name: item.manifest["spec"]["replicas"] for item in objects if item.kind == "StatefulSet"}
    assert replicas["tempo-backend-scheduler"] == 1
    assert replicas["tempo-live-store"] == replicas["tempo-block-builder"] == 3
    assert not {"tempo-ingester", "tempo-compactor"} & {item.name for item in objects}


@pytest.mark.parametrize("topology", ["monolithic", "two-ingesters", "three-ingesters", "three-partitions"])
def test_limits_reach_the_configuration_of_tempo(topology: str, tmp_path: Path) -> None:
    limits: TracingLimits = {
        "ingestion_rate_limit_bytes": 30_000_000,
        "ingestion_burst_size_bytes": 41_234_567,
        "max_bytes_per_trace": 10_000_000,
    }
    files = [item.manifest.get("data") or {} for item in rendered({**TOPOLOGIES[topology], "limits": limits}, tmp_path)]
    (text,) = [data["tempo.yaml"] for data in files if "tempo.yaml" in data]
    defaults = yaml.safe_load(text)["overrides"]["defaults"]
    assert defaults["ingestion"] == {"rate_limit_bytes": 30_000_000, "burst_size_bytes": 41_234_567}
    assert defaults["global"] == {"max_bytes_per_trace": 10_000_000}
    assert "span-metrics" in defaults["metrics_generator"]["processors"]
