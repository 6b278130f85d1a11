"""The parts of a stack whose metrics Prometheus has, with the labels that its monitors add to every series.

The jobs are those of the charts and of this project's monitors with the default names of releases. Namespaces, and jobs
with a namespace in their name, are of a stack: `deployed` has those that it states, and allows any without.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator

from .._messages import not_one_of
from .._model import Choices
from ..telemetry.spans import FLUSH_INTERVAL
from .catalogue import Drop, Producer
from .promql import NAME

APPLICATION = "application"
_ANY: Sequence[str] = ()
_OF_TEMPO = "15s"
"""`metrics_generator.registry.collection_interval`: https://grafana.com/docs/tempo/latest/configuration/"""
_POD = {"namespace": _ANY, "pod": _ANY, "container": _ANY, "instance": _ANY, "endpoint": _ANY}
_SERVICE = {**_POD, "service": _ANY}
"""The labels of a target that a ServiceMonitor has found: https://prometheus-operator.dev/docs/platform/troubleshooting/"""
_KUBE_SYSTEM = ("kube-system",)
"""The namespace of the Services that the chart and the operator create for kubelets and for the control plane."""


def _scraped(
    name: str,
    programs: Sequence[str],
    jobs: Sequence[str],
    setting: str,
    *,
    namespace: Sequence[str] = _ANY,
    honor_labels: bool = False,
    interval: str = "",
) -> Producer:
    """Return a producer that a ServiceMonitor scrapes."""
    target = {**_SERVICE, "namespace": namespace, "job": jobs}
    return Producer(name, tuple(programs), target, honor_labels=honor_labels, interval=interval, setting=setting)


def _drop(pattern: str, *labels: str) -> Drop:
    return Drop((NAME, *labels), pattern)


_KUBELET = {
    **dict.fromkeys(("service", "endpoint", "instance", "node"), _ANY),
    "namespace": _KUBE_SYSTEM,
    "job": ("kubelet",),
}
"""The targets of a kubelet are nodes and no pods: https://github.com/prometheus-operator/prometheus-operator
(`pkg/kubelet/controller.go`)."""


def _all() -> Sequence[Producer]:
    metrics = "observability:metrics"
    long_term = "observability:metrics.long_term"
    return (
        _scraped("prometheus", ["prometheus", "config-reloader"], ["prometheus-prometheus"], metrics),
        _scraped(
            "prometheus-operator",
            ["prometheus-operator"],
            ["prometheus-operator"],
            f"{metrics}.install_operator",
            honor_labels=True,
        ),
        _scraped(
            "kube-state-metrics",
            ["kube-state-metrics"],
            ["kube-state-metrics"],
            f"{metrics}.kube_state_metrics",
            honor_labels=True,
        ),
        _scraped("node-exporter", ["node-exporter"], ["node-exporter"], f"{metrics}.node_exporter").with_target(
            {"node": _ANY}
        ),
        Producer(
            "kubelet",
            ("kubelet",),
            {**_KUBELET, "metrics_path": ("/metrics",)},
            honor_labels=True,
            drops=(
                _drop(
                    r"(csi_operations|storage_operation_duration)_seconds_bucket;(0.25|2.5|15|25|120|600)(\.0)?", "le"
                ),
            ),
            setting=metrics,
        ),
        Producer(
            "cadvisor",
            ("cadvisor",),
            {**_KUBELET, "metrics_path": ("/metrics/cadvisor",)},
            honor_labels=True,
            drops=(
                _drop(
                    "container_cpu_(cfs_throttled_seconds_total|load_average_10s|system_seconds_total|user_seconds_total)"
                ),
                _drop(
                    "container_fs_(io_current|io_time_seconds_total|io_time_weighted_seconds_total|reads_merged_total|"
                    "sector_reads_total|sector_writes_total|writes_merged_total)"
                ),
                _drop("container_memory_(mapped_file|swap)"),
                _drop("container_(file_descriptors|tasks_state|threads_max)"),
                _drop("container_memory_failures_total;hierarchy", "scope"),
                _drop("container_spec.*"),
            ),
            setting=metrics,
        ),
        Producer(
            "kubelet-probes",
            ("kubelet-probes",),
            {**_KUBELET, "metrics_path": ("/metrics/probes",)},
            honor_labels=True,
            setting=metrics,
        ),
        Producer(
            "kube-apiserver",
            ("kube-apiserver",),
            {
                **dict.fromkeys(("service", "endpoint", "instance"), _ANY),
                "namespace": ("default",),
                "job": ("apiserver",),
            },
            drops=(
                _drop(
                    r"(etcd_request|apiserver_request_slo|apiserver_request_sli|apiserver_request)_duration_seconds_bucket;"
                    r"(0\.15|0\.2|0\.3|0\.35|0\.4|0\.45|0\.6|0\.7|0\.8|0\.9|1\.25|1\.5|1\.75|2|3|3\.5|4|4\.5|6|7|8|9|15|20|"
                    r"40|45|50)(\.0)?",
                    "le",
                ),
            ),
            setting=metrics,
        ),
        _scraped("coredns", ["coredns", "go"], ["coredns"], f"{metrics}.control_plane", namespace=_KUBE_SYSTEM),
        _scraped("etcd", ["etcd"], ["kube-etcd"], f"{metrics}.control_plane", namespace=_KUBE_SYSTEM),
        _scraped(
            "kube-scheduler", ["kube-scheduler"], ["kube-scheduler"], f"{metrics}.control_plane", namespace=_KUBE_SYSTEM
        ),
        _scraped(
            "kube-controller-manager",
            ["kube-controller-manager"],
            ["kube-controller-manager"],
            f"{metrics}.control_plane",
            namespace=_KUBE_SYSTEM,
        ),
        _scraped("kube-proxy", ["kube-proxy"], ["kube-proxy"], f"{metrics}.control_plane", namespace=_KUBE_SYSTEM),
        _scraped(
            "alertmanager",
            ["alertmanager", "config-reloader"],
            ["prometheus-alertmanager"],
            "observability:alerting",
        ),
        _scraped(
            "blackbox-exporter", ["blackbox-exporter"], ["blackbox-exporter"], "observability:probes", interval="30s"
        ),
        Producer(
            "probes",
            ("blackbox-probe",),
            {
                "job": tuple(f"blackbox-{kind}" for kind in ("http", "post", "tcp", "icmp", "dns")),
                "instance": _ANY,
                "probe": _ANY,
                "namespace": _ANY,
            },
            optional=("namespace",),
            setting="observability:probes.targets",
        ),
        _scraped("loki", ["loki"], _ANY, "observability:logging", interval="15s"),
        _scraped("loki-gateway", [], _ANY, "observability:logging", interval="15s"),
        Producer("loki-rollout-operator", (), {**_POD, "job": _ANY}, setting="observability:logging.ingester_zones"),
        # Where it evaluates rules; its metrics are those of `loki`.
        Producer("loki-ruler", (), is_scraped=False, setting="observability:logging.ruler"),
        _scraped("tempo", ["tempo", "go"], _ANY, "observability:tracing"),
        _scraped("tempo-3", ["tempo-3", "go"], _ANY, "observability:tracing.chart_version"),
        Producer(
            "tempo-span-metrics",
            ("tempo-spans",),
            {},
            interval=_OF_TEMPO,
            is_scraped=False,
            setting="observability:tracing.processors",
        ),
        Producer(
            "tempo-service-graph",
            ("tempo-service-graph",),
            {},
            interval=_OF_TEMPO,
            is_scraped=False,
            setting="observability:tracing.processors",
        ),
        Producer(
            "collector-span-metrics",
            ("otel-spans",),
            {},
            interval=FLUSH_INTERVAL,
            is_scraped=False,
            setting="observability:telemetry.processors",
        ),
        _scraped(
            "alloy",
            ["alloy"],
            ["alloy", "alloy-gateway", "alloy-singleton"],
            "observability:telemetry",
            honor_labels=True,
        ),
        _scraped(
            "otel-collector",
            ["otel-collector"],
            ["otel-collector", "otel-collector-gateway", "otel-collector-singleton"],
            "observability:telemetry.engine",
        ),
        _scraped("grafana", ["grafana", "go"], ["grafana"], "observability:grafana", honor_labels=True),
        _scraped(
            "memcached",
            ["memcached-exporter", "go"],
            _ANY,
            "observability:logging.chunks_cache_mib",
            interval="15s",
        ),
        _scraped("valkey", ["valkey-exporter", "go"], ["valkey-metrics"], "observability:caching", interval="30s"),
        _scraped(
            "seaweedfs",
            ["seaweedfs", "go"],
            [f"seaweedfs-{part}" for part in ("all-in-one", "master", "volume", "filer")],
            "observability:storage",
            interval="30s",
        ),
        _scraped("minio", ["minio"], ["minio"], "observability:storage", interval="30s"),
        *(
            _scraped(f"thanos-{part}", [f"thanos-{program}"], [job], long_term)
            for part, program, job in (
                ("sidecar", "sidecar", "prometheus-thanos-discovery"),
                ("query", "query", "thanos-query"),
                ("query-frontend", "query-frontend", "thanos-query-frontend"),
                ("store-gateway", "store", "thanos-store-gateway"),
                ("compact", "compact", "thanos-compact"),
                ("rule", "rule", "thanos-rule"),
                ("receive-router", "receive-router", "thanos-receive-router"),
                ("receive-ingestor", "receive-ingestor", "thanos-receive-ingestor"),
            )
        ),
        Producer(
            APPLICATION,
            (),
            {**_SERVICE, "job": _ANY, "node": _ANY},
            optional=("namespace", "pod", "container", "endpoint", "service", "node"),
            honor_labels=True,
            is_scraped=False,
        ),
    )


PRODUCERS: Mapping[str, Producer] = {producer.name: producer for producer in _all()}
"""Every producer by its name; `application` has the labels that a scrape adds to what an application declares."""


def deployed(names: Collection[str], target_labels: Mapping[str, Mapping[str, Sequence[str]]]) -> list[Producer]:
    """Return the producers of these names, sorted, with the labels of the targets that are stated for each."""
    return [PRODUCERS[name].with_target(target_labels.get(name, {})) for name in sorted(names)]


NAMES = tuple(name for name in PRODUCERS if name != APPLICATION)
"""What may be named as deployed; applications declare their metrics."""
SCRAPED_ELSEWHERE = tuple(name for name in NAMES if name not in ("loki-ruler", "probes"))
"""What a store may have from others too: rules on logs are deployed by `Logging`, and records of probes by `Probes`."""


def _one_of(names: Collection[str]) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(not_one_of(name, names))
        return name

    return AfterValidator(check)


ProducerName = Annotated[str, _one_of(NAMES), Choices(NAMES)]
"""A part of a stack by its name in the catalogue."""

ForeignProducerName = Annotated[str, _one_of(SCRAPED_ELSEWHERE), Choices(SCRAPED_ELSEWHERE)]
"""The same, of one that the stack does not deploy."""
