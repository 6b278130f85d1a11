"""The processing of OTLP data: order, sampling, drops and labels, by the configuration as rendered."""

from typing import Any

import pytest

from components._collector_roles import Role
from tests.unit.telemetry.alloy.examples import SAMPLED
from tests.unit.telemetry.examples import config_of
from tools.contract.alloy_syntax import Expression, ParsedBlock, parse


def components(text: str) -> dict[str, ParsedBlock]:
    return {block.reference: block for block in parse(text)}


def way(text: str, start: str, signal: str) -> list[str]:
    """Return the components of a signal, each followed by the last of those that it sends to."""
    found, blocks, here = [start], components(text), start
    while outputs := blocks[here].of("output"):
        (target,) = outputs[0].arguments[signal][-1:]
        assert isinstance(target, Expression)
        here = target.text.removesuffix(".input")
        found.append(here)
    return found


def traces(*processors: dict[str, Any], **changes: Any) -> str:
    named = {f"p{index}": processor for index, processor in enumerate(processors)}
    return config_of(processors=named, pipelines={"traces": {"processors": list(named)}}, **changes)


def test_memory_is_limited_first_and_batches_are_made_last() -> None:
    text = traces({"kind": "drop", "pattern": "GET /health"}, {"kind": "redact"})
    assert [name.rpartition(".")[0] for name in way(text, "otelcol.receiver.otlp.default", "traces")] == [
        "otelcol.receiver.otlp",
        "otelcol.processor.memory_limiter",
        "otelcol.processor.k8sattributes",
        "otelcol.processor.transform",
        "otelcol.processor.filter",
        "otelcol.processor.transform",
        "otelcol.processor.batch",
        "otelcol.exporter.otlp",
    ]


def test_a_gateway_processes_what_agents_hand_over() -> None:
    agents = way(config_of(**SAMPLED), "otelcol.receiver.otlp.default", "traces")
    assert agents[-1] == "otelcol.exporter.loadbalancing.gateway" and not any("pipeline" in name for name in agents)
    gateway = config_of(role=Role.GATEWAY, **SAMPLED)
    found = way(gateway, "otelcol.receiver.otlp.default", "traces")
    assert "otelcol.processor.k8sattributes.default" not in found, "the connection is the agent's"
    assert found[-2:] == ["otelcol.processor.tail_sampling.pipeline_traces_3", "otelcol.exporter.otlp.tempo"]


def test_every_span_is_counted_before_traces_are_sampled() -> None:
    blocks = components(config_of(role=Role.GATEWAY, **SAMPLED))
    (output,) = blocks["otelcol.processor.memory_limiter.default"].of("output")
    assert [target.text for target in output.arguments["traces"]] == [
        "otelcol.connector.spanmetrics.pipeline_traces_0.input",
        "otelcol.connector.servicegraph.pipeline_traces_1.input",
        "otelcol.processor.transform.pipeline_traces_2.input",
    ]
    for index in (0, 1):
        series = blocks[f"otelcol.processor.transform.pipeline_traces_{index}"]
        assert series.of("output")[0].arguments["metrics"] == [Expression("otelcol.exporter.otlphttp.prometheus.input")]
        statements = [found for block in series.of("metric_statements") for found in block.arguments["statements"]]
        (instance,) = [found for found in statements if isinstance(found, Expression)]
        assert "constants.hostname" in instance.text and "service.instance.id" in instance.text


def sampled(**options: Any) -> dict[str, dict[str, Any]]:
    """Return the policies of a sampling by name, and the component's own arguments."""
    processor = {"kind": "tail_sampling", **options}
    text = config_of(
        role=Role.GATEWAY,
        gateway={},
        processors={"sample": processor},
        pipelines={"traces": {"processors": ["sample"]}},
    )
    (component,) = [block for block in parse(text) if block.name.endswith("tail_sampling")]
    policies = {
        policy.arguments["name"]: dict(policy.of(policy.arguments["type"])[0].arguments)
        for policy in component.of("policy")
    }
    return {"": dict(component.arguments), **policies}


def test_errors_slow_traces_and_a_share_are_kept() -> None:
    found = sampled(slow="1m30s", percentage=12.5, decision_wait="1m", traces_in_memory=1000)
    assert found.pop("") == {
        "decision_wait": "60s",
        "num_traces": 1000,
        "decision_cache": {"sampled_cache_size": 10_000, "non_sampled_cache_size": 10_000},
    }
    assert found == {
        "errors": {"status_codes": ["ERROR"]},
        "slow": {"threshold_ms": 89_999},
        "share": {"sampling_percentage": 12.5},
    }


@pytest.mark.parametrize(
    ("options", "policies"),
    [
        ({"errors": False}, {"slow", "share"}),
        ({"slow": None, "percentage": 0}, {"errors"}),
        ({"errors": False, "slow": None}, {"share"}),
    ],
)
def test_what_is_not_asked_for_is_no_policy(options: dict[str, Any], policies: set[str]) -> None:
    assert set(sampled(**options)) - {""} == policies


def test_logs_have_the_labels_of_the_policy_and_their_level_by_record() -> None:
    blocks = components(config_of(index_labels=["namespace", "pod", "level", "pod_ip"]))
    (labels, *_) = blocks["otelcol.processor.transform.default"].of("log_statements")
    text = "\n".join(labels.arguments["statements"])
    for name, attribute in {"namespace": "k8s.namespace.name", "pod": "k8s.pod.name", "pod_ip": "k8s.pod.ip"}.items():
        assert f'set(resource.attributes["{name}"], resource.attributes["{attribute}"])' in text
    assert 'attributes["container"], ' not in text
    (extract,) = blocks["otelcol.processor.k8sattributes.default"].of("extract")
    assert "k8s.pod.ip" in extract.arguments["metadata"]
    assert [label.arguments["key"] for label in extract.of("label")] == ["app.kubernetes.io/name", "app", "k8s-app"]
    (grouped,) = [block for name, block in blocks.items() if "groupbyattrs" in name]
    assert grouped.arguments["keys"] == ["level"]


def test_other_signals_keep_no_label_of_the_pod_that_logs_need() -> None:
    (transform,) = [block for name, block in components(config_of()).items() if name.endswith("transform.default")]
    for kind in ("metric_statements", "trace_statements"):
        (statements,) = transform.of(kind)
        deleted = [each for each in statements.arguments["statements"] if each.startswith("delete_key")]
        assert len(deleted) == 3 and all("k8s.pod.label." in each for each in deleted)


def test_pipelines_of_other_sources_share_no_components() -> None:
    changes: dict[str, Any] = {
        "destinations": {"other": {"kind": "otlp", "url": "http://other:4318"}},
        "pipelines": {"zipkin": {"signal": "traces", "sources": ["zipkin"], "destinations": ["other"]}},
    }
    text = config_of(**changes)
    assert way(text, "otelcol.receiver.otlp.default", "traces")[-1] == "otelcol.exporter.otlp.tempo"
    own = way(text, "otelcol.receiver.zipkin.default", "traces")
    assert own[-1] == "otelcol.exporter.otlphttp.destination_other"
    assert all(name.endswith(".pipeline_zipkin") for name in own[1:-1])
