"""Exporters: their addresses, clients and queues."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..._collector_roles import Role
from ...units import parse_quantity
from ...urls import OTLP_GRPC_PORT
from ..model import DestinationKind, PipelineDestination
from ..pipelines import EXPORTER_PORT, GATEWAY, LOKI, PROMETHEUS, TEMPO, known_destinations
from ..spec import TelemetrySpec
from ..workload import DEFAULT_QUEUE, gateway_host, memory_limit
from .clients import Client, destination_client, gateway_tls, metrics_store_client, store_client
from .containers import RETRY, STORAGE
from .receivers import listening
from .variables import Config

_MEBIBYTE = 2**20
_MEMORY_PERCENT = 25
"""Part of the memory limit that each queue without a volume may fill."""
_VOLUME_PERCENT = 80
"""Part of a gateway's volume that its queues may fill together."""
_BATCH = {"flush_timeout": "1s", "sizer": "bytes", "min_size": _MEBIBYTE, "max_size": 3 * _MEBIBYTE}
"""Below the 4 MiB that a gRPC server takes by default."""


@dataclass(frozen=True)
class Exporter:
    """An exporter, and the extensions that it names."""

    name: str
    config: Config
    extensions: Config = field(default_factory=dict)


def has_storage(spec: TelemetrySpec, role: Role) -> bool:
    """Whether the collectors of a role have a directory that outlives their process."""
    return role is not Role.GATEWAY or bool(spec.gateway and spec.gateway.volume_size)


@dataclass(frozen=True)
class Exporters:
    """The exporters of a role for data that comes from files, which can wait there, or from senders, which cannot."""

    spec: TelemetrySpec
    role: Role
    files: bool

    def to(self, name: str, destination: PipelineDestination | None) -> Iterator[Exporter]:
        """Yield the exporters to a destination: a declared one, a store of the stack, or the gateway."""
        spec = self.spec
        if destination is not None:
            yield self._declared(name, destination)
        elif name == LOKI:
            yield self.loki(spec.logs_tenant)
        elif name == TEMPO:
            yield self._otlp(name, spec.traces_otlp_endpoint, store_client(spec, spec.traces_otlp_endpoint))
        elif name == GATEWAY:
            yield self._gateway()
        elif url := spec.metrics_remote_write_url:
            yield self._remote_write(PROMETHEUS, url, metrics_store_client(spec, url))
        else:
            for index, url in enumerate((spec.metrics_otlp_url, *spec.further_metrics_otlp_urls)):
                named = f"{PROMETHEUS}_{index}" if index else PROMETHEUS
                yield self._otlp(named, url, metrics_store_client(spec, url))

    def loki(self, tenant: str, suffix: str = "") -> Exporter:
        """Return the exporter to the Loki of the stack, its own or an external one, for a tenant."""
        url, external = self.spec.logs_otlp_url, known_destinations(self.spec).get(LOKI)
        client = store_client(self.spec, url, tenant)
        if external:
            of_tenant = external.client.model_copy(update={"tenant": tenant})
            client = destination_client(LOKI, external.model_copy(update={"client": of_tenant}))
        return self._otlp(f"{LOKI}{suffix}", url, client)

    def _declared(self, name: str, destination: PipelineDestination) -> Exporter:
        client = destination_client(name, destination)
        match destination.kind:
            case DestinationKind.LOKI:
                return self._otlp(name, f"{destination.url.rstrip('/')}/otlp", client)
            case DestinationKind.OTLP:
                return self._otlp(name, destination.url, client)
            case DestinationKind.PROMETHEUS:
                return self._remote_write(name, destination.url, client)
            case DestinationKind.PROMETHEUS_EXPORTER:
                config = {
                    **listening(self.spec, EXPORTER_PORT.number),
                    "resource_to_telemetry_conversion": {"enabled": True},
                    "enable_open_metrics": True,
                }
                return Exporter(f"prometheus/{name}", config)

    def _otlp(self, name: str, endpoint: str, client: Client) -> Exporter:
        """Return the exporter of OTLP to an address: over HTTP to a URL, over gRPC to `host:port`."""
        component = "otlp_http" if "://" in endpoint else "otlp_grpc"
        queue = {"sending_queue": self._queue(), "retry_on_failure": dict(RETRY)}
        config = {"endpoint": endpoint, **client.settings, **queue}
        return Exporter(f"{component}/{name}" + ("_files" if self.files else ""), config, dict(client.extensions))

    def _remote_write(self, name: str, url: str, client: Client) -> Exporter:
        """Return the exporter of remote write, whose queue is in memory; attributes of resources are labels."""
        labels = {"resource_to_telemetry_conversion": {"enabled": True}}
        config = {"endpoint": url, **client.settings, **labels, "retry_on_failure": dict(RETRY)}
        return Exporter(f"prometheus_remote_write/{name}", config, dict(client.extensions))

    def _gateway(self) -> Exporter:
        """Return the exporter that sends all spans of a trace to one replica of the gateway.

        The addresses of the replicas are those of the headless Service, asked again every 5 s: it needs no access to
        the API, and answers while that is away. What a replica that has gone did not take is tried again by the queue
        of the exporter, which sends it to another one then.
        """
        once = {"sending_queue": {"enabled": False}, "retry_on_failure": {"enabled": False}}
        replicas = {"hostname": gateway_host(self.spec), "port": str(OTLP_GRPC_PORT), "interval": "5s"}
        config = {
            "routing_key": "traceID",
            "resolver": {"dns": replicas},
            "protocol": {"otlp": {"timeout": "5s", "tls": gateway_tls(self.spec), **once}},
            "sending_queue": self._queue(),
            "retry_on_failure": dict(RETRY),
        }
        return Exporter(f"load_balancing/{GATEWAY}", config)

    def _queue(self) -> Config:
        """Return the queue of an exporter: files wait where it is full, and senders are refused and try again."""
        stored = has_storage(self.spec, self.role)
        if stored:
            size = int(parse_quantity(self.spec.queue_size or DEFAULT_QUEUE))
        else:
            size = int(parse_quantity(memory_limit(self.spec, self.role)) * _MEMORY_PERCENT // 100)
        return {
            "sizer": "bytes",
            "queue_size": size,
            **({"storage": STORAGE} if stored else {}),
            "block_on_overflow": self.files,
            "batch": dict(_BATCH),
        }


def fit_into_volume(spec: TelemetrySpec, exporters: Config) -> Config:
    """Return the exporters of a gateway with queues that its volume can hold together."""
    queues = [name for name, exporter in exporters.items() if "sending_queue" in exporter]
    if not (spec.gateway and spec.gateway.volume_size and queues):
        return exporters
    share = int(parse_quantity(spec.gateway.volume_size) * _VOLUME_PERCENT // 100) // len(queues)
    found = dict(exporters)
    for name in queues:
        queue = exporters[name]["sending_queue"]
        size = min(queue["queue_size"], share)
        found[name] = {**exporters[name], "sending_queue": {**queue, "queue_size": size}}
    return found
