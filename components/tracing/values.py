"""The chart values of Tempo in each mode."""

from typing import Any

from .._merge import deep_merge
from . import generator
from .blocks import block_duration, retention, trace_storage
from .caches import cache_values
from .choices import Mode
from .gateway import gateway_values
from .ingesters import ingester_parts
from .kafka import broker_login, broker_login_config, kafka_parts
from .native_tls import monolithic_tls
from .pods import CONTAINER_SECURITY, POD_SECURITY, credentials, credentials_annotation, go_memory_limit, reserved
from .receivers import distributed_receivers, monolithic_receivers
from .roles import Role
from .spec import TracingSpec
from .workloads import merged, part, persistence, placement, reader, service_account, storage_class, writer


def tempo_values(spec: TracingSpec) -> dict[str, Any]:
    """Give the values of the chart that `spec.mode` asks for."""
    return monolithic_values(spec) if spec.mode is Mode.MONOLITHIC else distributed_values(spec)


def monolithic_values(spec: TracingSpec) -> dict[str, Any]:
    """Give the values of the chart `tempo`."""
    tempo: dict[str, Any] = {
        "reportingEnabled": False,
        # Ballast would count against the memory limit of the Go runtime, which has taken its place.
        "memBallastSizeMbs": 0,
        "retention": retention(spec),
        "receivers": monolithic_receivers(spec),
        "storage": {"trace": trace_storage(spec)},
        "ingester": {"max_block_duration": block_duration(spec)},
        "resources": reserved(spec.cpu, spec.memory),
        "extraEnv": [go_memory_limit(spec.memory), *credentials(spec)],
        "securityContext": CONTAINER_SECURITY,
    }
    if default_overrides := overrides(spec):
        tempo["overrides"] = default_overrides
    if spec.generates_metrics:
        tempo["metricsGenerator"] = {"enabled": True, **generator.config(spec)}
    values = {
        # The chart names its ConfigMap after itself: two releases in a namespace would share it.
        "nameOverride": spec.release_name,
        "replicas": spec.replicas,
        "tempo": tempo,
        "securityContext": POD_SECURITY,
        "persistence": {"enabled": True, "size": spec.volume_size, **storage_class("storageClassName", spec)},
        "serviceAccount": {**service_account(spec), "automountServiceAccountToken": False},
        "serviceMonitor": {"enabled": spec.service_monitor, "additionalLabels": dict(spec.service_monitor_labels)},
        "podAnnotations": credentials_annotation(spec),
        **placement(spec),
    }
    return deep_merge(values, monolithic_tls(spec))


def distributed_values(spec: TracingSpec) -> dict[str, Any]:
    """Give the values of the chart `tempo-distributed`, of the generation that `spec.chart_version` is of."""
    tempo: dict[str, Any] = {"podSecurityContext": POD_SECURITY}
    if login := broker_login_config(spec):
        tempo["structuredConfig"] = login
    return {
        "fullnameOverride": spec.release_name,
        "reportingEnabled": False,
        "serviceAccount": service_account(spec),
        "tempo": tempo,
        "traces": distributed_receivers(spec),
        "storage": {"trace": trace_storage(spec)},
        "distributor": merged(part(spec, Role.DISTRIBUTOR), broker_login(spec)),
        **(kafka_parts(spec) if spec.through_kafka else ingester_parts(spec)),
        "querier": reader(spec, Role.QUERIER),
        "queryFrontend": reader(spec, Role.QUERY_FRONTEND),
        **cache_values(spec),
        "gateway": gateway_values(spec),
        "global": {
            "dnsService": spec.dns_service,
            "dnsNamespace": spec.dns_namespace,
            "clusterDomain": spec.cluster_domain,
        },
        "metaMonitoring": {
            "serviceMonitor": {"enabled": spec.service_monitor, "labels": dict(spec.service_monitor_labels)}
        },
        "metricsGenerator": _generator(spec) if spec.generates_metrics else {"enabled": False},
        "overrides": overrides(spec),
    }


def overrides(spec: TracingSpec) -> dict[str, Any]:
    """Return what holds for every tenant, as both charts take it: the processors of its spans, and its limits."""
    defaults = {**generator.overrides(spec), **spec.limits.overrides()}
    return {"defaults": defaults} if defaults else {}


def _generator(spec: TracingSpec) -> dict[str, Any]:
    return {
        **merged(writer(spec, Role.METRICS_GENERATOR), broker_login(spec)),
        "enabled": True,
        "kind": "StatefulSet",
        "persistence": persistence(spec, Role.METRICS_GENERATOR),
        "config": generator.config(spec),
    }
