"""The Collector's configuration: receivers, processors, connectors and exporters of a role, by pipelines.

Names are those of https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0. Logins, headers and
TLS are files of mounted Secrets: the configuration holds no secret. A component has the name of what it was declared
for; names that the configuration itself adds hold a `_`, which no declared name has.

No entry waits in memory alone on its way from a file to a store: the receiver hands over synchronously (the gate
`stanza.synchronousLogEmitter` of the command line), waits where the queue on disk is full, and tries again without
limit; batches are made of what the queue has stored. After a kill lines are repeated, which Loki stores once, as their
timestamps are the runtime's. What can be lost is what waits to be joined: the newest entry of each stream with
`multiline`, for at most `containers.MULTILINE_WAIT`, and the beginning of a line whose end the runtime has not written.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import yaml

from ..._log_labels import IndexLabel
from ..._merge import deep_merge
from ...units import parse_duration, parse_quantity
from ...urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT
from ..labels import EVENTS_JOB, container_labels, processors_of, static_labels
from ..model import (
    DestinationKind,
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
    SPAN_METRICS_NAMESPACE,
    Statements,
    delete_attributes,
    drop_condition,
    event_statements,
    label_attributes,
    metadata_fields,
    quote,
    set_labels,
    set_where_missing,
    span_metric_statements,
    static_attributes,
    syslog_statements,
    transformations,
    unread_pods,
)
from ..pipelines import (
    EXPORTER_PORT,
    GATEWAY,
    JAEGER_PORTS,
    LOKI,
    PROMETHEUS,
    TEMPO,
    Flow,
    Role,
    flows_of,
    port_of,
)
from ..spec import TelemetrySpec
from ..workload import KUBERNETES_ATTRIBUTES, gateway_host, memory_limit, workload_name
from .clients import Client, destination_client, gateway_tls, metrics_store_client, receiver_tls, store_client
from .containers import RETRY, STORAGE, file_log

STORAGE_DIRECTORY = "/var/lib/otelcol"
HEALTH_PORT = 13133
METRICS_PORT = 8888

_NODE_VARIABLE, _POD_VARIABLE = "OTEL_K8S_NODE_NAME", "OTEL_K8S_POD_NAME"
"""Variables that the chart sets in every pod."""
_LIMITER = "memory_limiter"
_MEMORY_SHARE = 0.8
_MEBIBYTE = 2**20
_DEFAULT_QUEUE = "512Mi"
_FILE_QUEUE = 64 * _MEBIBYTE
"""Bytes of lines of files that wait in the queue; the others wait in the files."""
_MEMORY_QUEUE_SHARE = 0.25
_BATCH = {"flush_timeout": "1s", "sizer": "bytes", "min_size": _MEBIBYTE, "max_size": 3 * _MEBIBYTE}
"""Below the 4 MiB that a gRPC server takes by default."""
_DECISIONS = 10
"""Decisions that are remembered for each trace in memory, so that late spans are treated as the others."""
_SERIES_EXPIRE = "5m"
_SCRAPE_TIMEOUT = timedelta(seconds=10)

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
            self.extensions[STORAGE] = {
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
        pending = list(processors_of(self.spec, flow).items())
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
        if labels := _label_keys(processors_of(self.spec, flow)):
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
                part = source.kind.value if source.kind in _OWN_BEGINNING else "received"
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
                return [limiter, self._event_transform()]
            case SourceKind.SYSLOG.value:
                return [limiter, *self._syslog_processors()]
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
            self.receivers[receiver] = file_log(self.spec, source, flow)
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
        tls = receiver_tls(self.spec)
        return {
            "protocols": {
                "grpc": {**self._listening(OTLP_GRPC_PORT), **tls},
                "http": {**self._listening(OTLP_HTTP_PORT), **tls},
            }
        }

    def _jaeger_receiver(self, _name: str, _source: PipelineSource) -> Config:
        grpc, http, compact, binary = (self._listening(port.number) for port in JAEGER_PORTS)
        tls = receiver_tls(self.spec)
        secured = {"grpc": {**grpc, **tls}, "thrift_http": {**http, **tls}}
        return {"protocols": {**secured, "thrift_compact": compact, "thrift_binary": binary}}

    def _zipkin_receiver(self, _name: str, source: PipelineSource) -> Config:
        return {**self._listening(port_of(source)), **receiver_tls(self.spec)}

    def _fluent_receiver(self, _name: str, source: PipelineSource) -> Config:
        return self._listening(port_of(source))

    def _syslog_receiver(self, name: str, source: PipelineSource) -> Config:
        listening: Config = {"listen_address": f"{self.spec.any_address}:{port_of(source)}"}
        return {
            source.transport.value: listening,
            "protocol": source.format.value,
            **({"enable_octet_counting": False} if source.transport is Transport.TCP else {}),
            "resource": {SERVICE_NAME_ATTRIBUTE: name},
            "retry_on_failure": dict(RETRY),
        }

    def _prometheus_receiver(self, name: str, source: PipelineSource) -> Config:
        interval = _milliseconds(source.interval)
        return {
            "config": {
                "scrape_configs": [
                    {
                        "job_name": name,
                        "scrape_interval": interval,
                        # A timeout above the interval is refused, and the default is 10s.
                        **({"scrape_timeout": interval} if parse_duration(source.interval) < _SCRAPE_TIMEOUT else {}),
                        "metrics_path": source.path,
                        "static_configs": [{"targets": list(source.targets)}],
                    }
                ]
            }
        }

    def _events_receiver(self, _name: str, source: PipelineSource) -> Config:
        watched: Config = {"name": "events", "group": "events.k8s.io", "mode": "watch"}
        if source.namespaces:
            wanted = sorted({*source.namespaces} - {*source.exclude_namespaces})
            watched["namespaces"] = wanted
        elif source.exclude_namespaces:
            watched["exclude_namespaces"] = [{"strict": name} for name in sorted(source.exclude_namespaces)]
        # The last version that was read is kept, so that a restart neither repeats nor misses events.
        return {
            "auth_type": "serviceAccount",
            "storage": STORAGE,
            "objects": [{**watched, "exclude_watch_type": ["DELETED"]}],
        }

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
            self._add_processor("k8s_attributes/containers", self._container_attributes()),
            self._add_processor(
                "filter/unread_pods",
                {"error_mode": "ignore", "log_conditions": [_conditions("resource", unread_pods())]},
            ),
            self._transform("container_labels", logs=[Statements("resource", resource), Statements("log", record)]),
        ]

    def _event_transform(self) -> str:
        job = {"job": EVENTS_JOB, SERVICE_NAME_ATTRIBUTE: EVENTS_JOB, **static_labels(self.spec)}
        wanted = IndexLabel.NAMESPACE in self.spec.index_labels
        namespace = [f"set({_resource('namespace')}, {_resource('k8s.namespace.name')})"] if wanted else []
        resource = [*namespace, *delete_attributes("k8s.namespace.name"), *set_where_missing(job)]
        return self._transform(
            "events_labels", logs=[Statements("resource", resource), Statements("log", event_statements())]
        )

    def _syslog_processors(self) -> list[str]:
        named = {IndexLabel.APP: "appname", IndexLabel.NODE_NAME: "hostname"}
        labels = {label.value: field for label, field in named.items() if label in self.spec.index_labels}
        moved = {**labels, SERVICE_NAME_ATTRIBUTE: "appname"}
        static = set_where_missing({"job": "syslog", **static_labels(self.spec)})
        found = [Statements("resource", static), Statements("log", syslog_statements(moved))]
        return [
            self._transform("syslog_labels", logs=found),
            self._add_processor("groupbyattrs/syslog_labels", {"keys": list(moved)}),
        ]

    def _received_processors(self, flow: Flow) -> list[str]:
        spec, logs = self.spec, flow.signal is Signal.LOGS
        found = []
        if spec.kubernetes_attributes:
            name = "k8s_attributes/logs" if logs else "k8s_attributes"
            config = self._kubernetes_attributes(labels=logs, own_node=spec.node_local_otlp)
            found.append(self._add_processor(name, config))
        static = static_attributes(flow.signal, spec.cluster, spec.extra_labels)
        if not logs:
            return [*found, self._transform("attributes", **{flow.signal.value: [Statements("resource", static)]})]
        labels = [label for label in container_labels(spec) if label not in _CONTAINER_ONLY]
        default = "unknown_service" if flow.reads(SourceKind.OTLP) else next(iter(flow.sources))
        service = set_where_missing({SERVICE_NAME_ATTRIBUTE: default})
        statements = Statements("resource", [*static, *set_labels(labels), *service])
        name = "log_attributes" if default == "unknown_service" else f"log_attributes_{default}"
        return [*found, self._transform(name, logs=[statements])]

    def _container_attributes(self) -> Config:
        config = self._kubernetes_attributes(labels=True, own_node=True)
        annotation = {"tag_name": LOGS_ANNOTATION_ATTRIBUTE, "key": LOGS_ANNOTATION, "from": "pod"}
        return deep_merge(config, {"extract": {"annotations": [annotation]}})

    def _kubernetes_attributes(self, *, labels: bool, own_node: bool) -> Config:
        """Return the processor that names the pod of data, found by its uid, name or IP, else by connection."""
        metadata = [*KUBERNETES_ATTRIBUTES, *(["k8s.pod.ip", "k8s.container.name"] if labels else [])]
        apps = [{"tag_name": tag, "key": label, "from": "pod"} for label, tag in APP_LABEL_ATTRIBUTES.items()]
        # The directory of a static pod has the hash of its manifest in place of the uid.
        attributes = [["k8s.pod.uid"], ["k8s.namespace.name", "k8s.pod.name"], ["k8s.pod.ip"]]
        sources = [[{"from": "resource_attribute", "name": name} for name in names] for names in attributes]
        return {
            "auth_type": "serviceAccount",
            **({"filter": {"node_from_env_var": _NODE_VARIABLE}} if own_node else {}),
            # Lines that are read before the pods are known would lack labels, and be stored again with them.
            "wait_for_metadata": True,
            "extract": {"metadata": metadata, **({"labels": apps} if labels else {})},
            "pod_association": [{"sources": source} for source in [*sources, [{"from": "connection"}]]],
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
        """Add what makes metrics of spans, and their pipeline to the metrics store of the stack."""
        if processor.kind is ProcessorKind.SPAN_METRICS:
            component = f"span_metrics/{name}"
            self.connectors[component] = {
                "namespace": SPAN_METRICS_NAMESPACE,
                "histogram": {"unit": "s"},
                "exemplars": {"enabled": True},
                # The instance of the resource tells the collectors apart, and stays the same after a restart.
                "exclude_dimensions": ["collector.instance.id"],
                "resource_metrics_key_attributes": [SERVICE_NAME_ATTRIBUTE],
                "metrics_flush_interval": "15s",
                "metrics_expiration": _SERIES_EXPIRE,
            }
        else:
            component = f"service_graph/{name}"
            self.connectors[component] = {
                "metrics_flush_interval": "15s",
                "store": {"ttl": "10s", "max_items": 10_000},
            }
        own = {SERVICE_NAME_ATTRIBUTE: quote(workload_name(self.spec, self.role))}
        instance = Variable(f'set({_resource("service.instance.id")}, "${{env:{_POD_VARIABLE}}}")')
        resource = [*(f"set({_resource(key)}, {value})" for key, value in own.items()), instance]
        static = static_attributes(Signal.METRICS, self.spec.cluster, self.spec.extra_labels)
        named = self._transform(
            "span_metrics", metrics=[Statements("resource", [*resource, *static]), *span_metric_statements()]
        )
        flow = Flow(name, Signal.METRICS)
        self._pipeline(f"metrics/{name}", [component], [named], self._own(PROMETHEUS, flow))
        return component

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
                endpoint = spec.traces_otlp_endpoint
                return [self._otlp(TEMPO, endpoint, store_client(spec, endpoint), flow)]
            case "prometheus" if spec.metrics_remote_write_url:
                url = spec.metrics_remote_write_url
                return [self._remote_write(PROMETHEUS, url, metrics_store_client(spec, url))]
            case "prometheus":
                urls = (spec.metrics_otlp_url, *spec.further_metrics_otlp_urls)
                return [
                    self._otlp(
                        f"{PROMETHEUS}_{index}" if index else PROMETHEUS, url, metrics_store_client(spec, url), flow
                    )
                    for index, url in enumerate(urls)
                ]
            case _:
                return [self._gateway()]

    def _loki(self, flow: Flow) -> list[str]:
        """Return the exporter to Loki, or the connector that sends the lines of namespaces to their tenants."""
        spec, url = self.spec, self.spec.logs_otlp_url
        own = self._otlp(LOKI, url, store_client(spec, url, spec.logs_tenant), flow)
        if not spec.namespace_tenants or not flow.reads(SourceKind.CONTAINERS):
            return [own]
        tenants = sorted({*spec.namespace_tenants.values()})
        pipelines = {tenant: f"logs/{flow.name}_tenant_{tenant}" for tenant in tenants}
        router, default = f"routing/{flow.name}", f"logs/{flow.name}_default"
        self.connectors[router] = {
            "error_mode": "ignore",
            "default_pipelines": [default],
            "table": [
                {
                    "context": "resource",
                    "condition": f"{_resource('k8s.namespace.name')} == {quote(namespace)}",
                    "pipelines": [pipelines[tenant]],
                }
                for namespace, tenant in sorted(spec.namespace_tenants.items())
            ],
        }
        self._pipeline(default, [router], [], [own])
        for tenant, pipeline in pipelines.items():
            exporter = self._otlp(f"{LOKI}_{tenant}", url, store_client(spec, url, tenant), flow)
            self._pipeline(pipeline, [router], [], [exporter])
        return [router]

    def _gateway(self) -> str:
        """Add the exporter that sends all spans of a trace to one replica of the gateway.

        The addresses of the replicas are those of the headless Service, asked again every 5 s: it needs no access to
        the API, and answers while that is away. A replica that has gone is tried again by the queue of the exporter,
        which sends the spans to another one then.
        """
        once = {"sending_queue": {"enabled": False}, "retry_on_failure": {"enabled": False}}
        name = f"load_balancing/{GATEWAY}"
        self.exporters[name] = {
            "routing_key": "traceID",
            "resolver": {"dns": {"hostname": gateway_host(self.spec), "port": str(OTLP_GRPC_PORT), "interval": "5s"}},
            "protocol": {"otlp": {"timeout": "5s", "tls": gateway_tls(self.spec), **once}},
            "sending_queue": self._queue(files=False),
            "retry_on_failure": dict(RETRY),
        }
        return name

    def _declared(self, name: str, destination: PipelineDestination, flow: Flow) -> str:
        """Return the exporter to a declared destination."""
        client = destination_client(name, destination)
        match destination.kind:
            case DestinationKind.LOKI:
                return self._otlp(name, f"{destination.url.rstrip('/')}/otlp", client, flow)
            case DestinationKind.OTLP:
                return self._otlp(name, destination.url, client, flow)
            case DestinationKind.PROMETHEUS:
                return self._remote_write(name, destination.url, client)
            case DestinationKind.PROMETHEUS_EXPORTER:
                exporter = f"prometheus/{name}"
                self.exporters[exporter] = {
                    **self._listening(EXPORTER_PORT.number),
                    "resource_to_telemetry_conversion": {"enabled": True},
                    "enable_open_metrics": True,
                }
                return exporter

    def _otlp(self, name: str, endpoint: str, client: Client, flow: Flow) -> str:
        """Add the exporter of OTLP to an address: over HTTP to a URL, over gRPC to `host:port`."""
        files = flow.reads(SourceKind.CONTAINERS)
        component = "otlp_http" if "://" in endpoint else "otlp_grpc"
        exporter = f"{component}/{name}" + ("_files" if files else "")
        self.extensions |= client.extensions
        self.exporters[exporter] = {
            "endpoint": endpoint,
            **client.settings,
            "sending_queue": self._queue(files=files),
            "retry_on_failure": dict(RETRY),
        }
        return exporter

    def _remote_write(self, name: str, url: str, client: Client) -> str:
        """Add the exporter of remote write, whose queue is in memory; attributes of resources are labels of series."""
        exporter = f"prometheus_remote_write/{name}"
        self.extensions |= client.extensions
        self.exporters[exporter] = {
            "endpoint": url,
            **client.settings,
            "resource_to_telemetry_conversion": {"enabled": True},
            "retry_on_failure": dict(RETRY),
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
            **({"storage": STORAGE} if self.has_storage else {}),
            "block_on_overflow": files,
            "batch": dict(_BATCH),
        }


_OWN_BEGINNING = frozenset({SourceKind.CONTAINERS, SourceKind.EVENTS, SourceKind.SYSLOG})
"""The sources that have processors of their own; the others send resources."""
_CONTAINER_ONLY = frozenset({IndexLabel.STREAM, IndexLabel.FILENAME, IndexLabel.CONTAINER_RUNTIME, IndexLabel.LEVEL})
"""The labels that are not known of logs that are sent."""


def _resource(name: str) -> str:
    return f"resource.attributes[{quote(name)}]"


def _conditions(context: str, condition: str) -> Config:
    return {"context": context, "conditions": [condition]}


def _label_keys(processors: Mapping[str, PipelineProcessor]) -> list[str]:
    """Return the attributes of logs that become those of resources, so that Loki indexes them."""
    found = [label for processor in processors.values() for label in label_attributes(processor)]
    return list(dict.fromkeys(found))


def _tail_sampling(processor: PipelineProcessor) -> Config:
    """Return the processor that keeps traces by any of its policies."""
    policies: list[Config] = []
    if processor.errors:
        policies.append({"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}})
    if processor.slow:
        # The policy keeps what is above its threshold.
        threshold = max(int(parse_duration(processor.slow) / timedelta(milliseconds=1)) - 1, 0)
        policies.append({"name": "slow", "type": "latency", "latency": {"threshold_ms": threshold}})
    share = {"sampling_percentage": processor.percentage}
    policies.append({"name": "share", "type": "probabilistic", "probabilistic": share})
    decisions = processor.traces_in_memory * _DECISIONS
    return {
        "decision_wait": _milliseconds(processor.decision_wait),
        "num_traces": processor.traces_in_memory,
        "decision_cache": {"sampled_cache_size": decisions, "non_sampled_cache_size": decisions},
        "policies": policies,
    }


def _milliseconds(duration: str) -> str:
    """Return a duration in the notation of Go, which has no days."""
    return f"{int(parse_duration(duration) / timedelta(milliseconds=1))}ms"
