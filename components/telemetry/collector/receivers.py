"""Receivers of the sources of a pipeline."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from ..._collector_roles import Role
from ...units import parse_duration
from ...urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT
from ..model import PipelineSource, SourceKind, Transport
from ..ottl import SERVICE_NAME_ATTRIBUTE
from ..pipelines import JAEGER_PORTS, Flow, port_of
from ..spec import TelemetrySpec
from ..workload import workload_name
from .clients import receiver_tls
from .containers import RETRY, file_log
from .variables import Config

LEADER_ELECTOR = "k8s_leader_elector"
_SCRAPE_TIMEOUT = timedelta(seconds=10)
"""The default of a scrape."""


def receiver(spec: TelemetrySpec, name: str, source: PipelineSource, flow: Flow) -> tuple[str, Config] | None:
    """Return the name and the configuration of a source; `None` for a kind that this engine does not have.

    Files are read for each pipeline of their own, as entries of several lines are made of them by the reader.
    """
    if source.kind is SourceKind.CONTAINERS:
        own = name if name == flow.name else f"{flow.name}_{name}"
        return f"file_log/{own}", file_log(spec, source, flow)
    if source.kind not in _RECEIVERS:
        return None
    component, write = _RECEIVERS[source.kind]
    return component if name == source.kind.value else f"{component}/{name}", write(spec, name, source)


def listening(spec: TelemetrySpec, port: int) -> Config:
    """Return the address of a server at every address of the pod."""
    return {"endpoint": f"{spec.any_address}:{port}"}


def _otlp(spec: TelemetrySpec, _name: str, _source: PipelineSource) -> Config:
    tls = receiver_tls(spec)
    return {
        "protocols": {
            "grpc": {**listening(spec, OTLP_GRPC_PORT), **tls},
            "http": {**listening(spec, OTLP_HTTP_PORT), **tls},
        }
    }


def _jaeger(spec: TelemetrySpec, _name: str, _source: PipelineSource) -> Config:
    grpc, http, compact, binary = (listening(spec, port.number) for port in JAEGER_PORTS)
    tls = receiver_tls(spec)
    secured = {"grpc": {**grpc, **tls}, "thrift_http": {**http, **tls}}
    return {"protocols": {**secured, "thrift_compact": compact, "thrift_binary": binary}}


def _zipkin(spec: TelemetrySpec, _name: str, source: PipelineSource) -> Config:
    return {**listening(spec, port_of(source)), **receiver_tls(spec)}


def _fluent(spec: TelemetrySpec, _name: str, source: PipelineSource) -> Config:
    return listening(spec, port_of(source))


def _syslog(spec: TelemetrySpec, name: str, source: PipelineSource) -> Config:
    listening: Config = {"listen_address": f"{spec.any_address}:{port_of(source)}"}
    return {
        source.transport.value: listening,
        "protocol": source.format.value,
        **({"enable_octet_counting": False} if source.transport is Transport.TCP else {}),
        "resource": {SERVICE_NAME_ATTRIBUTE: name},
        "retry_on_failure": dict(RETRY),
    }


def _prometheus(_spec: TelemetrySpec, name: str, source: PipelineSource) -> Config:
    interval = milliseconds(source.interval)
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


def leader_elector(spec: TelemetrySpec, role: Role) -> Config:
    """Return the lease that one collector of a workload holds while it reads events.

    Its holder renews it every 2 s and stops reading after 10 s without; another one takes it after 15 s.
    """
    lease = {"lease_name": workload_name(spec, role), "lease_namespace": spec.namespace}
    return {"auth_type": "serviceAccount", **lease}


def _events(_spec: TelemetrySpec, _name: str, source: PipelineSource) -> Config:
    watched: Config = {"name": "events", "group": "events.k8s.io", "mode": "watch"}
    # The receiver reads the list of namespaces once where some are left out: a processor drops their events.
    if source.namespaces:
        watched["namespaces"] = sorted({*source.namespaces} - {*source.exclude_namespaces})
    # A collector that begins reads what Kubernetes still has, so that it misses none; Loki stores a repeated one once.
    return {
        "auth_type": "serviceAccount",
        "k8s_leader_elector": LEADER_ELECTOR,
        "include_initial_state": True,
        "objects": [{**watched, "exclude_watch_type": ["DELETED"]}],
    }


def milliseconds(duration: str) -> str:
    """Return a duration in the notation of Go, which has no days."""
    return f"{int(parse_duration(duration) / timedelta(milliseconds=1))}ms"


_RECEIVERS: Mapping[SourceKind, tuple[str, Callable[[TelemetrySpec, str, PipelineSource], Config]]] = {
    SourceKind.EVENTS: ("k8s_objects", _events),
    SourceKind.OTLP: ("otlp", _otlp),
    SourceKind.JAEGER: ("jaeger", _jaeger),
    SourceKind.ZIPKIN: ("zipkin", _zipkin),
    SourceKind.FLUENT_FORWARD: ("fluent_forward", _fluent),
    SourceKind.SYSLOG: ("syslog", _syslog),
    SourceKind.PROMETHEUS: ("prometheus", _prometheus),
}
