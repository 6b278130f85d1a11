"""What the Prometheus of a stack scrapes: the producers of the catalogue of metrics, and the labels of their targets.

A test compares them with the monitors that the charts make.
"""

from collections.abc import Mapping, Sequence

from components._ip_families import IpFamily
from components.alerting.producers import PRODUCERS
from components.logging.modes import LokiRole
from components.logging.spec import V6
from components.metrics.spec import ControlPlanePart
from components.storage.seaweedfs import PARTS
from components.telemetry.model import ProcessorKind
from components.tracing.modes import TEMPO_2_ROLES, TEMPO_3_ROLES, TempoMode, TempoRole, installs_tempo_3
from components.tracing.spec import Processor
from components.units import parse_duration
from config import Settings
from config.caching import CacheKind
from config.storage import InClusterStorage, MinioStorage

from .alerting import has_alertmanager, has_log_rules

_CONTROL_PLANE = {
    ControlPlanePart.COREDNS: "coredns",
    ControlPlanePart.ETCD: "etcd",
    ControlPlanePart.SCHEDULER: "kube-scheduler",
    ControlPlanePart.CONTROLLER_MANAGER: "kube-controller-manager",
    ControlPlanePart.PROXY: "kube-proxy",
}
"""The parts of the control plane by their names in the catalogue."""
_PATTERN_INGESTER = f"loki-{LokiRole.PATTERN_INGESTER.value}"
_SERVICES = {
    "alertmanager": ["prometheus-alertmanager"],
    "blackbox-exporter": ["blackbox-exporter"],
    "cadvisor": ["prometheus-kubelet"],
    "coredns": ["prometheus-coredns"],
    "etcd": ["prometheus-kube-etcd"],
    "grafana": ["grafana"],
    "kube-apiserver": ["kubernetes"],
    "kube-controller-manager": ["prometheus-kube-controller-manager"],
    "kube-proxy": ["prometheus-kube-proxy"],
    "kube-scheduler": ["prometheus-kube-scheduler"],
    "kube-state-metrics": ["prometheus-kube-state-metrics"],
    "kubelet": ["prometheus-kubelet"],
    "kubelet-probes": ["prometheus-kubelet"],
    "loki-gateway": ["loki-gateway-exporter"],
    "minio": ["minio"],
    "node-exporter": ["prometheus-node-exporter"],
    "prometheus": ["prometheus-prometheus"],
    "prometheus-operator": ["prometheus-operator"],
    "thanos-compact": ["thanos-compact-headless"],
    "thanos-query": ["thanos-query"],
    "thanos-query-frontend": ["thanos-query-frontend"],
    "thanos-receive-ingestor": ["thanos-receive-ingestor-headless"],
    "thanos-receive-router": ["thanos-receive-router"],
    "thanos-rule": ["thanos-rule-headless"],
    "thanos-sidecar": ["prometheus-thanos-discovery"],
    "thanos-store-gateway": ["thanos-store-gateway-headless"],
    "valkey": ["valkey-metrics"],
}
"""The Services by which the monitors of the stack find the targets of a producer."""
_OF_AN_OPERATOR = ("kubelet", "cadvisor", "kubelet-probes")
"""Producers whose Service an operator creates: an existing one has its own name for it."""
Labels = Mapping[str, Sequence[str]]


def producers(settings: Settings) -> list[str]:
    """Return what the store of metrics has: of the stack, and what that states of others; names of the catalogue."""
    return [*dict.fromkeys([*_of_stack(settings), *settings.alerting.stated_producers])]


def target_labels(settings: Settings) -> dict[str, Labels]:
    """Return the labels of the targets of each producer that follow from settings: its namespace and its jobs.

    Those that the stack states may be elsewhere too: with any namespace, or with the labels that are stated.
    """
    of_stack, stated = set(_of_stack(settings)), set(settings.alerting.stated_producers)
    own = {**_of_metrics(settings), **_of_stores(settings)}
    for name, services in _services(settings).items():
        own[name] = {**own.get(name, {}), "service": services}
    found = {name: labels for name, labels in own.items() if name in of_stack - stated}
    for name, labels in settings.alerting.producer_labels.items():
        if name in of_stack:
            beside = {**PRODUCERS[name].target, **own.get(name, {})}
            labels = {label: _either(beside.get(label, ("",)), texts) for label, texts in labels.items()}
        found[name] = labels
    return found


def _either(some: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    """Return the values of a label that has one of both; none stand for any."""
    return sorted({*some, *others}) if some and others else ()


def _services(settings: Settings) -> dict[str, Sequence[str]]:
    """Return the Services of the targets of each producer; the empty one where some have none."""
    unknown = () if settings.metrics.install_operator else _OF_AN_OPERATOR
    known = {name: services for name, services in _SERVICES.items() if name not in unknown}
    stores = _of_stores(settings)
    roles = _tempo_jobs(settings)
    caches = [job.partition("/")[2] for job in _caches(settings)]
    return {
        **known,
        settings.telemetry.engine.value: PRODUCERS[settings.telemetry.engine.value].target["job"],
        # Its pods have a monitor of their own.
        "loki": ["" if name == _PATTERN_INGESTER else name for name in _loki_jobs(settings)],
        _tempo(settings): [f"tempo-{job.rpartition('/')[2]}" if "/" in job else job for job in roles],
        "memcached": ["tempo-memcached" if name == "memcached" else name for name in caches],
        **({"seaweedfs": stores["seaweedfs"]["job"]} if "seaweedfs" in stores else {}),
    }


def intervals(settings: Settings) -> dict[str, str]:
    """Return the time between two samples of producers whose settings state one; of probes, the shortest."""
    area = settings.probes
    stated = [target.interval or area.interval for target in area.targets.values()]
    return {"probes": min(stated, key=parse_duration)} if area.enabled and stated else {}


def _of_stack(settings: Settings) -> list[str]:
    """Return what the stack pushes in any case, and what is scraped where there is a Prometheus operator."""
    own, scraped = settings.metrics.in_stack, settings.service_monitors
    logging, tracing, thanos = settings.logging, settings.tracing, settings.metrics.thanos
    deployed = {
        "prometheus": own,
        "prometheus-operator": own and settings.metrics.install_operator,
        "kube-apiserver": own,
        "kubelet": own,
        "cadvisor": own,
        "kubelet-probes": own,
        "kube-state-metrics": own and settings.metrics.kube_state_metrics,
        "node-exporter": own and settings.metrics.node_exporter,
        **{_CONTROL_PLANE[part]: own for part in settings.metrics.control_plane if part in _CONTROL_PLANE},
        "alertmanager": has_alertmanager(settings),
        "blackbox-exporter": settings.probes.enabled,
        "probes": settings.probes.enabled,
        settings.telemetry.engine.value: scraped,
        "loki": scraped and logging.in_stack,
        "loki-gateway": scraped and logging.in_stack and not _loki_is_v6(settings),
        "loki-rollout-operator": scraped and logging.in_stack and bool(logging.ingester_zones),
        "loki-ruler": logging.in_stack and has_log_rules(settings),
        _tempo(settings): scraped and tracing.in_stack,
        "tempo-span-metrics": tracing.in_stack and Processor.SPAN_METRICS in tracing.processors,
        "tempo-service-graph": tracing.in_stack and Processor.SERVICE_GRAPHS in tracing.processors,
        "collector-span-metrics": any(
            processor.kind is ProcessorKind.SPAN_METRICS for processor in settings.telemetry.processors.values()
        ),
        "memcached": scraped and bool(_caches(settings)),
        "valkey": scraped and settings.caching.kind is CacheKind.VALKEY,
        "seaweedfs": scraped and isinstance(settings.storage, InClusterStorage) and bool(settings.purposes),
        "minio": scraped and isinstance(settings.storage, MinioStorage) and bool(settings.purposes),
        "grafana": scraped and settings.grafana.enabled,
        **({} if thanos is None else {f"thanos-{role.value}": scraped for role in thanos.roles}),
        "thanos-sidecar": thanos is not None,
    }
    return [name for name, there in deployed.items() if there]


def _of_metrics(settings: Settings) -> dict[str, Labels]:
    own = {"namespace": [settings.metrics.namespace]}
    names = ("prometheus", "prometheus-operator", "kube-state-metrics", "alertmanager", "blackbox-exporter")
    thanos = settings.metrics.thanos
    roles = () if thanos is None else [role.value for role in thanos.roles]
    collectors = {"namespace": [settings.telemetry.namespace]}
    probes = settings.probes.namespace or settings.metrics.namespace
    return {
        **dict.fromkeys((*names, *(f"thanos-{role}" for role in (*roles, "sidecar"))), own),
        "blackbox-exporter": {"namespace": [probes]},
        "probes": _of_probes(settings, probes),
        "node-exporter": collectors,
        settings.telemetry.engine.value: collectors,
        "grafana": {"namespace": [settings.grafana.namespace]},
    }


def _of_probes(settings: Settings, namespace: str) -> Labels:
    """Return the labels of probes: those of their Probe, and those that the settings add to some of them."""
    targets = settings.probes.targets
    probes = [
        {
            "namespace": namespace,
            "job": f"blackbox-{target.kind.value}",
            "probe": name,
            "instance": target.address,
            **target.labels,
        }
        for name, target in targets.items()
    ]
    labels = sorted({label for probe in probes for label in probe})
    return {label: sorted({probe.get(label, "") for probe in probes}) for label in labels}


def _of_stores(settings: Settings) -> dict[str, Labels]:
    loki, tempo = settings.logging.namespace, settings.tracing.namespace
    found: dict[str, Labels] = {
        "loki": {
            "namespace": [loki],
            "job": [f"{loki}/{name}" for name in _loki_jobs(settings)],
            # The label that the chart gives every series of its release.
            "cluster" if _loki_is_v6(settings) else "app_instance": ["loki"],
        },
        "loki-gateway": {"namespace": [loki], "job": [f"{loki}/loki-gateway-exporter"]},
        "loki-rollout-operator": {"namespace": [loki], "job": [f"{loki}/loki-rollout-operator"]},
        _tempo(settings): {"namespace": [tempo], "job": _tempo_jobs(settings)},
        "valkey": {"namespace": [settings.caching.namespace]},
        "memcached": {
            "namespace": sorted({job.partition("/")[0] for job in _caches(settings)}),
            "job": _caches(settings),
        },
    }
    storage = settings.storage
    if isinstance(storage, InClusterStorage):
        parts = PARTS if storage.replicas > 1 else ("all-in-one",)
        found["seaweedfs"] = {"namespace": [storage.namespace], "job": [f"seaweedfs-{part}" for part in parts]}
    if isinstance(storage, MinioStorage):
        found["minio"] = {"namespace": [storage.namespace]}
    return found


def _loki_is_v6(settings: Settings) -> bool:
    return settings.logging.chart_version == V6


def _loki_jobs(settings: Settings) -> list[str]:
    area = settings.logging
    left_out = set() if has_log_rules(settings) else {LokiRole.RULER}
    left_out |= set() if area.pattern_ingester else {LokiRole.PATTERN_INGESTER}
    modes = [area.mode] if area.migrate_from is None else [area.mode, area.migrate_from]
    roles = [role for mode in modes for role in mode.roles if role not in left_out]
    return ["loki" if role is LokiRole.LOKI else f"loki-{role.value}" for role in roles]


def _tempo(settings: Settings) -> str:
    """Return the name of the stack's Tempo in the catalogue."""
    is_tempo_3 = settings.tracing.mode is TempoMode.DISTRIBUTED and installs_tempo_3(settings.tracing.chart_version)
    return "tempo-3" if is_tempo_3 else "tempo"


def _tempo_jobs(settings: Settings) -> list[str]:
    area = settings.tracing
    if area.mode is TempoMode.MONOLITHIC:
        return ["tempo"]
    roles = TEMPO_3_ROLES if _tempo(settings) == "tempo-3" else TEMPO_2_ROLES
    without = {TempoRole.GATEWAY} if area.processors else {TempoRole.GATEWAY, TempoRole.METRICS_GENERATOR}
    return [f"{area.namespace}/{role.value}" for role in roles if role not in without]


def _caches(settings: Settings) -> list[str]:
    """Return the jobs of the exporters of the stack's memcacheds, which listen at addresses of IPv4 alone."""
    if settings.caching.kind is CacheKind.VALKEY or next(iter(settings.cluster.ip_families), None) is IpFamily.IPV6:
        return []
    logging, tracing = settings.logging, settings.tracing
    sizes = {"chunks": logging.chunks_cache_mib, "results": logging.results_cache_mib} if logging.in_stack else {}
    of_loki = [f"{logging.namespace}/loki-{name}-cache" for name, size in sizes.items() if size]
    of_tempo = tracing.in_stack and tracing.mode is TempoMode.DISTRIBUTED
    return [*of_loki, *([f"{tracing.namespace}/memcached"] if of_tempo else [])]
