"""Where data comes from: readers of lines with the labels of the policy, and receivers of OTLP and other protocols."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..._log_labels import APP_LABELS, SERVICE_NAME, IndexLabel
from ...units import parse_duration
from ...urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT
from ..labels import EVENTS_JOB, container_labels
from ..levels import LEVELS
from ..model import LogSource, PipelineSource, SourceKind, SyslogFormat
from ..ottl import LOGS_ANNOTATION
from ..pipelines import JAEGER_PORTS, Flow, log_source_of, port_of, reads_once
from ..spec import TelemetrySpec
from .destinations import receiver_tls
from .syntax import Block, Call, Ref, Sum, Value, go_duration, identifier, quote

NODE_NAME = Call("coalesce", (Call("sys.env", ("HOSTNAME",)), Ref("constants.hostname")))
"""The node that a pod of the DaemonSet runs on: the chart sets HOSTNAME to it."""
DOCKER_SOCKET = "/var/run/docker.sock"
JOURNAL_DIRECTORY = "/var/log/journal"
VOLATILE_JOURNAL_DIRECTORY = "/run/log/journal"
"""The journal of a node whose journald stores nothing on disk, or that has not begun to."""

LINE_SOURCES = frozenset(
    {SourceKind.CONTAINERS, SourceKind.EVENTS, SourceKind.JOURNALD, SourceKind.SYSLOG, SourceKind.DOCKER}
)
"""The kinds whose data are lines with labels; that of the others is OTLP."""

HOSTS = frozenset({SourceKind.JOURNALD, SourceKind.SYSLOG, SourceKind.DOCKER})
"""The kinds whose lines are of hosts and not of pods: their structured metadata has the name of the host."""
HOSTNAME = "hostname"

_DOCKER_LINE = r'^\{"log":'
_POD, _JOURNAL, _SYSLOG, _DOCKER = (
    "__meta_kubernetes_",
    "__journal_",
    "__syslog_message_",
    "__meta_docker_container_",
)


@dataclass(frozen=True)
class NamedSource:
    """A source, which has one component for all pipelines that name it."""

    name: str
    source: PipelineSource

    @property
    def kind(self) -> SourceKind:
        """The kind of the source."""
        return self.source.kind

    @property
    def label(self) -> str:
        """The label of the component, by which Alloy keeps positions: options do not change it."""
        if self.name != self.kind:
            return f"source_{identifier(self.name)}"
        return "pod" if self.kind is SourceKind.CONTAINERS else "default"

    @property
    def component(self) -> str:
        """Its kind and its label, in components of which a source of another kind may have one with this label."""
        return f"{self.kind.value}_{self.label}"


def named_sources(flows: Iterable[Flow], kinds: Callable[[SourceKind], bool]) -> list[NamedSource]:
    """Return the sources of such kinds that flows read, each once, in the order of the flows."""
    named = {name: source for flow in flows for name, source in flow.sources.items() if kinds(source.kind)}
    return [NamedSource(name, source) for name, source in named.items()]


def relabel(target: str, *sources: str, prefix: str = _POD, **attributes: Value) -> Block:
    """Return the rule that sets `target` from discovered metadata; several sources are joined by `separator`."""
    labels = [f"{prefix}{source}" for source in sources]
    return Block("rule", attributes={"source_labels": labels, **attributes, "target_label": target})


def _select(action: str, source: str, names: Sequence[str], prefix: str = _POD) -> list[Block]:
    """Return the rule that keeps or drops what has one of the names; none without names."""
    attributes = {"source_labels": [f"{prefix}{source}"], "regex": _any_of(names), "action": action}
    return [Block("rule", attributes=attributes)] if names else []


def _any_of(names: Sequence[str]) -> str:
    return "|".join(re.escape(name).replace(r"\-", "-") for name in sorted(names))


def line_reader(spec: TelemetrySpec, source: NamedSource, receivers: Sequence[Ref]) -> list[Block]:
    """Return the components that read the lines of a source, and hand each to every receiver."""
    return _READERS[source.kind](spec, source, {"forward_to": list(receivers)})


def _read_containers(spec: TelemetrySpec, source: NamedSource, forward: Mapping[str, Value]) -> list[Block]:
    pods = _discovered_pods(own_node=_reads_files(spec, source))
    targets = _labelled_targets(spec, source, pods)
    if not _reads_files(spec, source):
        # One member of a cluster of collectors reads a container.
        cluster = [] if reads_once(spec, source.source) else [Block("clustering", attributes={"enabled": True})]
        attributes = {"targets": targets.export("output"), **forward}
        return [pods, targets, Block("loki.source.kubernetes", source.label, attributes, cluster)]
    files = Block("local.file_match", source.label, {"path_targets": targets.export("output")})
    read = Block("loki.source.file", source.label, {"targets": files.export("targets"), **forward})
    return [pods, targets, files, read]


def _reads_files(spec: TelemetrySpec, source: NamedSource) -> bool:
    return log_source_of(spec, source.source) is LogSource.FILES


def _discovered_pods(*, own_node: bool) -> Block:
    """Return the discovery of pods, of the own node or of the cluster."""
    selectors = Block("selectors", attributes={"role": "pod", "field": Sum(("spec.nodeName=", NODE_NAME))})
    return Block("discovery.kubernetes", "pod", {"role": "pod"}, [selectors] if own_node else [])


def _labelled_targets(spec: TelemetrySpec, source: NamedSource, pods: Block) -> Block:
    """Return the choice and the labels of each container and, where files are read, the path of its log."""
    rules = [
        *_select("keep", "namespace", source.source.namespaces),
        *_select("drop", "namespace", source.source.exclude_namespaces),
        *_select("drop", f"pod_annotation_{_sanitized(LOGS_ANNOTATION)}", ["false"]),
        *(rule for label in _needed_labels(spec, source) for rule in _LABEL_RULES.get(label, ())),
        *_service_name_rules(spec),
        *(_log_paths() if _reads_files(spec, source) else []),
    ]
    return Block("discovery.relabel", source.label, {"targets": pods.export("targets")}, rules)


def _sanitized(name: str) -> str:
    """Return the name of a label or an annotation of a pod as discovery has it."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _app_rules(target: str) -> list[Block]:
    # A later rule overwrites what an earlier one set, and one without a match changes nothing.
    return [relabel(target, f"pod_label_{_sanitized(label)}", regex="(.+)") for label in reversed(APP_LABELS)]


_LABEL_RULES: Mapping[IndexLabel, Sequence[Block]] = {
    IndexLabel.NAMESPACE: [relabel("namespace", "namespace")],
    IndexLabel.POD: [relabel("pod", "pod_name")],
    IndexLabel.CONTAINER: [relabel("container", "pod_container_name")],
    IndexLabel.APP: _app_rules("app"),
    IndexLabel.JOB: [relabel("job", "namespace", "pod_container_name", separator="/")],
    IndexLabel.CONTAINER_RUNTIME: [relabel("container_runtime", "pod_container_id", regex=r"(\S+)://.+")],
    IndexLabel.NODE_NAME: [relabel("node_name", "pod_node_name")],
    IndexLabel.POD_IP: [relabel("pod_ip", "pod_ip")],
}


def _needed_labels(spec: TelemetrySpec, source: NamedSource) -> list[IndexLabel]:
    """Return the labels of containers, and the namespace that tenants are chosen by."""
    labels = container_labels(spec, log_source_of(spec, source.source))
    return labels + ([IndexLabel.NAMESPACE] if spec.namespace_tenants and IndexLabel.NAMESPACE not in labels else [])


def _service_name_rules(spec: TelemetrySpec) -> list[Block]:
    """Return the rules of `service_name`; none where Loki finds `app`, or else `container`, among the labels."""
    if {IndexLabel.APP, IndexLabel.CONTAINER} <= set(spec.index_labels):
        return []
    return [relabel(SERVICE_NAME, "pod_container_name"), *_app_rules(SERVICE_NAME)]


def _log_paths() -> list[Block]:
    container = "pod_container_name"
    return [
        relabel("__path__", "pod_uid", container, separator="/", replacement="/var/log/pods/*$1/*.log"),
        # The kubelet names a static pod's directory after the hash of its manifest, not after the pod's uid.
        relabel(
            "__path__",
            "pod_annotation_kubernetes_io_config_hash",
            container,
            separator="/",
            regex="([^/]+/.+)",
            replacement="/var/log/pods/*$1/*.log",
        ),
    ]


def _read_events(_: TelemetrySpec, source: NamedSource, forward: Mapping[str, Value]) -> list[Block]:
    namespaces: dict[str, Value] = {"namespaces": source.source.namespaces} if source.source.namespaces else {}
    attributes = {"job_name": EVENTS_JOB, "log_format": "json", **namespaces, **forward}
    return [Block("loki.source.kubernetes_events", source.label, attributes)]


def _read_journal(spec: TelemetrySpec, source: NamedSource, forward: Mapping[str, Value]) -> list[Block]:
    """Return a reader for each of the two directories that journald writes to.

    One reader without a path would read both, but only files of the machine id that the pod has itself: see
    SD_JOURNAL_LOCAL_ONLY in https://www.freedesktop.org/software/systemd/man/latest/sd_journal_open.html.
    """
    units = source.source.units
    rules = [
        *_select("keep", "_systemd_unit", units, _JOURNAL),
        *_wanted(spec, IndexLabel.APP, relabel("app", "_systemd_unit", prefix=_JOURNAL)),
        *_wanted(spec, IndexLabel.NODE_NAME, relabel("node_name", "_hostname", prefix=_JOURNAL)),
        relabel(HOSTNAME, "_hostname", prefix=_JOURNAL),
        *_level_rules("priority_keyword", _JOURNAL),
    ]
    attributes = {"path": JOURNAL_DIRECTORY, "labels": {"job": "journald"}, **forward}
    relabelling, reader = _relabelled("loki.source.journal", source, attributes, rules)
    volatile = {**reader.attributes, "path": VOLATILE_JOURNAL_DIRECTORY}
    return [relabelling, reader, Block(reader.name, f"volatile_{source.label}", volatile)]


def _read_syslog(spec: TelemetrySpec, source: NamedSource, forward: Mapping[str, Value]) -> list[Block]:
    syslog = source.source
    rfc3164 = {"rfc3164_default_to_current_year": True} if syslog.format is SyslogFormat.RFC3164 else {}
    listener = Block(
        "listener",
        attributes={
            "address": f"{spec.any_address}:{port_of(syslog)}",
            "protocol": syslog.transport.value,
            "syslog_format": syslog.format.value,
            "use_incoming_timestamp": True,
            **rfc3164,
            "labels": {"job": "syslog"},
        },
    )
    rules = [
        *_wanted(spec, IndexLabel.APP, relabel("app", "app_name", prefix=_SYSLOG)),
        *_wanted(spec, IndexLabel.NODE_NAME, relabel("node_name", "hostname", prefix=_SYSLOG)),
        relabel(HOSTNAME, "hostname", prefix=_SYSLOG),
        *_level_rules("severity", _SYSLOG),
    ]
    return _relabelled("loki.source.syslog", source, forward, rules, [listener])


def _read_docker(spec: TelemetrySpec, source: NamedSource, forward: Mapping[str, Value]) -> list[Block]:
    host: dict[str, Value] = {"host": f"unix://{DOCKER_SOCKET}"}
    found = Block("discovery.docker", source.label, host)
    pods = Block(
        "rule",
        attributes={"source_labels": [f"{_DOCKER}label_io_kubernetes_pod_name"], "regex": ".+", "action": "drop"},
    )
    targets = Block("discovery.relabel", source.component, {"targets": found.export("targets")}, [pods])
    rules = [
        *_wanted(spec, IndexLabel.CONTAINER, relabel("container", "name", prefix=_DOCKER, regex="/?(.+)")),
        *_wanted(spec, IndexLabel.APP, relabel("app", "name", prefix=_DOCKER, regex="/?(.+)")),
        *_wanted(
            spec,
            IndexLabel.APP,
            relabel("app", "label_com_docker_compose_service", prefix=_DOCKER, regex="(.+)"),
        ),
        *_wanted(spec, IndexLabel.STREAM, relabel("stream", "log_stream", prefix=_DOCKER)),
    ]
    labels: dict[str, Value] = {"job": "docker", "container_runtime": "docker", HOSTNAME: NODE_NAME}
    attributes = {**host, "targets": targets.export("output"), "labels": labels, **forward}
    return [found, targets, *_relabelled("loki.source.docker", source, attributes, rules)]


def _wanted(spec: TelemetrySpec, label: IndexLabel, rule: Block) -> list[Block]:
    return [rule] if label in spec.index_labels else []


def _level_rules(source: str, prefix: str) -> list[Block]:
    """Return the rules that take the level from the priority of a message."""
    return [
        relabel(IndexLabel.LEVEL.value, source, prefix=prefix, regex=values, replacement=level)
        for level, values in LEVELS.items()
    ]


def _relabelled(
    name: str,
    source: NamedSource,
    attributes: Mapping[str, Value],
    rules: Sequence[Block],
    blocks: Sequence[Block] = (),
) -> list[Block]:
    """Return a reader with the rules of its labels, which it applies to each line itself."""
    relabelling = Block("loki.relabel", source.component, {"forward_to": []}, rules)
    return [
        relabelling,
        Block(name, source.label, {**attributes, "relabel_rules": relabelling.export("rules")}, blocks),
    ]


_READERS: Mapping[SourceKind, Callable[[TelemetrySpec, NamedSource, Mapping[str, Value]], list[Block]]] = {
    SourceKind.CONTAINERS: _read_containers,
    SourceKind.EVENTS: _read_events,
    SourceKind.JOURNALD: _read_journal,
    SourceKind.SYSLOG: _read_syslog,
    SourceKind.DOCKER: _read_docker,
}


def source_stages(spec: TelemetrySpec, source: NamedSource, metadata: str) -> list[Block]:
    """Return the stages that only the lines of a source need; `metadata` is the stage of structured metadata."""
    if source.kind in HOSTS:
        return [Block(metadata, attributes={"values": {HOSTNAME: HOSTNAME}})]
    if source.kind is SourceKind.CONTAINERS and _reads_files(spec, source):
        return [docker_lines(), Block("stage.cri")]
    if source.kind is SourceKind.EVENTS and source.source.exclude_namespaces:
        selector = f"{{namespace=~{quote(_any_of(source.source.exclude_namespaces))}}}"
        return [Block("stage.match", "", {"selector": selector, "action": "drop"})]
    return []


def docker_lines() -> Block:
    """Return the stage that writes a line of Docker's JSON files as other runtimes do.

    Docker splits a line after 16 KiB, and only the last part ends with a line break. `stage.docker` does not join such
    parts, and `stage.cri` does.
    """
    fields = {"docker_log": "log", "docker_stream": "stream", "docker_time": "time"}
    line = (
        r'{{ .docker_time }} {{ .docker_stream }} {{ if hasSuffix "\n" .docker_log }}F{{ else }}P{{ end }} '
        r'{{ trimSuffix "\n" .docker_log }}'
    )
    return Block(
        "stage.match",
        "",
        {"selector": f'{{filename!=""}} |~ {quote(_DOCKER_LINE)}'},
        [
            Block("stage.json", attributes={"expressions": fields}),
            Block("stage.template", attributes={"source": "docker_line", "template": line}),
            Block("stage.output", attributes={"source": "docker_line"}),
        ],
    )


def unwanted_labels(spec: TelemetrySpec, source: NamedSource, *, level: bool) -> list[str]:
    """Return the labels that a source adds and that the policy does not have; `level` is kept where it is set."""
    tenants = [IndexLabel.NAMESPACE.value] if spec.namespace_tenants else []
    of_reader = ["filename", "stream"] if _reads_files(spec, source) else ["instance", "job"]
    added: Mapping[SourceKind, Sequence[str]] = {
        SourceKind.CONTAINERS: [*of_reader, *tenants],
        SourceKind.EVENTS: ["instance", IndexLabel.NAMESPACE.value],
        SourceKind.JOURNALD: [IndexLabel.LEVEL.value],
        SourceKind.SYSLOG: [IndexLabel.LEVEL.value],
        SourceKind.DOCKER: [IndexLabel.CONTAINER_RUNTIME.value],
    }
    kept = {*spec.index_labels, *([IndexLabel.LEVEL] if level else [])}
    return [label for label in added[source.kind] if label not in kept]


def receiver(spec: TelemetrySpec, source: NamedSource, output: Block) -> list[Block]:
    """Return the components that receive data for an output, on every address of the pod."""
    return _RECEIVERS[source.kind](spec, source, output)


def _address(spec: TelemetrySpec, port: int) -> dict[str, Value]:
    return {"endpoint": f"{spec.any_address}:{port}"}


def _receive_otlp(spec: TelemetrySpec, source: NamedSource, output: Block) -> list[Block]:
    grpc = Block("grpc", "", _address(spec, OTLP_GRPC_PORT), receiver_tls(spec))
    http = Block("http", "", _address(spec, OTLP_HTTP_PORT), receiver_tls(spec))
    return [Block("otelcol.receiver.otlp", source.label, blocks=[grpc, http, output])]


def _receive_jaeger(spec: TelemetrySpec, source: NamedSource, output: Block) -> list[Block]:
    grpc, http, compact, binary = (_address(spec, port.number) for port in JAEGER_PORTS)
    protocols = Block(
        "protocols",
        blocks=[
            Block("grpc", "", grpc, receiver_tls(spec)),
            Block("thrift_http", "", http, receiver_tls(spec)),
            Block("thrift_compact", "", compact),
            Block("thrift_binary", "", binary),
        ],
    )
    return [Block("otelcol.receiver.jaeger", source.label, blocks=[protocols, output])]


def _receive_zipkin(spec: TelemetrySpec, source: NamedSource, output: Block) -> list[Block]:
    address = _address(spec, port_of(source.source))
    return [Block("otelcol.receiver.zipkin", source.label, address, [*receiver_tls(spec), output])]


def _scrape(_: TelemetrySpec, source: NamedSource, output: Block) -> list[Block]:
    """Return the scrape of the targets, which the singleton does."""
    received = Block("otelcol.receiver.prometheus", source.label, blocks=[output])
    targets: list[Value] = [{"__address__": target} for target in source.source.targets]
    # A timeout above the interval is refused, and that of the component is 10s.
    short = parse_duration(source.source.interval) < timedelta(seconds=10)
    attributes: dict[str, Value] = {
        "targets": targets,
        "forward_to": [received.export("receiver")],
        "job_name": source.name,
        "metrics_path": source.source.path,
        "scrape_interval": go_duration(source.source.interval),
        **({"scrape_timeout": go_duration(source.source.interval)} if short else {}),
    }
    return [Block("prometheus.scrape", source.label, attributes), received]


_RECEIVERS: Mapping[SourceKind, Callable[[TelemetrySpec, NamedSource, Block], list[Block]]] = {
    SourceKind.OTLP: _receive_otlp,
    SourceKind.JAEGER: _receive_jaeger,
    SourceKind.ZIPKIN: _receive_zipkin,
    SourceKind.PROMETHEUS: _scrape,
}
