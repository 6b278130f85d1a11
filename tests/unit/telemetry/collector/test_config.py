"""The Collector's configuration: the recorded texts, and what holds for any choice of arguments."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from components._collector_roles import Role
from components.telemetry.collector.config import collector_config
from tests.unit.telemetry.collector.examples import EXAMPLES, SAMPLED, collector_spec, config_of, text_of
from tests.unit.telemetry.collector.running import Posted, logs, run, values
from tests.unit.telemetry.examples import AGAIN, GOLDEN

ALL = pytest.mark.parametrize("name", EXAMPLES)


def config(name: str) -> dict[str, Any]:
    role, changes = EXAMPLES[name]
    return collector_config(collector_spec(**changes), role)


def pipelines(of: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = of["service"]["pipelines"]
    return found


@ALL
def test_the_configuration_is_the_recorded_one(name: str) -> None:
    recorded = (GOLDEN / f"telemetry-{name}.yaml").read_text(encoding="utf-8")
    assert text_of(name) == recorded, AGAIN


@ALL
def test_the_text_is_the_configuration(name: str) -> None:
    assert yaml.safe_load(text_of(name)) == config(name)


@ALL
def test_pipelines_name_components_and_every_component_is_named(name: str) -> None:
    found = config(name)
    connectors = set(found.get("connectors", ()))
    used: dict[str, set[str]] = {"receivers": set(), "processors": set(), "exporters": set()}
    for pipeline in pipelines(found).values():
        for kind, names in used.items():
            names.update(pipeline[kind])
    assert used["processors"] == set(found["processors"])
    assert used["receivers"] == set(found["receivers"]) | connectors
    assert used["exporters"] == set(found["exporters"]) | connectors
    assert found["service"]["extensions"] == list(found["extensions"])


@ALL
def test_memory_is_limited_where_data_enters_and_nothing_is_batched_in_memory(name: str) -> None:
    found = config(name)
    entering = [
        pipeline for pipeline in pipelines(found).values() if set(pipeline["receivers"]) & set(found["receivers"])
    ]
    assert entering
    assert {pipeline["processors"][0] for pipeline in entering} == {"memory_limiter"}
    assert not any(processor.startswith("batch") for processor in found["processors"])


@ALL
def test_every_exporter_tries_again_without_limit(name: str) -> None:
    sending = {key: body for key, body in config(name)["exporters"].items() if not key.startswith("prometheus/")}
    assert sending
    assert {key for key, body in sending.items() if body["retry_on_failure"]["max_elapsed_time"] != "0s"} == set()


@ALL
def test_files_wait_where_the_queue_is_full_and_senders_are_refused(name: str) -> None:
    found = config(name)
    queues = {key: body["sending_queue"] for key, body in found["exporters"].items() if "sending_queue" in body}
    assert {key for key, queue in queues.items() if queue["block_on_overflow"]} == {
        key for key in queues if key.endswith("_files")
    }
    stored = "file_storage" in found["extensions"]
    assert all(("storage" in queue) is stored for queue in queues.values())
    for exporter in queues:
        receivers = _receivers_of(found, exporter)
        assert any(each.startswith("file_log") for each in receivers) is exporter.endswith("_files")


def _receivers_of(found: Mapping[str, Any], exporter: str) -> set[str]:
    """Return the receivers whose data an exporter sends, through any connector that forwards it."""
    reading = {exporter}
    receivers: set[str] = set()
    while reading:
        following: set[str] = set()
        for pipeline in pipelines(found).values():
            if reading & set(pipeline["exporters"]):
                following.update(pipeline["receivers"])
        receivers |= following
        reading = {each for each in following if each in found.get("connectors", {})}
    return receivers


@ALL
def test_the_only_variables_are_those_that_the_chart_sets(name: str) -> None:
    singles = set(re.findall(r"(?<!\$)(?:\$\$)*\$(\{[^}]*\}|[^$])", text_of(name)))
    assert singles <= {"{env:OTEL_K8S_POD_NAME}"}


@ALL
def test_secrets_are_files(name: str) -> None:
    for key, value in _leaves(config(name)):
        if key in ("password", "token", "value", "htpasswd", "api_key"):
            pytest.fail(f"{key} = {value} is in the configuration")


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, key if isinstance(item, str) else "")
    elif key != "value" or not str(value).startswith("EXPR("):
        yield key, value


def test_ipv6_addresses_have_brackets() -> None:
    found = config("ipv6")
    assert found["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"] == "[::]:4317"
    assert found["extensions"]["health_check"]["endpoint"] == "[::]:13133"
    [reader] = found["service"]["telemetry"]["metrics"]["readers"]
    assert reader["pull"]["exporter"]["prometheus"]["host"] == "::"


def test_the_queue_on_disk_has_the_size_that_is_set() -> None:
    queue = config("ipv6")["exporters"]["otlp_grpc/tempo"]["sending_queue"]
    assert queue["queue_size"] == 2 * 2**30
    assert queue["sizer"] == "bytes"
    in_memory = config("gateway-in-memory")["exporters"]["otlp_grpc/tempo"]["sending_queue"]
    assert in_memory["queue_size"] == 256 * 2**20, "a quarter of the memory limit"


def test_the_queues_of_a_gateway_fit_into_its_volume() -> None:
    changes = {**SAMPLED, "gateway": {"volume_size": "1Gi"}, "queue_size": "1Gi"}
    exporters = config_of(Role.GATEWAY, **changes)["exporters"]
    assert len(exporters) == 2
    assert sum(exporter["sending_queue"]["queue_size"] for exporter in exporters.values()) <= 0.8 * 2**30


def test_metrics_are_made_of_spans_before_they_are_sampled() -> None:
    found = pipelines(config("gateway"))
    first, last = found["traces/traces_1"], found["traces/traces"]
    assert first["exporters"] == ["span_metrics/span_metrics", "service_graph/service_graph", "forward/traces_1"]
    assert last["receivers"] == ["forward/traces_1"]
    assert last["processors"] == ["transform/redact", "tail_sampling/sample"]
    assert found["metrics/span_metrics_of_spans"]["receivers"] == ["span_metrics/span_metrics"]


def test_late_spans_get_the_decision_of_their_trace() -> None:
    sampling = config("gateway")["processors"]["tail_sampling/sample"]
    assert sampling["decision_cache"]["sampled_cache_size"] >= 5 * sampling["num_traces"]
    assert sampling["decision_cache"]["non_sampled_cache_size"] >= 5 * sampling["num_traces"]


def test_agents_send_a_trace_to_one_replica_and_try_another_when_it_has_gone() -> None:
    exporter = config("sampled")["exporters"]["load_balancing/gateway"]
    assert exporter["routing_key"] == "traceID"
    assert exporter["resolver"]["dns"]["hostname"] == "otel-collector-gateway.telemetry"
    assert exporter["sending_queue"]["storage"] == "file_storage"
    assert exporter["protocol"]["otlp"]["sending_queue"] == {"enabled": False}, "a queue for one address"
    secured = config("sampled-secured")["exporters"]["load_balancing/gateway"]["protocol"]["otlp"]["tls"]
    assert secured["server_name_override"] == "otel-collector.telemetry", "replicas are found by their addresses"


def test_a_gateway_names_no_pods_and_reads_no_files() -> None:
    found = config("gateway")
    assert list(found["receivers"]) == ["otlp"]
    assert not any(name.startswith("k8s_attributes") for name in found["processors"])


def test_lines_of_namespaces_go_to_their_tenant() -> None:
    found = config("everything")
    table = found["connectors"]["routing/containers"]
    assert table["error_mode"] == "ignore"
    assert {route["condition"].split(" == ")[1]: route["pipelines"] for route in table["table"]} == {
        '"shop"': ["logs/containers_tenant_team-a"],
        '"cart"': ["logs/containers_tenant_team-a"],
        '"search"': ["logs/containers_tenant_team-b"],
    }
    for pipeline, tenant in (("tenant_team-a", "team-a"), ("tenant_team-b", "team-b"), ("default", "acme")):
        [exporter] = pipelines(found)[f"logs/containers_{pipeline}"]["exporters"]
        assert found["exporters"][exporter]["headers"] == {"X-Scope-OrgID": tenant}


def test_own_configuration_is_merged_into_that_of_the_agents() -> None:
    raw = "exporters: {debug: {}}\nservice: {pipelines: {logs/own: {receivers: [otlp], exporters: [debug]}}}"
    found = config_of(raw_config=raw)
    assert found["exporters"]["debug"] == {}
    assert {"logs/own", "logs/containers"} <= set(pipelines(found))
    assert "debug" not in config_of(Role.GATEWAY, raw_config=raw, **SAMPLED)["exporters"]


def test_a_dollar_of_a_pattern_is_no_variable(tmp_path: Path) -> None:
    processors = {"ends": {"kind": "drop", "pattern": r"^\$ ${HOME}|end$"}}
    changes: dict[str, Any] = {"processors": processors, "pipelines": {"logs": {"processors": ["ends"]}}}
    records = run(config_of(**changes), tmp_path, count=1, posted=[logs("the end", "the end of it")])
    assert [record.body for record in records] == ["the end of it"]


def test_logs_by_otlp_have_the_labels_of_the_policy(tmp_path: Path) -> None:
    pod = {"k8s.namespace.name": "shop", "k8s.pod.name": "web-1", "k8s.container.name": "web", "namespace": "forged"}
    known = {"web-1": {"k8s.pod.label.k8s-app": "cart", "k8s.pod.label.app": "shop", "k8s.node.name": "node-1"}}
    labels = ["namespace", "pod", "container", "app", "job", "node_name", "stream"]
    changes: dict[str, Any] = {"index_labels": labels, "extra_labels": {"environment": "test"}}
    posted = [logs("of a pod", resource=pod), logs("of a service", resource={"service.name": "billing"}), logs("bare")]
    records = run(config_of(**changes), tmp_path, count=3, posted=posted, pods=known)
    found = {record.body: record.resource for record in records}
    static = {"cluster": "local", "k8s.cluster.name": "local", "environment": "test"}
    assert found["of a pod"] == {
        **pod,
        **static,
        "namespace": "shop",
        "pod": "web-1",
        "container": "web",
        "app": "shop",
        "job": "shop/web",
        "node_name": "node-1",
        "k8s.node.name": "node-1",
        "service.name": "shop",
    }
    assert found["of a service"] == {**static, "service.name": "billing"}
    assert found["bare"] == {**static, "service.name": "unknown_service"}


def test_events_are_lines_with_a_time_of_their_own(tmp_path: Path) -> None:
    event = {
        "metadata": {"name": "web-1.1", "creationTimestamp": "2026-11-27T20:00:00Z"},
        "regarding": {"kind": "Pod", "name": "web-1", "apiVersion": "v1"},
        "reason": "BackOff",
        "note": "Back-off restarting",
        "type": "Warning",
        "deprecatedCount": 3,
    }
    watched = [
        {**event, "deprecatedLastTimestamp": "2026-11-27T20:05:00Z"},
        {**event, "eventTime": "2026-11-27T20:06:00.123456Z", "type": "Normal"},
        {
            **event,
            "series": {"count": 4, "lastObservedTime": "2026-11-27T20:07:00.5Z"},
            "eventTime": "2026-11-27T20:06:00.1Z",
        },
    ]
    role, changes = EXAMPLES["events"]
    bodies = [{"type": "ADDED", "object": each} for each in watched]
    attributes = values({"event.name": "web-1.1"})
    # The events of kube-system, which are sent first, are left out.
    posted = [
        logs(*bodies, resource={"k8s.namespace.name": name}, observedTimeUnixNano="1", attributes=attributes)
        for name in ("kube-system", "shop")
    ]
    first, second, third = run(config_of(role, **changes), tmp_path, count=3, posted=posted)
    assert first.resource == {
        "namespace": "shop",
        "job": "kubernetes-events",
        "service.name": "kubernetes-events",
        "cluster": "local",
    }
    assert first.body == {
        "count": 3,
        "kind": "Pod",
        "msg": "Back-off restarting",
        "name": "web-1",
        "objectAPIversion": "v1",
        "reason": "BackOff",
        "type": "Warning",
    }
    assert (first.attributes, first.item["severityNumber"], second.item["severityNumber"]) == ({}, 13, 9)
    assert [record.item["timeUnixNano"] for record in (first, second, third)] == [
        "1795809900000000000",
        "1795809960123456000",
        "1795810020500000000",
    ]
    assert not any("observedTimeUnixNano" in record.item for record in (first, second, third))


def test_each_source_of_events_leaves_out_its_own_namespaces() -> None:
    sources = {
        "system": {"kind": "events", "namespaces": ["kube-system"]},
        "others": {"kind": "events", "exclude_namespaces": ["kube-system"]},
    }
    config = config_of(
        Role.SINGLETON, sources=sources, pipelines={"e": {"signal": "logs", "sources": ["system", "others"]}}
    )
    pipelines = config["service"]["pipelines"]
    filters = {name: [*filter(lambda each: "unread" in each, one["processors"])] for name, one in pipelines.items()}
    assert filters == {"logs/e_events_system": [], "logs/e_events_others": ["filter/unread_others"], "logs/e": []}


def test_every_reader_of_events_waits_for_the_lease_of_its_workload() -> None:
    sources = {
        "system": {"kind": "events", "namespaces": ["kube-system"]},
        "others": {"kind": "events", "exclude_namespaces": ["kube-system"]},
    }
    pipelines = {"e": {"signal": "logs", "sources": ["system"]}, "f": {"signal": "logs", "sources": ["others"]}}
    config = config_of(Role.SINGLETON, sources=sources, pipelines=pipelines, release_name="edge", namespace="shop")
    assert {each["k8s_leader_elector"] for each in config["receivers"].values()} == {"k8s_leader_elector"}
    elector = config["extensions"]["k8s_leader_elector"]
    assert elector == {"auth_type": "serviceAccount", "lease_name": "edge-singleton", "lease_namespace": "shop"}
    assert "k8s_leader_elector" in config["service"]["extensions"]


def span(number: int, name: str = "GET /", *, error: bool = False, milliseconds: int = 1, **attributes: str) -> Any:
    start = 1795809600 * 10**9
    return {
        "traceId": f"{number * 7919 * 10**28 + number:032x}",
        "spanId": f"{number:016x}",
        "name": name,
        "kind": 2,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + milliseconds * 10**6),
        "status": {"code": 2} if error else {},
        "attributes": values(attributes),
    }


def spans(*found: Any) -> Posted:
    resource = {"attributes": values({"service.name": "shop"})}
    return Posted("traces", {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": list(found)}]}]})


def test_errors_and_slow_traces_are_kept(tmp_path: Path) -> None:
    sample = {"kind": "tail_sampling", "slow": "500ms", "percentage": 0, "decision_wait": "1s"}
    found = config_of(Role.GATEWAY, **{**SAMPLED, "processors": {"sample": sample}})
    fast = [span(number) for number in range(1, 8)]
    error, slow = span(8, error=True, mail="jane@example.org"), span(9, "slow of jane@example.org", milliseconds=500)
    kept = run(
        found, tmp_path, count=2, wanted=lambda record: "spanId" in record.item, posted=[spans(*fast, error, slow)]
    )
    named = {record.item["name"]: record for record in kept if "spanId" in record.item}
    assert set(named) == {"GET /", "slow of [email]"}
    assert named["GET /"].attributes == {"mail": "[email]"}


def test_metrics_count_the_spans_that_are_not_kept_too(tmp_path: Path) -> None:
    sample = {"kind": "tail_sampling", "errors": False, "slow": None, "percentage": 0, "decision_wait": "1s"}
    found = config_of(Role.GATEWAY, **{**SAMPLED, "processors": {"sample": sample}})
    found["connectors"]["span_metrics/span_metrics"]["metrics_flush_interval"] = "1s"
    posted = [spans(*(span(number) for number in range(1, 8)))]
    latency = "traces_spanmetrics_latency"
    records = run(found, tmp_path, count=1, wanted=lambda record: record.item.get("metric") == latency, posted=posted)
    [point, *_] = [record for record in records if record.item.get("metric") == latency]
    assert (point.item["count"], point.attributes["service"]) == ("7", "shop")
    assert point.resource["service.instance.id"] == "collector-1", "another collector makes the same series"
    assert "traces_spanmetrics_calls" in {record.item.get("metric") for record in records}
    assert not any("spanId" in record.item for record in records)
