"""`Tracing` as a program registers it."""

from typing import Any

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.charts import TEMPO
from components.tracing import Tracing, TracingArgs
from components.tracing.modes import TEMPO_3_VERSIONS
from tests.components.tracing_args import DISTRIBUTED, KAFKA, LAPTOP, RECEIVERS
from tests.recording import UNKNOWN, outputs_of, record, record_component


def test_the_component_is_parent_of_a_release_in_a_restricted_namespace() -> None:
    recording = record_component(Tracing, LAPTOP)
    component = recording.one("observability:index:Tracing")
    namespace, release = recording.one(":Namespace"), recording.one(":Release")
    assert namespace.parent == release.parent == component.urn
    assert namespace.plain()["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace.urn in release.request.dependencies, "pods are created after their namespace and deleted before it"
    assert release.plain()["chart"] == "tempo" and release.plain()["version"] == TEMPO.default_version


def test_monolithic_tempo_has_one_service() -> None:
    assert record_component(Tracing, LAPTOP).outputs == {
        "namespace": "tracing",
        "query_url": "http://tempo.tracing:3200",
        "otlp_grpc_endpoint": "tempo.tracing:4317",
        "otlp_http_url": "http://tempo.tracing:4318",
        "jaeger_grpc_endpoint": "",
        "jaeger_http_url": "",
        "zipkin_url": "",
        "generated_metrics": [],
    }


def test_distributed_tempo_has_different_services_for_spans_and_queries() -> None:
    found = record_component(Tracing, DISTRIBUTED).outputs
    assert found["query_url"] == "http://tempo-query-frontend.tracing:3200"
    assert found["otlp_grpc_endpoint"] == "tempo-distributor.tracing:4317"
    assert found["otlp_http_url"] == "http://tempo-distributor.tracing:4318"
    assert "traces_service_graph_request_total" in found["generated_metrics"]


def test_a_gateway_receives_only_queries() -> None:
    found = record_component(Tracing, {**DISTRIBUTED, "gateway": True}).outputs
    assert found["query_url"] == "http://tempo-gateway.tracing"
    assert found["otlp_grpc_endpoint"] == "tempo-distributor.tracing:4317"


@pytest.mark.parametrize(
    ("args", "writer"), [(LAPTOP, "tempo"), (DISTRIBUTED, "tempo-distributor"), (KAFKA, "tempo-distributor")]
)
def test_each_enabled_protocol_has_an_address(args: TracingArgs, writer: str) -> None:
    found = record_component(Tracing, {**args, "receivers": RECEIVERS}).outputs
    assert found["jaeger_grpc_endpoint"] == f"{writer}.tracing:14250"
    assert found["jaeger_http_url"] == f"http://{writer}.tracing:14268/api/traces"
    assert found["zipkin_url"] == f"http://{writer}.tracing:9411/api/v2/spans"


def test_tempo_3_has_the_addresses_of_tempo_2() -> None:
    recording = record_component(Tracing, KAFKA)
    release = recording.one(":Release").plain()
    assert (release["chart"], release["version"]) == ("tempo-distributed", TEMPO_3_VERSIONS[0])
    assert release["values"]["ingest"]["kafka"]["address"] == "kafka.messaging:9092"
    assert recording.outputs["query_url"] == "http://tempo-query-frontend.tracing:3200"
    assert "traces_spanmetrics_calls_total" in recording.outputs["generated_metrics"]


def test_the_kafka_address_may_be_an_output() -> None:
    recording = record_component(Tracing, {**KAFKA, "kafka_address": pulumi.Output.from_input("broker.kafka:9092")})
    assert recording.one(":Release").plain()["values"]["ingest"]["kafka"]["address"] == "broker.kafka:9092"


def test_an_output_without_a_port_is_refused_as_kafka_address() -> None:
    with pytest.raises(InvalidArgsError, match=r"kafka_address = .*must be host:port"):
        record_component(Tracing, {**KAFKA, "kafka_address": pulumi.Output.from_input("broker.kafka")})


def test_an_existing_namespace_is_not_created() -> None:
    recording = record_component(Tracing, {**LAPTOP, "create_namespace": False})
    assert recording.of_type(":Namespace") == []
    assert recording.one(":Release").plain()["namespace"] == "tracing"


def test_the_namespace_may_be_an_output() -> None:
    recording = record_component(
        Tracing, {**LAPTOP, "namespace": pulumi.Output.from_input("observability"), "create_namespace": False}
    )
    assert recording.one(":Release").plain()["namespace"] == "observability"
    assert recording.outputs["otlp_grpc_endpoint"] == "tempo.observability:4317"


def test_values_of_the_caller_are_merged_last() -> None:
    values = (
        record_component(Tracing, {**DISTRIBUTED, "values": {"querier": {"replicas": 2}}})
        .one(":Release")
        .plain()["values"]
    )
    assert values["querier"]["replicas"] == 2
    assert values["querier"]["resources"]["requests"], "the other values of the workload stay"


def test_an_address_is_known_at_preview_while_the_bucket_is_not() -> None:
    def build() -> dict[str, Any]:
        unknown = pulumi.Output.from_input(UNKNOWN).apply(lambda name: name)
        return outputs_of(Tracing("traces", {**DISTRIBUTED, "bucket": unknown}))

    recording = record(build, preview=True)
    assert recording.outputs["query_url"] == "http://tempo-query-frontend.tracing:3200"


def test_an_output_is_checked_once_it_is_resolved() -> None:
    args: TracingArgs = {**DISTRIBUTED, "endpoint": pulumi.Output.from_input("s3.example.org")}
    with pytest.raises(InvalidArgsError, match=r'Tracing "test": 1 problem[^\n]*\n +endpoint = '):
        record_component(Tracing, args)


def test_two_releases_share_a_namespace() -> None:
    def build() -> None:
        Tracing("eu", {**LAPTOP, "release_name": "tempo-eu"})
        Tracing("us", {**LAPTOP, "release_name": "tempo-us", "create_namespace": False})

    releases = record(build).of_type(":Release")
    assert {release.plain()["name"] for release in releases} == {"tempo-eu", "tempo-us"}
    names = {release.plain()["values"]["nameOverride"] for release in releases}
    assert names == {"tempo-eu", "tempo-us"}, "their ConfigMaps would be one"


def test_the_release_has_an_update_guard() -> None:
    (hook,) = record_component(Tracing, LAPTOP).one(":Release").request.hooks.before_update
    assert hook == "test-tempo-guard"


@pytest.mark.parametrize(("replicas", "warned"), [(1, False), (2, True), (3, False)])
def test_two_ingesters_warn_of_writes_confirmed_by_one(
    replicas: int, warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: messages.append(message))
    record_component(Tracing, {**DISTRIBUTED, "replicas": replicas})
    assert any("replicas = 2" in message for message in messages) is warned


def test_the_release_holds_no_secret() -> None:
    release = record_component(Tracing, {**DISTRIBUTED, "credentials_secret": "tempo-bucket"}).one(":Release")
    assert release.secrets == set(), "a release holds the name of a Secret, never its data"
    assert "tempo-bucket" in str(release.plain()["values"]["ingester"]["extraEnv"])
