"""The Collector's configuration: receivers, processors, connectors and exporters of a role, by pipelines.

Names are those of https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0. Logins, headers and
TLS are files of mounted Secrets: the configuration holds no secret. A component has the name of what it was declared
for; names that the configuration itself adds hold a `_`, which no declared name has.

No entry waits in memory alone on its way from a file to a store: the receiver hands over synchronously (the gate
`stanza.synchronousLogEmitter` of the command line), waits where the queue on disk is full, and tries again without
limit; batches are made of what the queue has stored. After a kill lines are repeated, which Loki stores once, as their
timestamps are the runtime's. What can be lost is what waits to be joined: the newest entry of each stream with
`multiline`, for at most `MULTILINE_WAIT`, and the beginning of a line that the runtime has split and not yet ended.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from ..._log_labels import IndexLabel
from ..._merge import deep_merge
from ..._tenants import HEADER
from ...units import parse_quantity
from ...urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT
from ..labels import container_labels, static_labels
from ..model import (
    PipelineDestination,
    PipelineProcessor,
    PipelineSource,
    ProcessorKind,
    Signal,
    SourceKind,
    Transport,
)
from ..ottl import (
    APP_LABEL_ATTRIBUTES,
    LOGS_ANNOTATION,
    LOGS_ANNOTATION_ATTRIBUTE,
    SERVICE_NAME_ATTRIBUTE,
    Statements,
    delete_attributes,
    drop_condition,
    label_attributes,
    metadata_fields,
    quote,
    set_labels,
    set_where_missing,
    static_attributes,
    transformations,
    unread_pods,
)
from ..pipelines import LOKI, PROMETHEUS, Flow, Role, flows_of, port_of
from ..spec import TelemetrySpec
from ..workload import (
    KUBERNETES_ATTRIBUTES,
    LOGIN_DIRECTORY,
    TLS_DIRECTORY,
    memory_limit,
)

STORAGE_DIRECTORY = "/var/lib/otelcol"
HEALTH_PORT = 13133
METRICS_PORT = 8888
CONTAINER = "opentelemetry-collector"
"""The name of the container of the chart, whose own output is not read."""
MULTILINE_WAIT = "3s"

_NODE_VARIABLE, _POD_VARIABLE = "OTEL_K8S_NODE_NAME", "OTEL_K8S_POD_NAME"
"""Variables that the chart sets in every pod."""
_STORAGE = "file_storage"
_LIMITER = "memory_limiter"
_MEMORY_SHARE = 0.8
_MEBIBYTE = 2**20
_DEFAULT_QUEUE = "512Mi"
_FILE_QUEUE = 64 * _MEBIBYTE
"""Bytes of lines of files that wait in the queue; the others wait in the files."""
_MEMORY_QUEUE_SHARE = 0.25
_BATCH = {"flush_timeout": "1s", "sizer": "bytes", "min_size": _MEBIBYTE, "max_size": 3 * _MEBIBYTE}
"""Below the 4 MiB that a gRPC server takes by default."""
_RETRY = {"enabled": True, "max_elapsed_time": "0s"}
_RELOAD = "10m"
_LONGEST_LINE = "1MiB"
_CA = {"ca_file": f"{TLS_DIRECTORY}/ca.crt"}
_OWN = {"cert_file": f"{TLS_DIRECTORY}/tls.crt", "key_file": f"{TLS_DIRECTORY}/tls.key"}

Config = dict[str, Any]


class Variable(str):
    """A text of the configuration in which the Collector expands `${…}`; in every other one it does not."""

    __slots__ = ()


def collector_text(spec: TelemetrySpec, role: Role) -> str:
    """Return the configuration that the ConfigMap of a role holds."""
    return yaml.safe_dump(collector_config(spec, role), sort_keys=False, allow_unicode=True, width=2**20)


def collector_config(spec: TelemetrySpec, role: Role) -> Config:
    """Return the configuration of a role as the Collector reads it, with every `$` doubled that is no variable."""
    config: Config = _without_variables(_Writer(spec, role).config())
    if spec.raw_config and role is Role.AGENTS:
        config = deep_merge(config, yaml.safe_load(spec.raw_config))
    return config


def _without_variables(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_without_variables(key): _without_variables(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_variables(item) for item in value]
    if isinstance(value, Variable):
        return str(value)
    return value.replace("$", "$$") if isinstance(value, str) else value


class _Writer:
    """The components of a role while its pipelines are written, each once by its name."""

    def __init__(self, spec: TelemetrySpec, role: Role) -> None:
        self.spec, self.role = spec, role
        self.flows = flows_of(spec, role)
        self.receivers: Config = {}
        self.processors: Config = {}
        self.connectors: Config = {}
        self.exporters: Config = {}
        self.extensions: Config = {"health_check": {"endpoint": f"{spec.any_address}:{HEALTH_PORT}"}}
        self.pipelines: Config = {}

    def config(self) -> Config:
        """Return the whole configuration."""
        if self.has_storage:
            self.extensions[_STORAGE] = {
                "directory": STORAGE_DIRECTORY,
                "timeout": "10s",
                # A file that a crash of the node has damaged must not keep the collector from starting.
                "recreate": True,
                "compaction": {"directory": STORAGE_DIRECTORY, "on_start": True, "on_rebound": True},
            }
        for flow in self.flows:
            self._flow(flow)
        return {
            "receivers": self.receivers,
            "processors": self.processors,
            **({"connectors": self.connectors} if self.connectors else {}),
            "exporters": self.exporters,
            "extensions": self.extensions,
            "service": {
                "telemetry": {
                    "logs": {"level": self.spec.log_level.value},
                    "metrics": {
                        "readers": [
                            {
                                "pull": {
                                    "exporter": {
                                        "prometheus": {
                                            "host": self.spec.any_address.strip("[]"),
                                            "port": METRICS_PORT,
                                        }
                                    }
                                }
                            }
                        ]
                    },
                },
                "extensions": list(self.extensions),
                "pipelines": self.pipelines,
            },
        }

    @property
    def has_storage(self) -> bool:
        """Whether the collectors of the role have a directory that outlives their process."""
        return self.role is not Role.GATEWAY or bool(self.spec.gateway and self.spec.gateway.volume_size)

    def _pipeline(
        self, name: str, receivers: Sequence[str], processors: Sequence[str], exporters: Sequence[str]
    ) -> None:
        self.pipelines[name] = {
            "receivers": list(receivers),
            "processors": list(processors),
            "exporters": list(exporters),
        }

    def _flow(self, flow: Flow) -> None:
        """Add the pipelines of a flow: one, unless its sources begin differently or metrics are made on its way."""
        signal = flow.signal.value
        heads = [(name, *head) for name, head in self._heads(flow).items()]
        if not heads:
            return
        if len(heads) == 1:
            [(_, receivers, processors)] = heads
        else:
            joined = self._forward(f"{flow.name}_joined")
            for name, receivers, processors in heads:
                self._pipeline(f"{signal}/{flow.name}_{name}", receivers, processors, [joined])
            receivers, processors = [joined], []
        processors = list(processors)
        name = f"{signal}/{flow.name}"
        pending = list(flow.processors.items())
        part = 0
        while pending:
            processor_name, processor = pending.pop(0)
            if processor.kind not in (ProcessorKind.SPAN_METRICS, ProcessorKind.SERVICE_GRAPH):
                processors += self._processor(processor_name, processor, flow)
                continue
            made = [self._connector(processor_name, processor)]
            while pending and pending[0][1].kind in (ProcessorKind.SPAN_METRICS, ProcessorKind.SERVICE_GRAPH):
                made.append(self._connector(*pending.pop(0)))
            part += 1
            following = self._forward(f"{flow.name}_{part}")
            self._pipeline(f"{name}_{part}", receivers, processors, [*made, following])
            receivers, processors = [following], []
        if labels := _label_keys(flow):
            processors.append(self._add_processor(f"groupbyattrs/{flow.name}", {"keys": labels}))
        self._pipeline(name, receivers, processors, self._destinations(flow))

    def _forward(self, name: str) -> str:
        self.connectors[f"forward/{name}"] = {}
        return f"forward/{name}"

    # Sources

    def _heads(self, flow: Flow) -> dict[str, tuple[list[str], list[str]]]:
        """Return the receivers and the first processors of each part of the sources that begins in its own way."""
        parts: dict[str, list[str]] = {}
        for name, source in flow.sources.items():
            if receiver := self._receiver(name, source, flow):
                part = source.kind.value if source.kind in (SourceKind.CONTAINERS, SourceKind.EVENTS) else "received"
                parts.setdefault(part, []).append(receiver)
        return {part: (receivers, self._first_processors(part, flow)) for part, receivers in parts.items()}

    def _first_processors(self, part: str, flow: Flow) -> list[str]:
        limiter = self._add_processor(_LIMITER, self._memory_limiter())
        if self.role is Role.GATEWAY:
            return [limiter]
        match part:
            case SourceKind.CONTAINERS.value:
                return [limiter, *self._container_processors()]
            case SourceKind.EVENTS.value:
                return [limiter, *self._event_processors()]
            case _:
                return [limiter, *self._received_processors(flow)]

    def _memory_limiter(self) -> Config:
        limit = int(parse_quantity(memory_limit(self.spec, self.role)) * int(_MEMORY_SHARE * 100) // 100 // _MEBIBYTE)
        return {"check_interval": "1s", "limit_mib": limit}

    def _receiver(self, name: str, source: PipelineSource, flow: Flow) -> str:
        """Return the receiver of a source; empty for a source that this engine does not have."""
        kind = source.kind
        if kind is SourceKind.CONTAINERS:
            receiver = "file_log/" + (name if name == flow.name else f"{flow.name}_{name}")
            self.receivers[receiver] = _file_log(self.spec, source, flow)
            return receiver
        build = {
            SourceKind.EVENTS: ("k8sobjects", self._events_receiver),
            SourceKind.OTLP: ("otlp", self._otlp_receiver),
            SourceKind.JAEGER: ("jaeger", self._jaeger_receiver),
            SourceKind.ZIPKIN: ("zipkin", self._zipkin_receiver),
            SourceKind.FLUENT_FORWARD: ("fluent_forward", self._fluent_receiver),
            SourceKind.SYSLOG: ("syslog", self._syslog_receiver),
            SourceKind.PROMETHEUS: ("prometheus", self._prometheus_receiver),
        }.get(kind)
        if build is None:
            return ""
        component, write = build
        receiver = component if name == kind.value else f"{component}/{name}"
        self.receivers[receiver] = write(name, source)
        return receiver

    def _listening(self, port: int) -> Config:
        return {"endpoint": f"{self.spec.any_address}:{port}"}

    def _otlp_receiver(self, _name: str, _source: PipelineSource) -> Config:
        tls = self._receiver_tls()
        return {
            "protocols": {
                "grpc": {**self._listening(OTLP_GRPC_PORT), **tls},
                "http": {**self._listening(OTLP_HTTP_PORT), **tls},
            }
        }

    def _receiver_tls(self) -> Config:
        if not self.spec.receiver_tls:
            return {}
        asked = {"client_ca_file": _CA["ca_file"]} if self.spec.client_certificates else {}
        return {"tls": {**_OWN, **asked, "reload_interval": _RELOAD}}

    def _jaeger_receiver(self, _name: str, _source: PipelineSource) -> Config:
        ports = {"grpc": 14250, "thrift_http": 14268, "thrift_compact": 6831, "thrift_binary": 6832}
        return {"protocols": {protocol: self._listening(port) for protocol, port in ports.items()}}

    def _zipkin_receiver(self, _name: str, source: PipelineSource) -> Config:
        return self._listening(port_of(source))

    def _fluent_receiver(self, _name: str, source: PipelineSource) -> Config:
        return self._listening(port_of(source))

    def _syslog_receiver(self, name: str, source: PipelineSource) -> Config:
        listening: Config = {"listen_address": f"{self.spec.any_address}:{port_of(source)}"}
        return {
            source.transport.value: listening,
            "protocol": source.format.value,
            **({"enable_octet_counting": False} if source.transport is Transport.TCP else {}),
            "resource": {SERVICE_NAME_ATTRIBUTE: name},
            "retry_on_failure": dict(_RETRY),
        }

    def _prometheus_receiver(self, name: str, source: PipelineSource) -> Config:
        return {
            "config": {
                "scrape_configs": [
                    {
                        "job_name": name,
                        "scrape_interval": source.interval,
                        "metrics_path": source.path,
                        "static_configs": [{"targets": list(source.targets)}],
                    }
                ]
            }
        }

    def _events_receiver(self, _name: str, source: PipelineSource) -> Config:
        namespaces = {"namespaces": list(source.namespaces)} if source.namespaces else {}
        watched = {"name": "events", "group": "events.k8s.io", "mode": "watch", **namespaces}
        return {"auth_type": "serviceAccount", "objects": [{**watched, "exclude_watch_type": ["DELETED"]}]}

    # Processors

    def _add_processor(self, name: str, config: Config) -> str:
        self.processors[name] = config
        return name

    def _transform(self, name: str, **signals: Sequence[Statements]) -> str:
        """Add the processor that runs statements for each signal."""
        statements = {
            f"{signal.removesuffix('s')}_statements": [
                {"context": each.context, "statements": list(each.statements)} for each in found if each.statements
            ]
            for signal, found in signals.items()
        }
        # An error is that a line is no JSON, for example: nothing to log for each line.
        known = self.processors.get(f"transform/{name}", {})
        return self._add_processor(f"transform/{name}", {**known, "error_mode": "silent", **statements})

    def _container_processors(self) -> list[str]:
        spec, labels = self.spec, container_labels(self.spec)
        names = {"namespace": "k8s.namespace.name", "pod": "k8s.pod.name", "container": "k8s.container.name"}
        found = {**names, "uid": "k8s.pod.uid"}
        named = [f"set({_resource(to)}, {_resource(name)})" for name, to in found.items()]
        unused = [name for name in names if name not in labels]
        # The table of tenants reads the namespace last.
        used = {"k8s.namespace.name"} if spec.namespace_tenants else set()
        temporary = sorted({*found.values(), "k8s.node.name", "k8s.pod.ip", LOGS_ANNOTATION_ATTRIBUTE} - used)
        static = [f"set({_resource(name)}, {quote(value)})" for name, value in static_labels(spec).items()]
        resource = [*set_labels(labels), *delete_attributes(*unused, *temporary), *static]
        record = [
            "set(log.observed_time_unix_nano, 0) where log.time_unix_nano != 0",
            *metadata_fields(spec.structured_metadata),
        ]
        return [
            self._transform("container_names", logs=[Statements("resource", [*named, *delete_attributes("uid")])]),
            self._add_processor("k8s_attributes/containers", self._kubernetes_attributes(logs=True, own_node=True)),
            self._add_processor(
                "filter/unread_pods",
                {"error_mode": "ignore", "log_conditions": [_conditions("resource", unread_pods())]},
            ),
            self._transform("container_labels", logs=[Statements("resource", resource), Statements("log", record)]),
        ]

    def _event_processors(self) -> list[str]:
        return []

    def _received_processors(self, flow: Flow) -> list[str]:
        spec, logs = self.spec, flow.signal is Signal.LOGS
        found = []
        if spec.kubernetes_attributes:
            name = "k8s_attributes/logs" if logs else "k8s_attributes"
            config = self._kubernetes_attributes(logs=logs, own_node=spec.node_local_otlp)
            found.append(self._add_processor(name, config))
        static = static_attributes(flow.signal, spec.cluster, spec.extra_labels)
        if not logs:
            return [*found, self._transform("attributes", **{flow.signal.value: [Statements("resource", static)]})]
        if spec.kubernetes_attributes:
            condition = _conditions("resource", unread_pods())
            filtered = {"error_mode": "ignore", "log_conditions": [condition]}
            found.append(self._add_processor("filter/unread_pods", filtered))
        labels = [label for label in container_labels(spec) if label not in _CONTAINER_ONLY]
        default = "unknown_service" if flow.reads(SourceKind.OTLP) else next(iter(flow.sources))
        service = set_where_missing({SERVICE_NAME_ATTRIBUTE: default})
        unused = delete_attributes(LOGS_ANNOTATION_ATTRIBUTE)
        statements = Statements("resource", [*set_labels(labels), *unused, *static, *service])
        name = "log_attributes" if default == "unknown_service" else f"log_attributes_{default}"
        return [*found, self._transform(name, logs=[statements])]

    def _kubernetes_attributes(self, *, logs: bool, own_node: bool) -> Config:
        metadata = [*KUBERNETES_ATTRIBUTES, *(["k8s.pod.ip", "k8s.container.name"] if logs else [])]
        labels = [{"tag_name": tag, "key": label, "from": "pod"} for label, tag in APP_LABEL_ATTRIBUTES.items()]
        annotations = [{"tag_name": LOGS_ANNOTATION_ATTRIBUTE, "key": LOGS_ANNOTATION, "from": "pod"}]
        own = {"filter": {"node_from_env_var": _NODE_VARIABLE}} if own_node else {}
        by_attribute = [["k8s.pod.uid"], ["k8s.namespace.name", "k8s.pod.name"], ["k8s.pod.ip"]]
        return {
            "auth_type": "serviceAccount",
            **own,
            # Lines that are read before the pods are known would lack labels, and be stored again with them.
            "wait_for_metadata": True,
            "extract": {"metadata": metadata, **({"labels": labels, "annotations": annotations} if logs else {})},
            "pod_association": [
                *(
                    {"sources": [{"from": "resource_attribute", "name": name} for name in names]}
                    for names in by_attribute
                ),
                {"sources": [{"from": "connection"}]},
            ],
        }

    def _processor(self, name: str, processor: PipelineProcessor, flow: Flow) -> list[str]:
        """Return the processors of a declared one; none of `multiline`, which is a part of the receiver."""
        signal = flow.signal
        if processor.kind is ProcessorKind.DROP:
            context = "log" if signal is Signal.LOGS else "span"
            condition = [_conditions(context, drop_condition(processor, signal))]
            known = self.processors.get(f"filter/{name}", {})
            config = {**known, "error_mode": "ignore", f"{signal.value.removesuffix('s')}_conditions": condition}
            return [self._add_processor(f"filter/{name}", config)]
        if processor.kind is ProcessorKind.TAIL_SAMPLING:
            return [self._add_processor(f"tail_sampling/{name}", _tail_sampling(processor))]
        found = transformations(processor, signal)
        return [self._transform(name, **{signal.value: found})] if found else []

    def _connector(self, name: str, processor: PipelineProcessor) -> str:
        raise NotImplementedError(name, processor)

    # Destinations

    def _destinations(self, flow: Flow) -> list[str]:
        found: list[str] = []
        for name, destination in flow.destinations.items():
            found += self._own(name, flow) if destination is None else [self._declared(name, destination, flow)]
        return found

    def _own(self, name: str, flow: Flow) -> list[str]:
        """Return the exporters to a store of the stack, or to the gateway."""
        spec = self.spec
        match name:
            case "loki":
                return self._loki(flow)
            case "tempo":
                return [
                    self._otlp_exporter(
                        name, spec.traces_otlp_endpoint, flow, self._own_client(spec.traces_otlp_endpoint)
                    )
                ]
            case "prometheus":
                return self._prometheus(flow)
            case _:
                raise NotImplementedError(name)

    def _loki(self, flow: Flow) -> list[str]:
        spec = self.spec
        client = self._own_client(spec.logs_otlp_url)

        def exporter(tenant: str, suffix: str = "") -> str:
            headers = {"headers": {HEADER: tenant}} if tenant else {}
            return self._otlp_exporter(f"{LOKI}{suffix}", spec.logs_otlp_url, flow, {**client, **headers})

        own = exporter(spec.logs_tenant)
        if not spec.namespace_tenants or not flow.reads(SourceKind.CONTAINERS):
            return [own]
        pipelines = {
            tenant: f"logs/{flow.name}_tenant_{tenant}" for tenant in sorted({*spec.namespace_tenants.values()})
        }
        router = f"routing/{flow.name}"
        self.connectors[router] = {
            "error_mode": "ignore",
            "default_pipelines": [f"logs/{flow.name}_default"],
            "table": [
                {
                    "context": "resource",
                    "condition": f"{_resource('k8s.namespace.name')} == {quote(namespace)}",
                    "pipelines": [pipelines[tenant]],
                }
                for namespace, tenant in sorted(spec.namespace_tenants.items())
            ],
        }
        self._pipeline(f"logs/{flow.name}_default", [router], [], [own])
        for tenant, pipeline in pipelines.items():
            self._pipeline(pipeline, [router], [], [exporter(tenant, f"_{tenant}")])
        return [router]

    def _prometheus(self, flow: Flow) -> list[str]:
        spec = self.spec
        if spec.metrics_remote_write_url:
            raise NotImplementedError
        urls = (spec.metrics_otlp_url, *spec.further_metrics_otlp_urls)
        return [
            self._otlp_exporter(f"{PROMETHEUS}_{index}" if index else PROMETHEUS, url, flow, {})
            for index, url in enumerate(urls)
        ]

    def _declared(self, name: str, destination: PipelineDestination, flow: Flow) -> str:
        raise NotImplementedError(name)

    def _own_client(self, url: str) -> Config:
        """Return the login and the TLS of the client of a store of the stack."""
        spec = self.spec
        found: Config = {}
        if spec.login_secret:
            self.extensions["basicauth/login"] = {
                "client_auth": {
                    "username_file": f"{LOGIN_DIRECTORY}/username",
                    "password_file": f"{LOGIN_DIRECTORY}/password",
                }
            }
            found["auth"] = {"authenticator": "basicauth/login"}
        if spec.tls_secret and not url.startswith("http://"):
            own = _OWN if spec.client_certificates else {}
            found["tls"] = {**_CA, **own, "reload_interval": _RELOAD}
        elif "://" not in url:
            found["tls"] = {"insecure": True}
        return found

    def _otlp_exporter(self, name: str, endpoint: str, flow: Flow, client: Config) -> str:
        """Add the exporter of OTLP to an address: over HTTP to a URL, over gRPC to `host:port`."""
        files = flow.reads(SourceKind.CONTAINERS)
        component = "otlp_http" if "://" in endpoint else "otlp_grpc"
        exporter = f"{component}/{name}" + ("_files" if files else "")
        self.exporters[exporter] = {
            "endpoint": endpoint,
            **client,
            "sending_queue": self._queue(files=files),
            "retry_on_failure": dict(_RETRY),
        }
        return exporter

    def _queue(self, *, files: bool) -> Config:
        """Return the queue of an exporter: files wait where it is full, and senders are refused and try again."""
        if not self.has_storage:
            size = int(parse_quantity(memory_limit(self.spec, self.role)) * int(_MEMORY_QUEUE_SHARE * 100) // 100)
        elif files:
            size = _FILE_QUEUE
        else:
            size = int(parse_quantity(self.spec.queue_size or _DEFAULT_QUEUE))
        return {
            "sizer": "bytes",
            "queue_size": size,
            **({"storage": _STORAGE} if self.has_storage else {}),
            "block_on_overflow": files,
            "batch": dict(_BATCH),
        }


_CONTAINER_ONLY = frozenset({IndexLabel.STREAM, IndexLabel.FILENAME, IndexLabel.CONTAINER_RUNTIME, IndexLabel.LEVEL})
"""The labels that are not known of logs that are sent."""


def _resource(name: str) -> str:
    return f"resource.attributes[{quote(name)}]"


def _conditions(context: str, condition: str) -> Config:
    return {"context": context, "conditions": [condition]}


def _label_keys(flow: Flow) -> list[str]:
    """Return the attributes of logs that resources have, so that Loki indexes them."""
    found = [label for processor in flow.processors.values() for label in label_attributes(processor)]
    return list(dict.fromkeys(found))


def _file_log(spec: TelemetrySpec, source: PipelineSource, flow: Flow) -> Config:
    """Return the receiver of the output of containers.

    A file is read once under all its names, as it is known by its beginning: `0.log`, `0.log.<time>` after a rotation,
    and `0.log.<time>.gz`, of which the part that was read is left out. The kubelet writes to `*.tmp` in between.
    """
    namespaces = sorted(source.namespaces) or ["*"]
    directories = [f"/var/log/pods/{name}_*/*" if name != "*" else "/var/log/pods/*/*" for name in namespaces]
    excluded = [f"/var/log/pods/{name}_*/*/*" for name in sorted(source.exclude_namespaces)]
    if spec.namespace not in source.namespaces:
        excluded.append(f"/var/log/pods/{spec.namespace}_{spec.release_name}-*/{CONTAINER}/*")
    return {
        "include": [f"{directory}/*.log{rotated}" for directory in directories for rotated in ("", ".*")],
        "exclude": ["/var/log/pods/*/*/*.tmp", *excluded],
        "start_at": "beginning",
        "compression": "auto",
        "include_file_path": True,
        "include_file_name": False,
        "preserve_leading_whitespaces": True,
        "preserve_trailing_whitespaces": True,
        "max_log_size": _LONGEST_LINE,
        "poll_interval": "250ms",
        "storage": _STORAGE,
        "retry_on_failure": dict(_RETRY),
        "operators": list(_operators(spec, flow)),
    }


def _operators(spec: TelemetrySpec, flow: Flow) -> Iterator[Config]:
    """Yield what turns a line of a file into the line of a container, with the attributes of its resource.

    The operator `container` does not name the runtime, does not join what Docker has split, and joins what the runtime
    has split of both streams together.
    """
    labels = container_labels(spec)
    path, stream = 'attributes["log.file.path"]', "attributes.stream"
    time = {"parse_from": "attributes.time", "layout_type": "gotime", "layout": "2006-01-02T15:04:05.999999999Z07:00"}
    joined = {
        "combine_with": "",
        "combine_field": "attributes.log",
        "source_identifier": "attributes.source",
        "max_log_size": _LONGEST_LINE,
        "max_batch_size": 0,
        "max_unmatched_batch_size": 0,
        "max_sources": 10000,
    }
    source = f'EXPR({path} + ":" + {stream})'
    yield {
        "type": "router",
        "id": "runtime",
        "routes": [
            {"expr": r'body matches "^\\{"', "output": "docker", "attributes": {"runtime": "docker"}},
            {"expr": 'body matches "^[^ ]+Z std(out|err) "', "output": "cri", "attributes": {"runtime": "containerd"}},
            {"expr": 'body matches "^[^ ]+ std(out|err) "', "output": "cri", "attributes": {"runtime": "cri-o"}},
        ],
        "default": "path",
    }
    yield {"type": "json_parser", "id": "docker", "timestamp": time}
    yield {"type": "add", "id": "docker_source", "field": "attributes.source", "value": source}
    yield {"type": "recombine", "id": "docker_parts", **joined, "is_last_entry": r'attributes.log endsWith "\n"'}
    yield {"type": "regex_replace", "field": "attributes.log", "regex": r"\n$", "replace_with": "", "output": "line"}
    yield {
        "type": "regex_parser",
        "id": "cri",
        "regex": "^(?P<time>[^ ]+) (?P<stream>stdout|stderr) (?P<tag>[^ ]*) ?(?P<log>(?s:.*))$",
        "timestamp": time,
    }
    yield {"type": "add", "id": "cri_source", "field": "attributes.source", "value": source}
    yield {"type": "recombine", "id": "cri_parts", **joined, "is_last_entry": 'not (attributes.tag startsWith "P")'}
    yield {"type": "move", "id": "line", "from": "attributes.log", "to": "body"}
    for name, processor in flow.processors.items():
        if processor.kind is ProcessorKind.MULTILINE:
            yield {
                "type": "recombine",
                "id": f"multiline_{name}",
                "combine_field": "body",
                "is_first_entry": f"body matches {quote(processor.pattern)}",
                "source_identifier": "attributes.source",
                "force_flush_period": MULTILINE_WAIT,
                "max_log_size": _LONGEST_LINE,
                "max_sources": 10000,
            }
    yield {
        "type": "regex_parser",
        "id": "path",
        "parse_from": path,
        "parse_to": "resource",
        "regex": r"^.*/(?P<namespace>[^_/]+)_(?P<pod>[^_/]+)_(?P<uid>[^_/]+)/(?P<container>[^/]+)/[^/]+$",
        "cache": {"size": 1000},
    }
    moved = {
        IndexLabel.STREAM: stream,
        IndexLabel.CONTAINER_RUNTIME: "attributes.runtime",
        IndexLabel.FILENAME: path,
    }
    for label, attribute in moved.items():
        if label in labels:
            known = {"if": f"{attribute} != nil"}
            yield {"type": "move", "from": attribute, "to": f"resource.{label.value}", **known}
    yield {"type": "remove", "field": "attributes"}


def _tail_sampling(processor: PipelineProcessor) -> Config:
    """Return the processor that keeps traces by any of its policies."""
    policies: list[Config] = []
    if processor.errors:
        policies.append({"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}})
    return {"policies": policies}
