"""What each component is told: by the settings, here, and by other components, `joined` in `__main__.py`."""

from typing import Any

from config import Settings
from config.workload import Workload

from . import proofs
from .rules import rule_files


def given(**arguments: Any) -> Any:
    """Keep what is not empty, so that a component's own defaults stand for the rest.

    For arguments whose default is empty as well: where it is not, an empty value that a stack sets must be put beside.
    """
    return {name: value for name, value in arguments.items() if value not in (None, "", {}, (), [])}


def logging(settings: Settings, **joined: Any) -> Any:
    """Arguments of Loki."""
    area = settings.logging
    return given(
        **joined,
        **proofs.of_loki(settings),
        **_chart(settings, area),
        **_workload(area, settings),
        mode=area.mode.value,
        migrate_from=area.migrate_from and area.migrate_from.value,
        replication_factor=area.replication_factor,
        ingester_zones=list(area.ingester_zones),
        chunk_encoding=area.chunk_encoding,
        querier_max_concurrent=area.querier_max_concurrent,
        ruler=area.ruler,
        rule_source=area.rule_source.value,
        rules=rule_files(settings),
        lokitool_image=area.lokitool_image,
        alertmanager_url=area.alertmanager_url,
        tenants=list(area.tenants),
        limits=area.limits.model_dump(exclude_none=True),
        tenant_limits={tenant: own.model_dump(exclude_none=True) for tenant, own in area.tenant_limits.items()},
        tenant_retention=dict(area.tenant_retention),
        traces_endpoint=area.traces_endpoint,
        workloads={role: _workload(workload) for role, workload in area.workloads.items()},
        retention=settings.retention.logs,
        schema_entries=[entry.model_dump(by_alias=True) for entry in area.schema_entries],
        prepared_changes=list(area.prepared_changes),
        chunks_cache_mib=area.chunks_cache_mib,
        results_cache_mib=area.results_cache_mib,
        dns_service=settings.cluster.dns_service,
        dns_namespace=settings.cluster.dns_namespace,
        dashboards=area.dashboards,
        **monitors(settings),
    )


def tracing(settings: Settings, **joined: Any) -> Any:
    """Arguments of Tempo."""
    area = settings.tracing
    return given(
        **joined,
        **proofs.of_tempo(settings),
        **_chart(settings, area),
        **_workload(area, settings),
        mode=area.mode.value,
        retention=settings.retention.traces,
        prepared_changes=list(area.prepared_changes),
        kafka_address=area.kafka_address,
        kafka_topic=area.kafka_topic,
        kafka_credentials_secret=area.kafka_credentials_secret,
        partitions=area.partitions,
        workloads={role: _workload(workload) for role, workload in area.workloads.items()},
        receivers=list(area.receivers),
        gateway=area.gateway,
        max_block_duration=area.max_block_duration,
        processors=None if area.processors is None else list(area.processors),
        span_metrics_dimensions=list(area.span_metrics_dimensions),
        service_graph_dimensions=list(area.service_graph_dimensions),
        external_labels={"cluster": settings.cluster.name, **area.external_labels},
        dns_service=settings.cluster.dns_service,
        dns_namespace=settings.cluster.dns_namespace,
        **monitors(settings),
    )


def metrics(settings: Settings, **joined: Any) -> Any:
    """Arguments of the in-stack Prometheus."""
    area = settings.metrics
    return given(
        **joined,
        **_chart(settings, area),
        retention=settings.retention.metrics,
        cpu=area.cpu,
        memory=area.memory,
        volume_size=area.volume_size,
        storage_class=settings.cluster.storage_class,
        **placement(settings),
    )


def telemetry(settings: Settings, **joined: Any) -> Any:
    """Arguments of the collectors."""
    area = settings.telemetry
    return given(
        **joined,
        **proofs.of_collectors(settings),
        **_chart(settings, area),
        cluster=settings.cluster.name,
        extra_labels=dict(area.log_labels),
        logs_tenant=area.logs_tenant or next(iter(settings.logging.tenants), None),
        namespace_tenants=dict(area.namespace_tenants),
        log_source=area.log_source.value,
        node_local_otlp=area.node_local_otlp,
        cpu_request=area.cpu_request,
        memory_request=area.memory_request,
        memory_limit=area.memory_limit,
        **monitors(settings),
    )


def datasources(settings: Settings, **joined: Any) -> Any:
    """Arguments of the datasources."""
    by_login = settings.logging.tenants_secret is not None
    tenants = [] if by_login else list(settings.logging.tenants)
    return {**joined, **proofs.of_datasources(settings), "logs_tenants": tenants}


def grafana(settings: Settings, **joined: Any) -> Any:
    """Arguments of Grafana."""
    area = settings.grafana
    scheme = "https" if settings.ingress.https else "http"
    root_url = f"{scheme}://grafana.{settings.ingress.domain}" if settings.ingress.domain else ""
    return given(
        **joined,
        **proofs.of_grafana(settings),
        **_chart(settings, area),
        root_url=root_url,
        volume_size=area.volume_size,
        storage_class=settings.cluster.storage_class,
        **placement(settings),
        **monitors(settings),
        admin_secret=area.admin.secret if area.admin else None,
        admin_secret_key=area.admin.key if area.admin else None,
    )


def demo(settings: Settings, **joined: Any) -> Any:
    """Arguments of the generator of telemetry."""
    return {**joined, "create_namespace": False}


def _workload(workload: Workload, settings: Settings | None = None) -> Any:
    inherited = settings.cluster if settings else Workload()
    selector = inherited.node_selector if workload.node_selector is None else workload.node_selector
    tolerations = inherited.tolerations if workload.tolerations is None else workload.tolerations
    sizes = given(
        replicas=workload.replicas,
        cpu=workload.cpu,
        memory=workload.memory,
        volume_size=workload.volume_size,
        storage_class=workload.storage_class or inherited.storage_class,
    )
    # Kept where empty: a single workload runs on any node so, whatever holds for the others.
    if selector is not None:
        sizes["node_selector"] = dict(selector)
    if tolerations is not None:
        sizes["tolerations"] = [dict(toleration) for toleration in tolerations]
    return sizes


def placement(settings: Settings) -> dict[str, Any]:
    """Give the nodes that the settings send every pod to, but those of the collectors, which are on all nodes."""
    cluster = settings.cluster
    return {
        "node_selector": dict(cluster.node_selector),
        "tolerations": [dict(toleration) for toleration in cluster.tolerations],
    }


def monitors(settings: Settings) -> dict[str, Any]:
    """Say whether there are ServiceMonitors, and which labels the operator's Prometheus wants on them."""
    cluster = settings.cluster
    return {
        "service_monitor": cluster.service_monitors,
        "service_monitor_labels": dict(cluster.service_monitor_labels),
    }


def _chart(settings: Settings, area: Any) -> Any:
    return given(
        chart_version=getattr(area, "chart_version", None),
        charts_dir=settings.charts.directory,
        values=dict(area.values),
    ) | {"create_namespace": False}
