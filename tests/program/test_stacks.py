"""Every committed stack, run whole under the recording monitor: what it makes, where it goes and what it exports."""

import json
import re
import signal
from typing import Any

import pytest
import yaml

from tests.checkout import ROOT
from tests.program.programs import record_stack
from tools.program import Recording, program_of, record

STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> tuple[str, Recording]:
    name: str = request.param
    return name, record(program_of(ROOT, name), preview=True, stack=name)


def settings_of(name: str) -> dict[str, Any]:
    settings: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text())["config"]
    return settings


def keeps_all_on_volumes(name: str) -> bool:
    storage = settings_of(name).get("observability:storage", {})
    return bool(storage.get("kind") == "filesystem")


def test_every_resource_belongs_to_a_component(stack: tuple[str, Recording]) -> None:
    _, recording = stack
    components = {resource.urn for resource in recording.resources if resource.type.startswith("observability:")}
    for resource in recording.resources:
        if resource.type.startswith(("kubernetes:", "aws:", "random:")):
            assert resource.parent in components, f"{resource.name} has no component above it"


def test_every_resource_goes_to_the_provider_that_the_stack_names(stack: tuple[str, Recording]) -> None:
    _, recording = stack
    named = {r.urn for r in recording.resources if r.type.startswith("pulumi:providers:")}
    assert named, "the program makes its providers itself"
    for resource in recording.resources:
        if resource.type.startswith(("kubernetes:", "aws:", "random:")):
            provider = resource.request.provider.rpartition("::")[0]
            assert provider in named, f"{resource.name} would use a default provider, and so any cluster"


def is_external(name: str) -> bool:
    """Whether logs and traces are in stores of another stack."""
    return bool(settings_of(name).get("observability:logging", {}).get("kind") == "external")


def test_exports_name_what_users_connect_to(stack: tuple[str, Recording]) -> None:
    name, recording = stack
    exports: dict[str, Any] = recording.outputs
    metrics = settings_of(name).get("observability:metrics", {})
    signals = {"logs", "traces"} | ({"metrics"} if "long_term" in metrics else set())
    assert set(exports["buckets"]) == (set() if keeps_all_on_volumes(name) or is_external(name) else signals)
    assert exports["logs"]["push"].endswith("/loki/api/v1/push")
    assert exports["logs"]["otlp"].endswith("/otlp")
    addresses_of_traces = [exports["traces"][protocol] for protocol in ("otlp_grpc", "otlp_http")]
    assert any(each.endswith((":4317", ":4318")) for each in addresses_of_traces)
    assert exports["otlp"]["http"].endswith(":4318")
    receives = metrics.get("long_term", {}).get("receive")
    assert exports["metrics"]["remote_write"].endswith("/api/v1/receive" if receives else "/api/v1/write")
    uids = {"logs": "loki", "traces": "tempo", "metrics": "prometheus"}
    assert exports["datasources"] == ({} if is_external(name) else uids)
    ingress = settings_of(name).get("observability:ingress")
    addresses = exports["ui"].values()
    has_alloy = settings_of(name).get("observability:telemetry", {}).get("engine") != "otel-collector"
    assert ("alloy" in exports["ui"]) is has_alloy
    assert ("alertmanager" in exports["ui"]) == bool(recording.of_type(":index:Alerting"))
    assert ("grafana" in exports["ui"]) == bool(recording.of_type(":index:Grafana"))
    assert all((ingress["domain"] in url) if ingress else (".svc" not in url and "." in url) for url in addresses)


def test_every_address_that_is_exported_has_its_form(stack: tuple[str, Recording]) -> None:
    exports: dict[str, Any] = stack[1].outputs
    urls = [*exports["logs"].values(), *exports["metrics"].values(), exports["otlp"]["http"]]
    urls += [exports["traces"]["query"], exports["traces"]["otlp_http"], *exports["ui"].values()]
    assert all(re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?(/\S*)?", url) for url in urls if url), urls
    endpoints = [exports["traces"]["otlp_grpc"], exports["otlp"]["grpc"]]
    assert all(re.fullmatch(r"[a-z0-9.-]+:4317", endpoint) for endpoint in endpoints if endpoint), endpoints


def test_no_export_is_secret_or_unknown(stack: tuple[str, Recording]) -> None:
    _, recording = stack
    text = repr(recording.outputs)
    assert "[secret]" not in text
    assert "generated-" not in text


def test_values_of_every_release_are_known_at_preview(stack: tuple[str, Recording]) -> None:
    _, recording = stack
    for release in recording.of_type(":Release"):
        assert isinstance(release.inputs["values"], dict), f"the values of {release.name} would not show in a diff"
        assert "values" not in release.secrets, f"{release.name} has a secret in its values"


def test_no_resource_is_made_twice_in_the_cluster(stack: tuple[str, Recording]) -> None:
    _, recording = stack
    seen: dict[tuple[str, str, str], str] = {}
    for resource in recording.resources:
        metadata = resource.plain().get("metadata") or {}
        if not metadata.get("name"):
            continue
        identity = (resource.type, metadata.get("namespace", ""), metadata["name"])
        assert identity not in seen, f"{resource.name} and {seen[identity]} are one object in the cluster"
        seen[identity] = resource.name


def test_what_holds_data_runs_on_the_nodes_of_the_cluster_settings() -> None:
    toleration = {"key": "pool", "operator": "Exists"}
    cluster = {"name": "dev", "node_selector": {"pool": "obs"}, "tolerations": [toleration]}
    recording = record_stack({"cluster": cluster})

    def placed(release: str, *path: str) -> tuple[Any, Any]:
        values = recording.one(":Release", release).plain()["values"]
        for key in path:
            values = values[key]
        return values["nodeSelector"], values["tolerations"]

    expected = ({"pool": "obs"}, [toleration])
    assert placed("logging-loki", "singleBinary") == placed("tracing-tempo") == expected
    assert placed("metrics-prometheus", "prometheus", "prometheusSpec") == placed("grafana-grafana") == expected
    store = placed("storage-seaweedfs", "allInOne")
    assert (json.loads(store[0]), json.loads(store[1])) == expected


@pytest.mark.parametrize("name", ["dev", "distributed", "eks", "microservices", "minimal"])
def test_grafana_reads_every_datasource_of_the_stack_and_no_other(name: str) -> None:
    recording = record(program_of(ROOT, name), preview=True, stack=name)
    metadata = [each.plain()["metadata"] for each in recording.of_type("core/v1:ConfigMap")]
    homes = {each["namespace"] for each in metadata if "grafana_datasource" in each["labels"]}
    values = recording.one(":Release", "grafana-grafana").plain()["values"]
    assert set(values["sidecar"]["datasources"]["searchNamespace"]) == homes


def has_native_sidecar(recording: Recording) -> bool:
    sidecar = recording.one(":Release", "grafana-grafana").plain()["values"]["sidecar"]["datasources"]
    assert sidecar["enabled"], "in either form the datasources are loaded"
    return bool(sidecar.get("initDatasources") and sidecar.get("restartPolicy") == "Always")


@pytest.mark.parametrize(("name", "version"), [("distributed", "1.28"), ("minimal", "1.26")])
def test_grafana_of_an_older_kubernetes_does_not_wait_for_a_sidecar_that_starts_first(name: str, version: str) -> None:
    assert settings_of(name)["observability:cluster"]["kubernetes_version"] == version
    assert not has_native_sidecar(record(program_of(ROOT, name), preview=True, stack=name))


@pytest.mark.parametrize(
    ("cluster", "grafana", "expected"),
    [
        ({}, {}, True),
        ({"kubernetes_version": "1.28"}, {}, False),
        ({"kubernetes_version": "1.29"}, {}, True),
        ({"kubernetes_version": "1.29"}, {"native_sidecars": False}, False),
    ],
)
def test_the_version_of_kubernetes_decides_the_form_of_a_sidecar_where_its_own_setting_does_not(
    cluster: dict[str, Any], grafana: dict[str, Any], expected: bool
) -> None:
    config = {"cluster": {"name": "dev", **cluster}, "grafana": grafana}
    assert has_native_sidecar(record_stack(config)) is expected


@pytest.mark.parametrize("enabled", [True, False])
def test_a_grafana_that_is_there_keeps_its_own_datasource_of_metrics(enabled: bool) -> None:
    base = "http://prometheus-operated.monitoring:9090"
    addresses = {"remote_write_url": f"{base}/api/v1/write", "otlp_url": f"{base}/api/v1/otlp", "query_url": base}
    metrics = {"kind": "external", **addresses}
    settings = {"cluster": {"name": "dev"}, "metrics": metrics, "grafana": {"enabled": enabled, "namespace": "ui"}}
    recording = record_stack(settings)
    assert ("datasources-metrics" in recording.names()) is enabled


def test_a_renamed_cluster_is_no_other_cluster_to_pulumi() -> None:
    def provider(name: str) -> Any:
        return record_stack({"observability:cluster": {"name": name}}).one("pulumi:providers:kubernetes").plain()

    assert provider("one") == provider("two")
    assert provider("one")["clusterIdentifier"]


def test_a_namespace_that_is_there_is_used_and_not_made() -> None:
    cluster = {"existing_namespaces": ["logging"]}
    recording = record_stack({"cluster": cluster})
    made = {each.plain()["metadata"]["name"] for each in recording.of_type("core/v1:Namespace")}
    assert made == {"tracing", "telemetry", "monitoring", "storage"}
    assert recording.one(":Release", "logging-loki").plain()["namespace"] == "logging"


def test_an_empty_setting_of_a_workload_is_not_that_of_the_cluster() -> None:
    area = {"mode": "distributed", "workloads": {"querier": {"node_selector": {}, "tolerations": []}}}
    cluster = {"node_selector": {"pool": "obs"}, "tolerations": [{"operator": "Exists"}]}
    values = record_stack({"cluster": cluster, "logging": area}).one(":Release", "logging-loki").plain()["values"]
    assert (values["querier"]["nodeSelector"], values["querier"]["tolerations"]) == ({}, [])
    assert values["ingester"]["nodeSelector"] == {"pool": "obs"}


def test_values_reach_the_chart_of_a_store_in_the_cluster() -> None:
    recording = record_stack({"storage": {"values": {"allInOne": {"podLabels": {"team": "a"}}}}})
    values = recording.one(":Release", "storage-seaweedfs").plain()["values"]
    assert values["allInOne"]["podLabels"] == {"team": "a"} and values["allInOne"]["s3"]["enabled"] is True


def test_the_program_ends_at_once_where_the_engine_interrupts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: list[tuple[object, object]] = []
    monkeypatch.setattr(signal, "signal", lambda *handler: handlers.append(handler))
    record_stack({"cluster": {"name": "dev"}})
    assert handlers[0] == (signal.SIGINT, signal.SIG_DFL), "Python's own handler prints a traceback"
