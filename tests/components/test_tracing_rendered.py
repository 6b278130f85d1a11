"""`Tracing` in every generation, rendered with the real charts and held against what must be true of any stack."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.charts import TEMPO, TEMPO_DISTRIBUTED
from components.tracing import Tracing, TracingArgs
from components.tracing.args import TracingLimits
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
    "chart_version": "3.3.0",
    "kafka_address": "kafka.messaging:9092",
    "kafka_credentials_secret": "kafka-login",
}
SHAPES: dict[str, TracingArgs] = {
    "filesystem": {"namespace": "tracing", "store": "filesystem", "receivers": ["otlp"]},
    "monolithic": STORE,
    "one-ingester": {**INGESTERS, "replicas": 1},
    "two-ingesters": {**INGESTERS, "replicas": 2, "chart_version": "1.61.0"},
    "three-ingesters": INGESTERS,
    "one-partition": {**KAFKA, "partitions": 1},
    "three-partitions": KAFKA,
}
PORTS = {"grpc-otlp": 4317, "http-otlp": 4318, "jaeger-grpc": 14250, "jaeger-http": 14268, "zipkin": 9411}


def rendered(args: TracingArgs, cache: Path) -> list[RenderedObject]:
    chart = TEMPO_DISTRIBUTED if args.get("mode") == "distributed" else TEMPO
    version = args.get("chart_version", chart.default_version)
    charts = os.environ.get("OBSERVABILITY_CHARTS")
    if charts is None or shutil.which("helm") is None or not (Path(charts) / f"{chart.name}-{version}").is_dir():
        pytest.skip(f"needs helm on PATH and {chart.name}-{version} in the directory OBSERVABILITY_CHARTS")
    recording = record(lambda: {"query_url": Tracing("traces", args).query_url})
    ((_, objects),) = render_releases(recording, cache, pytest.fail)
    home = recording.one(":Namespace").plain()
    return [RenderedObject({"apiVersion": "v1", "kind": "Namespace", **home}, "the component"), *objects]


def named(objects: list[RenderedObject], kind: str, name: str) -> dict[str, Any]:
    (found,) = [item for item in objects if (item.kind, item.name) == (kind, name)]
    return dict(found.manifest["spec"])


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_keeps_what_must_be_true_of_any_stack(shape: str, tmp_path: Path) -> None:
    rendering = Rendering("tracing", tuple(rendered(SHAPES[shape], tmp_path)), (), (), frozenset())
    found = [str(finding) for invariant in INVARIANTS for finding in invariant(rendering)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("shape", "service"), [("monolithic", "tempo"), ("three-ingesters", "tempo-distributor")])
def test_every_protocol_that_is_on_has_a_port(shape: str, service: str, tmp_path: Path) -> None:
    ports = {port["port"] for port in named(rendered(SHAPES[shape], tmp_path), "Service", service)["ports"]}
    assert set(PORTS.values()) <= ports


def test_monolithic_tempo_shows_no_port_of_jaeger_unasked(tmp_path: Path) -> None:
    ports = {port["port"] for port in named(rendered(SHAPES["filesystem"], tmp_path), "Service", "tempo")["ports"]}
    assert {4317, 4318} <= ports and not {14250, 14268, 6831, 6832} & ports


def test_tempo_3_runs_one_scheduler_and_as_many_readers_of_the_topic_as_it_has_partitions(tmp_path: Path) -> None:
    objects = rendered(KAFKA, tmp_path)
    replicas = {item.name: item.manifest["spec"]["replicas"] for item in objects if item.kind == "StatefulSet"}
    assert replicas["tempo-backend-scheduler"] == 1
    assert replicas["tempo-live-store"] == replicas["tempo-block-builder"] == 3
    assert not {"tempo-ingester", "tempo-compactor"} & {item.name for item in objects}


@pytest.mark.parametrize("shape", ["monolithic", "two-ingesters", "three-ingesters", "three-partitions"])
def test_limits_reach_the_configuration_of_tempo(shape: str, tmp_path: Path) -> None:
    limits: TracingLimits = {
        "ingestion_rate_limit_bytes": 30_000_000,
        "ingestion_burst_size_bytes": 41_234_567,
        "max_bytes_per_trace": 10_000_000,
    }
    files = [item.manifest.get("data") or {} for item in rendered({**SHAPES[shape], "limits": limits}, tmp_path)]
    (text,) = [data["tempo.yaml"] for data in files if "tempo.yaml" in data]
    defaults = yaml.safe_load(text)["overrides"]["defaults"]
    assert defaults["ingestion"] == {"rate_limit_bytes": 30_000_000, "burst_size_bytes": 41_234_567}
    assert defaults["global"] == {"max_bytes_per_trace": 10_000_000}
    assert "span-metrics" in defaults["metrics_generator"]["processors"]
