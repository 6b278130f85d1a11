"""What a pipeline cannot be: each problem at its place, all of them at once."""

from typing import Any

import pulumi
import pytest

from components._spec import REMOVE
from components.telemetry.spec import TelemetrySpec
from tests.fixes import fix_of

from .examples import BACKENDS

HEALTH = {"health": {"kind": "drop", "pattern": "GET /health"}}
LINES = {"lines": {"kind": "multiline", "pattern": r"^\d"}}
CENTRAL = {"central": {"kind": "otlp", "url": "https://otlp.example.org:4318"}}
GATEWAY: dict[str, Any] = {"replicas": 2}
TRACES = {"signal": "traces", "sources": ["otlp"]}
BY_API = {"kind": "containers", "log_source": "api"}
TOKEN = {"secret": "central", "key": "token"}


def found(**args: Any) -> dict[str, str]:
    """Return the message of each problem by its place."""
    return {problem.field: problem.message for problem in TelemetrySpec.find_problems({**BACKENDS, **args})}


def logs(**pipeline: Any) -> dict[str, Any]:
    return {"more": {"signal": "logs", **pipeline}}


@pytest.mark.parametrize(
    ("args", "place", "message"),
    [
        ({"pipelines": {"x": {"sources": ["otlp"]}}}, "pipelines.x", "requires signal"),
        ({"pipelines": logs()}, "pipelines.more", "requires sources"),
        ({"pipelines": logs(sources=["oltp"])}, "pipelines.more.sources.0", "is no source; use one of containers,"),
        (
            {"pipelines": logs(sources=["jaeger"])},
            "pipelines.more.sources.0",
            "has traces, and the pipeline is of logs",
        ),
        ({"pipelines": {"logs": {"processors": ["x"]}}}, "pipelines.logs.processors.0", "is no processor; use one of"),
        ({"pipelines": {"logs": {"processors": ["drop"]}}}, "pipelines.logs.processors.0", "requires pattern; declare"),
        (
            {"pipelines": {"logs": {"processors": ["tail_sampling"]}}},
            "pipelines.logs.processors.0",
            "has traces, and the pipeline is of logs",
        ),
        ({"pipelines": {"logs": {"destinations": ["tempo"]}}}, "pipelines.logs.destinations.0", "has traces, and"),
        ({"pipelines": {"logs": {"destinations": ["x"]}}}, "pipelines.logs.destinations.0", "is no destination; use"),
        ({"pipelines": {"logs": {"signal": "traces"}}}, "pipelines.logs.signal", "must be logs, that of the pipeline"),
        ({"processors": HEALTH}, "processors.health", "is in no pipeline"),
        ({"destinations": {"loki": CENTRAL["central"]}}, "destinations.loki", "must not be the name of a destination"),
        ({"sources": {"otlp": {"kind": "zipkin"}}}, "sources.otlp", "must not be the name of another kind than zipkin"),
        (
            {"processors": {**HEALTH, **LINES}, "pipelines": {"containers": {"processors": ["health", "lines"]}}},
            "pipelines.containers.processors.1",
            "must be the first processor: drop before it would see single lines",
        ),
        (
            {"gateway": GATEWAY, "pipelines": {"traces": {"processors": ["tail_sampling", "span_metrics"]}}},
            "pipelines.traces.processors.1",
            "must be before tail_sampling",
        ),
        (
            {"pipelines": {"traces": {"processors": ["tail_sampling"]}}},
            "pipelines.traces.processors.0",
            "requires gateway: tail_sampling needs all spans of a trace in one collector",
        ),
        (
            {"gateway": GATEWAY, "metrics_otlp_url": "", "pipelines": {"traces": {"processors": ["span_metrics"]}}},
            "pipelines.traces.processors.0",
            "requires an address of metrics",
        ),
        ({"gateway": GATEWAY, "traces_otlp_endpoint": ""}, "gateway", "is used by no pipeline of traces"),
        (
            {"gateway": GATEWAY, "pipelines": {"traces2": {"signal": "traces", "sources": ["zipkin"]}}},
            "pipelines.traces2.sources",
            "must have the sources of traces (otlp), as all traces reach the gateway by OTLP",
        ),
        (
            {"gateway": {"memory_request": "2Gi"}},
            "gateway.memory_limit",
            "must be at least 2Gi, to start reliably and to cover memory_request",
        ),
        (
            {"events": True, "singleton": {"memory_limit": "64Mi"}},
            "singleton.memory_limit",
            "must be at least 256Mi, to start reliably and to cover memory_request",
        ),
        ({"singleton": {"memory_limit": "1Gi"}}, "singleton", "is not used without events, a pipeline that reads"),
        ({"pipelines": logs(sources=["otlp"])}, "pipelines.more", "sends the logs of otlp to loki, as logs does"),
        (
            {"sources": {"shop": {"kind": "containers", "namespaces": ["shop"]}}, "pipelines": logs(sources=["shop"])},
            "pipelines.more",
            "sends the logs of shop to loki, as containers does",
        ),
        (
            {
                "sources": {"a": {"kind": "syslog", "port": 5140, "format": "rfc3164"}},
                "pipelines": logs(sources=["a", "syslog"]),
            },
            "sources.a",
            "listens on port 5140 as syslog does",
        ),
        (
            {"processors": LINES, "pipelines": {"logs": {"processors": ["lines"]}}},
            "pipelines.logs.processors.0",
            "joins lines of containers alone",
        ),
        (
            {"log_source": "api", "pipelines": logs(sources=["journald"])},
            "pipelines.more.sources.0",
            "requires log_source files: journald is read on each node",
        ),
        (
            {
                "processors": {"f": {"kind": "json", "labels": {"user": "user"}}},
                "pipelines": {"containers": {"processors": ["f", "redact"]}},
            },
            "pipelines.containers.processors.1",
            "must be before json and logfmt",
        ),
        (
            {
                "gateway": GATEWAY,
                "destinations": CENTRAL,
                "pipelines": {
                    "traces": {"processors": ["span_metrics"]},
                    "b": {**TRACES, "processors": ["span_metrics"], "destinations": ["central"]},
                },
            },
            "pipelines.traces",
            "has span_metrics as b has, and both count the same spans",
        ),
        (
            {
                "sources": {"shop": {"kind": "containers", "namespaces": ["shop"]}},
                "pipelines": {"containers": {"sources": ["containers", "shop"]}},
            },
            "pipelines.containers.sources",
            "has containers and shop, which read the same",
        ),
        (
            {
                "sources": {"old": {"kind": "zipkin", "port": 8888}},
                "pipelines": {"old": {"signal": "traces", "sources": ["old"]}},
            },
            "sources.old",
            "old listens on port 8888 as the collector itself does",
        ),
        (
            {
                "sources": {"e": {"kind": "events", "namespaces": ["shop"], "exclude_namespaces": ["shop"]}},
                "pipelines": {"e": {"signal": "logs", "sources": ["e"]}},
            },
            "sources.e.exclude_namespaces",
            "leaves no namespace",
        ),
        (
            {
                "destinations": {
                    "central": {"kind": "otlp", "url": "c.example.org:4317", "client": {"bearer_token": TOKEN}}
                },
                "pipelines": {"traces": {"destinations": ["central"]}},
            },
            "destinations.central.client.bearer_token",
            "would be sent in plain text over gRPC",
        ),
        (
            {
                "traces_otlp_endpoint": "",
                "metrics_otlp_url": "",
                "pipelines": {"containers": {"enabled": False}, "logs": {"enabled": False}},
            },
            "pipelines",
            "leaves the collectors of the nodes without a pipeline",
        ),
        ({"queue_size": "1Gi", "storage_host_path": ""}, "queue_size", "requires a directory of the node"),
        ({"queue_size": "1Gi", "gateway": GATEWAY}, "queue_size", "requires gateway.volume_size"),
        (
            {"queue_size": "2Gi", "gateway": {**GATEWAY, "volume_size": "1Gi"}},
            "queue_size",
            'must be at most gateway.volume_size "1Gi"',
        ),
        ({"log_source": "api", "host_ports": True}, "host_ports", "requires a collector on each node"),
        (
            {
                "destinations": CENTRAL | {"c": {"kind": "loki", "url": "loki:3100"}},
                "pipelines": logs(sources=["syslog"]),
            }
            | {"pipelines": logs(sources=["syslog"], destinations=["c", "central"])},
            "destinations.c.url",
            "must be an http or https URL for loki",
        ),
    ],
)
def test_a_problem_is_at_its_place(args: dict[str, Any], place: str, message: str) -> None:
    problems = found(**args)
    assert message in problems.pop(place) and set(problems) <= {"destinations.loki", "sources.otlp"}


@pytest.mark.parametrize(
    ("engine", "args", "place", "message"),
    [
        ("otel-collector", {"log_source": "api"}, "log_source", "must be files with engine otel-collector"),
        (
            "otel-collector",
            {"sources": {"containers": BY_API}},
            "sources.containers.log_source",
            "must be files with engine otel-collector, which has no reader of logs through the API server; set engine",
        ),
        (
            "otel-collector",
            {"pipelines": logs(sources=["journald"])},
            "pipelines.more.sources.0",
            "is not possible with engine otel-collector, whose image has no journalctl; set engine alloy",
        ),
        (
            "otel-collector",
            {"pipelines": logs(sources=["docker"])},
            "pipelines.more.sources.0",
            "is not possible with engine otel-collector, which reads no output of Docker's containers; set engine al",
        ),
        (
            "alloy",
            {"pipelines": logs(sources=["fluent_forward"])},
            "pipelines.more.sources.0",
            "is not possible with engine alloy, whose receiver is experimental, and would let every experimental "
            "component run; set engine otel-collector",
        ),
        (
            "alloy",
            {
                "destinations": {"scraped": {"kind": "prometheus_exporter"}},
                "pipelines": {"metrics": {"destinations": ["scraped"]}},
            },
            "pipelines.metrics.destinations.0",
            "is not possible with engine alloy, which has no exporter that a Prometheus scrapes; set engine otel-c",
        ),
        (
            "otel-collector",
            {"chart_version": "1.11.1"},
            "chart_version",
            "must be a supported version of chart open",
        ),
    ],
)
def test_what_an_engine_lacks_names_the_one_that_has_it(
    engine: str, args: dict[str, Any], place: str, message: str
) -> None:
    problems = found(engine=engine, **args)
    assert message in problems.pop(place) and problems == {}


def test_every_pipeline_is_reported_at_once_also_with_an_address_that_is_an_output() -> None:
    problems = found(
        traces_otlp_endpoint=pulumi.Output.from_input("tempo:4317"),
        pipelines={"traces": {"processors": ["tail_sampling"]}, **logs(sources=["oltp"]), "x": {"sources": ["otlp"]}},
    )
    assert sorted(problems) == ["pipelines.more.sources.0", "pipelines.traces.processors.0", "pipelines.x"]


def test_namespaces_of_their_own_make_pipelines_of_the_same_source() -> None:
    sources = {
        "shop": {"kind": "containers", "namespaces": ["shop"]},
        "rest": {"kind": "containers", "exclude_namespaces": ["shop"]},
    }
    pipelines = {"containers": {"sources": ["rest"]}, **logs(sources=["shop"])}
    assert found(sources=sources, pipelines=pipelines) == {}
    overlapping = {**sources, "rest": {"kind": "containers", "exclude_namespaces": ["cart"]}}
    assert "each is stored twice" in found(sources=overlapping, pipelines=pipelines)["pipelines.more"]


@pytest.mark.parametrize(
    ("sources", "place", "message", "fix"),
    [
        (
            {"vault": {**BY_API, "namespaces": ["vault", "kms"]}},
            "sources.vault.namespaces",
            "must not read kms, vault, which containers reads from files, as each line would be stored twice; add kms, "
            "vault to sources.containers.exclude_namespaces",
            {"sources.containers": {"kind": "containers", "exclude_namespaces": ["kms", "vault"]}},
        ),
        (
            {
                "vault": {**BY_API, "namespaces": ["vault", "kms"]},
                "containers": {"kind": "containers", "exclude_namespaces": ["kms"]},
            },
            "sources.vault.namespaces",
            "must not read vault, which containers reads from files",
            {"sources.containers.exclude_namespaces": ["kms", "vault"]},
        ),
        (
            {"vault": BY_API, "containers": {"kind": "containers", "namespaces": ["shop"]}},
            "sources.vault.log_source",
            "add shop to sources.vault.exclude_namespaces",
            {"sources.vault.exclude_namespaces": ["shop"]},
        ),
        (
            {
                "vault": {**BY_API, "namespaces": ["shop"]},
                "containers": {"kind": "containers", "namespaces": ["shop"]},
            },
            "sources.vault.namespaces",
            "must not read shop, which containers reads from files, as each line would be stored twice; remove one",
            {},
        ),
        (
            {"vault": {**BY_API, "exclude_namespaces": ["kms"]}},
            "sources.vault.log_source",
            "must not read the namespaces that containers reads from files, as each line would be stored twice; set",
            {"sources.vault.namespaces": ["<namespace>"]},
        ),
    ],
)
@pytest.mark.parametrize("destination", ["loki", "central"])
def test_a_namespace_is_not_read_from_files_and_through_the_api_server(
    sources: dict[str, Any], place: str, message: str, fix: dict[str, Any], destination: str
) -> None:
    args = {"sources": sources, "destinations": CENTRAL}
    pipelines = {**logs(sources=["vault"], destinations=[destination]), "logs": {"destinations": ["central"]}}
    (problem,) = TelemetrySpec.find_problems({**BACKENDS, **args, "pipelines": pipelines})
    assert problem.field == place and message in problem.message
    assert fix_of(problem) == fix


def test_namespaces_that_are_disjoint_are_read_from_both() -> None:
    sources = {
        "containers": {"kind": "containers", "exclude_namespaces": ["vault"]},
        "vault": {**BY_API, "namespaces": ["vault"]},
    }
    assert found(sources=sources, pipelines={"containers": {"sources": ["containers", "vault"]}}) == {}
    assert found(sources=sources, pipelines=logs(sources=["vault"])) == {}


def test_files_are_not_read_without_a_collector_on_each_node() -> None:
    sources = {"containers": {"kind": "containers", "log_source": "files"}}
    message = found(log_source="api", sources=sources)["sources.containers.log_source"]
    assert "requires a collector on each node, which log_source api of the collectors does not run" in message
    assert found(log_source="api", sources={"containers": BY_API}) == {}


def test_another_destination_makes_a_second_pipeline_of_the_same_data() -> None:
    assert found(destinations=CENTRAL, pipelines=logs(sources=["containers"], destinations=["central"])) == {}


@pytest.mark.parametrize(
    ("kind", "option", "value"),
    [
        ("zipkin", "units", ["kubelet.service"]),
        ("otlp", "port", 4000),
        ("containers", "targets", ["a:1"]),
        ("syslog", "namespaces", ["shop"]),
        ("events", "log_source", "api"),
    ],
)
def test_an_option_of_another_kind_is_refused(kind: str, option: str, value: Any) -> None:
    (problem,) = [
        problem
        for problem in TelemetrySpec.find_problems({**BACKENDS, "sources": {"a": {"kind": kind, option: value}}})
        if problem.field == f"sources.a.{option}"
    ]
    assert f"and the kind is {kind}; remove it" in problem.message
    assert fix_of(problem) == {f"sources.a.{option}": REMOVE}


@pytest.mark.parametrize(
    ("processors", "right"),
    [
        (["fields", "redact", "health", "lines"], ["lines", "fields", "redact", "health"]),
        (["level", "fields", "pairs", "redact"], ["level", "redact", "fields", "pairs"]),
    ],
)
def test_a_processor_that_comes_too_late_is_moved_and_not_removed(processors: list[str], right: list[str]) -> None:
    kinds = {"fields": "json", "pairs": "logfmt"}
    known = {**HEALTH, **LINES, **{name: {"kind": kind} for name, kind in kinds.items()}}
    declared = {name: known[name] for name in processors if name in known}
    problems = TelemetrySpec.find_problems(
        {**BACKENDS, "processors": declared, "pipelines": {"containers": {"processors": processors}}}
    )
    assert {"pipelines.containers.processors": right} in [fix_of(problem) for problem in problems]


def test_a_field_of_a_line_is_no_label_that_tells_where_the_line_comes_from() -> None:
    labels = {"level": "severity", "team": "team", "namespace": "ns", "service_name": "app"}
    problems = found(
        processors={"a": {"kind": "json", "labels": labels}}, pipelines={"containers": {"processors": ["a"]}}
    )
    places = ["processors.a.labels.namespace", "processors.a.labels.service_name"]
    assert list(problems) == places
    assert all("a label of the pipeline; choose another name" in problems[place] for place in places)


@pytest.mark.parametrize("pattern", ["(?=x)", "[a-", r"\1"])
def test_an_expression_that_is_not_re2_is_refused(pattern: str) -> None:
    problems = found(processors={"a": {"kind": "drop", "pattern": pattern}}, pipelines={"logs": {"processors": ["a"]}})
    assert "must be a regular expression of RE2, and " in problems["processors.a.pattern"]


@pytest.mark.parametrize(
    ("engine", "text", "message"),
    [
        ("otel-collector", "receivers: [", "must be YAML, and line 1: "),
        ("otel-collector", "receivers:", "and has receivers without a map"),
        ("otel-collector", "1: 2", "and has 1; remove it"),
        ("otel-collector", "recievers: {}", "must have sections of the Collector (receivers, "),
        ("otel-collector", "just text", 'and has "just text"; remove it'),
        ("alloy", "receivers: {}", "must have a block of Alloy"),
    ],
)
def test_a_raw_text_is_of_its_engine(engine: str, text: str, message: str) -> None:
    assert message in found(engine=engine, raw_config=text)["raw_config"]


def test_a_raw_text_holds_no_secret() -> None:
    text = 'otelcol.auth.basic "a" {\n  password = "hunter2hunter2"\n}\nauthorization = "Bearer abc123def456"'
    (problem,) = TelemetrySpec.find_problems({**BACKENDS, "raw_config": text})
    assert problem.shown == " (value hidden)" and "secret in plain text" in problem.message


def test_an_expression_that_the_engines_do_not_take_is_refused() -> None:
    processors = {"a": {"kind": "drop", "pattern": r"a\Cb"}}
    message = found(processors=processors, pipelines={"logs": {"processors": ["a"]}})["processors.a.pattern"]
    assert "must not have" in message and "which the engines do not take" in message
