"""Settings and arguments of `Metrics` and of `OperatorCrds`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from .._bucket import BucketReaderSpec
from .._cluster import ClusterDnsSpec
from .._kubernetes import CertificateReference, OptionalObjectName
from .._metrics_gateway import MetricsGatewaySpec
from .._model import Choices, Plain, StrictModel, same_as
from .._namespace_spec import NamespaceSettings
from .._release_spec import ReleaseSettings, ReleaseSpec, reserved_violations
from .._spec import REMOVE, Violation, rule
from .._tls import LEAVE_OUT
from .._workload import PlacementSettings
from ..charts import KUBE_PROMETHEUS_STACK, PROMETHEUS_OPERATOR_CRDS, Chart
from ..units import (
    Duration,
    Hostname,
    HttpUrl,
    Interval,
    MemorySize,
    MetricLabel,
    Name,
    Quantity,
    VolumeSize,
    Word,
    hours,
    parse_duration,
    parse_quantity,
)
from .alertmanager import Alertmanager, retention_hours

RESOURCE_ATTRIBUTES = (
    "service.name",
    "service.namespace",
    "service.instance.id",
    "deployment.environment.name",
    "k8s.cluster.name",
    "k8s.namespace.name",
    "k8s.pod.name",
    "k8s.node.name",
)

LEAST_RETENTION = timedelta(hours=2)
"""The length of a block of Prometheus."""
SHORTEST_RATE_WINDOW = timedelta(minutes=3)
"""Of the recording rules of the chart (`instance:node_cpu:rate:sum`)."""
SCRAPES_IN_A_WINDOW = 3
"""A rate needs two samples, and one scrape may fail."""
MAX_REPLICAS = 2
REPLICA_LABEL = "prometheus_replica"
"""The external label that the operator gives each replica, and by which Thanos removes duplicates."""
OPERATOR_LABELS = ("prometheus", REPLICA_LABEL)
"""The external labels that the operator sets."""
LONGEST_NAME = 26
"""Length that the chart cuts the names of its objects to."""
ALERT_RULES = (
    "alertmanager",
    "configReloaders",
    "etcd",
    "general",
    "kubeApiserverSlos",
    "kubeControllerManager",
    "kubeProxy",
    "kubeSchedulerAlerting",
    "kubeStateMetrics",
    "kubernetesApps",
    "kubernetesResources",
    "kubernetesStorage",
    "kubernetesSystem",
    "network",
    "nodeExporterAlerting",
    "prometheus",
    "prometheusOperator",
    "windows",
)
"""Groups of the chart that hold alerts alone; all others hold recording rules alone."""
OBJSTORE_KEY = "objstore.yml"
"""Key of the Secret with the object store of Thanos."""


class ControlPlanePart(StrEnum):
    """A part of the control plane, or the DNS of the cluster, that a managed cluster may hide."""

    COREDNS = "coredns"
    KUBE_DNS = "kube-dns"
    ETCD = "etcd"
    SCHEDULER = "scheduler"
    CONTROLLER_MANAGER = "controller-manager"
    PROXY = "proxy"


class TranslationStrategy(StrEnum):
    """The names that Prometheus gives to metrics and labels of OTLP."""

    UNDERSCORES_AND_SUFFIXES = "UnderscoreEscapingWithSuffixes"
    UNDERSCORES = "UnderscoreEscapingWithoutSuffixes"
    UTF8_AND_SUFFIXES = "NoUTF8EscapingWithSuffixes"
    UNCHANGED = "NoTranslation"


class GuardedChange(StrEnum):
    """A change that the update guard refuses unless it is in `allow_changes`."""

    CHART = "chart"
    VOLUMES = "volumes"
    LABELS = "labels"
    RETENTION = "retention"


class ScrapeLimits(StrictModel):
    """Limits of every target, beyond which its scrape fails: what its monitor states may be lower, not higher."""

    samples_per_target: int = Field(
        default=200_000,
        ge=100,
        le=10_000_000,
        description="Samples of one scrape. kube-state-metrics has about 100 for each pod of the cluster.",
        examples=[50_000],
    )
    targets_per_job: int = Field(
        default=10_000, ge=1, le=1_000_000, description="Targets of one endpoint of a monitor.", examples=[500]
    )
    labels_per_sample: int = Field(
        default=64, ge=10, le=1_000, description="Labels of one sample, those of its target included.", examples=[40]
    )
    label_name_length: int = Field(
        default=512, ge=32, le=100_000, description="Length of the name of a label, in bytes.", examples=[200]
    )
    label_value_length: int = Field(
        default=16_384, ge=64, le=1_000_000, description="Length of the value of a label, in bytes.", examples=[1_000]
    )
    body_mib: int = Field(
        default=128, ge=1, le=10_000, description="Size of one scrape, uncompressed, in MiB.", examples=[20]
    )


class NamespaceLimits(StrictModel):
    """Limits of one namespace: of its pods that are scraped by their annotations, and the highest of its monitors."""

    samples_per_target: int | None = Field(
        default=None,
        ge=1,
        le=10_000_000,
        description="Samples of one scrape. Default: that of `limits`.",
        examples=[5_000],
    )
    labels_per_sample: int | None = Field(
        default=None, ge=1, le=1_000, description="Labels of one sample. Default: that of `limits`.", examples=[30]
    )

    @property
    def of_monitors(self) -> Mapping[str, int]:
        """The limits that are stated, by their names in monitors and ScrapeConfigs."""
        stated = {"sampleLimit": self.samples_per_target, "labelLimit": self.labels_per_sample}
        return {field: limit for field, limit in stated.items() if limit is not None}


class MetricsSettings(NamespaceSettings, PlacementSettings, ReleaseSettings):
    """Prometheus by its operator: settings of a stack and arguments of a program."""

    chart_version: Plain[Annotated[str, Choices(KUBE_PROMETHEUS_STACK.versions)]] = Field(
        default=KUBE_PROMETHEUS_STACK.default_version,
        description="Version of the chart kube-prometheus-stack.",
        examples=[KUBE_PROMETHEUS_STACK.default_version],
    )
    install_operator: Plain[bool] = Field(
        default=True,
        description=(
            "Whether the release installs the Prometheus operator; false where one runs in the cluster already, which "
            "must watch the namespace."
        ),
        examples=[False],
    )
    replicas: Plain[int] = Field(
        default=1,
        ge=1,
        le=MAX_REPLICAS,
        description=(
            "Number of Prometheus servers. Each of a pair scrapes all targets and takes all pushes; queries go to "
            "Thanos, which removes the duplicates."
        ),
        examples=[2],
    )
    volume_size: VolumeSize = Field(default="8Gi", description="Size of the volume of each server.", examples=["50Gi"])
    storage_class: OptionalObjectName = Field(
        default="", description="Storage class of the volumes. Default: the cluster's.", examples=["gp3"]
    )
    retention_size: Quantity | None = Field(
        default=None,
        description=(
            "Size of the blocks on a volume from which the oldest are removed. Default: four fifths of `volume_size`, "
            "as the rest is for the write-ahead log and compaction."
        ),
        examples=["40Gi"],
    )
    scrape_interval: Interval = Field(
        default="30s",
        description="Interval at which targets are scraped and rules evaluated, at most `1m`.",
        examples=["15s"],
    )
    out_of_order_window: Duration = Field(
        default="30m",
        description="How late a pushed sample may be, as several senders push in any order; `0s` for not at all.",
        examples=["1h"],
    )
    native_histograms: bool = Field(
        default=True,
        description="Whether native histograms are scraped, beside the classic ones of the same metric.",
        examples=[False],
    )
    promoted_resource_attributes: Sequence[Word] = Field(
        default=RESOURCE_ATTRIBUTES,
        description=(
            "OpenTelemetry resource attributes that become labels of every metric received by OTLP. Default: the names "
            "of service, environment, cluster, namespace, pod and node."
        ),
        examples=[["service.name", "k8s.namespace.name"]],
    )
    translation_strategy: TranslationStrategy = Field(
        default=TranslationStrategy.UNDERSCORES_AND_SUFFIXES,
        description=(
            "Names of metrics received by OTLP: with `_` for other characters and a suffix for unit and type, without "
            "the suffix, or with UTF-8 kept, which the operator refuses in recording and alerting rules."
        ),
        examples=["UnderscoreEscapingWithSuffixes"],
    )
    external_labels: Mapping[MetricLabel, str] = Field(
        default_factory=dict,
        description=(
            "Labels of all series in Thanos, in federation and in alerts, beside those of the operator (`prometheus` "
            "and `prometheus_replica`). Default: none; in a stack `cluster`."
        ),
        examples=[{"env": "prod"}],
    )
    limits: ScrapeLimits = Field(
        default_factory=ScrapeLimits,
        description="Limits of every target, against an explosion of series. Default: the default of each.",
        examples=[{"samples_per_target": 50_000}],
    )
    namespace_limits: Plain[Mapping[Name, NamespaceLimits]] = Field(
        default_factory=dict,
        description=(
            "Lower limits by namespace, other than those of the stack. Pods that are scraped by their annotations have "
            "them; of ServiceMonitors, PodMonitors, Probes and ScrapeConfigs, Kubernetes refuses those without a limit "
            "of their own or with a higher one, from version 1.30. Default: none."
        ),
        examples=[{"shop": {"samples_per_target": 5_000}}],
    )
    annotation_scraping: Plain[bool] = Field(
        default=True,
        description=(
            'Whether pods with the annotation `prometheus.io/scrape: "true"` are scraped, at `prometheus.io/port`, '
            "`path` and `scheme`."
        ),
        examples=[False],
    )
    kube_state_metrics: Plain[bool] = Field(
        default=True,
        description="Whether kube-state-metrics runs, for the state of the objects of Kubernetes.",
        examples=[False],
    )
    node_exporter: Plain[bool] = Field(
        default=True,
        description="Whether node-exporter runs on every node, for its CPU, memory and disks.",
        examples=[False],
    )
    control_plane: Plain[Sequence[ControlPlanePart]] = Field(
        default=(ControlPlanePart.COREDNS,),
        description=(
            "Parts of the control plane to scrape, beside API server and kubelet: those that listen at an address that "
            "pods reach. A managed cluster hides all but the DNS, and some the metrics of that. Default: `coredns`."
        ),
        examples=[["coredns", "scheduler", "controller-manager"]],
    )
    cpu: Quantity = Field(default="200m", description="CPU request of Prometheus.", examples=["500m"])
    memory: MemorySize = Field(default="1Gi", description="Memory request and limit of Prometheus.", examples=["2Gi"])
    operator_memory: MemorySize = Field(
        default="192Mi",
        description="Memory request and limit of the operator, which keeps Secrets and monitors of all namespaces.",
        examples=["512Mi"],
    )
    kube_state_metrics_memory: MemorySize = Field(
        default="192Mi",
        description="Memory request and limit of kube-state-metrics, which keeps the objects of the cluster.",
        examples=["1Gi"],
    )
    client_namespaces: Plain[Sequence[Name]] = Field(
        default=(),
        description=(
            "Namespaces whose pods may reach Prometheus; a NetworkPolicy keeps all others out. In a stack those of the "
            "collectors, Tempo and Grafana may too. Default: none; a NetworkPolicy is only there with logins or client "
            "certificates then, and admits all pods to the port that asks for these."
        ),
        examples=[["shop"]],
    )
    allow_changes: Plain[Sequence[GuardedChange]] = Field(
        default=(),
        description=(
            "Changes that the update guard allows once: `chart`, the chart `prometheus` of earlier versions is "
            "replaced with its volume; `volumes`, claims have been grown; `labels`, external labels of series in the "
            "bucket change; `retention`, samples on the volumes are deleted that are in no bucket, or those in the "
            "bucket are no longer found. Default: none."
        ),
        examples=[["labels"]],
    )


class MetricsSpec(MetricsSettings, ReleaseSpec, MetricsGatewaySpec):
    """The checked arguments of `Metrics`."""

    release_name: Plain[Name] = Field(
        default="prometheus",
        description=(
            "Name of the Helm release and first part of the name of every object; the Service of Prometheus is called "
            "`<release_name>-prometheus`. At most 26 characters."
        ),
    )
    retention: Duration = Field(
        default="15d",
        description=(
            "How long metrics are kept on the volumes, in whole hours, such as `15d`; less where they reach "
            "`retention_size`."
        ),
        examples=["15d"],
    )
    node_exporter_namespace: Plain[Name | None] = Field(
        default=None,
        description=(
            "Namespace of node-exporter, which exists and allows pods of level `privileged`. Default: `namespace`, "
            "which then must allow them."
        ),
    )
    cluster_domain: Hostname = same_as(ClusterDnsSpec, "cluster_domain")
    service_account_annotations: Mapping[str, str] = same_as(BucketReaderSpec, "service_account_annotations")
    objstore_secret: Plain[OptionalObjectName] = Field(
        default="",
        description=(
            f"Secret in the same namespace whose key `{OBJSTORE_KEY}` is the object store of Thanos: a sidecar uploads "
            "each block to it. Default: none, and no sidecar."
        ),
    )
    objstore_revision: str = Field(
        default="",
        description="Text that changes with the content of that Secret, and restarts the pods. Default: none.",
    )
    storage_ca: Plain[CertificateReference | None] = same_as(BucketReaderSpec, "storage_ca")
    objstore_credentials_secret: Plain[OptionalObjectName] = Field(
        default="",
        description=(
            "Existing Secret in the same namespace with the keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` for "
            "the sidecar, where the object store has no keys. Default: none."
        ),
    )

    alertmanager: Plain[Alertmanager | None] = Field(
        default=None,
        description=(
            "Alertmanager beside Prometheus, which sends its alerts there; its configuration is a Secret. Default: "
            "none, and alerts go nowhere."
        ),
        examples=[{"config_secret": "alertmanager-config"}],
    )

    alertmanager_urls: Sequence[HttpUrl] = Field(
        default=(),
        description=(
            "URLs of existing Alertmanagers that Prometheus sends every alert to, beside its own. Default: none."
        ),
        examples=[["http://alertmanager-operated.monitoring:9093"]],
    )
    rule_values: Plain[Mapping[str, Any]] = Field(
        default_factory=dict,
        description=(
            "Values of the chart for its alerts, `defaultRules` and `customRules`, such as `chart_values` of "
            "`Alerting`. Default: no alerts of the chart."
        ),
        examples=[{"defaultRules": {"rules": {"kubernetesApps": True}}}],
    )

    @property
    def chart(self) -> Chart:
        """The chart kube-prometheus-stack."""
        return KUBE_PROMETHEUS_STACK

    @property
    def required_values(self) -> Sequence[str]:
        """Chart values that no null may remove."""
        names = ("retention", "retentionSize", "storageSpec", "replicas", "externalLabels", "thanos")
        own = ("configSecret", "useExistingSecret", "storage", "replicas", "alertmanagerConfigSelector")
        return (
            *(f"prometheus.prometheusSpec.{name}" for name in names),
            *(f"alertmanager.alertmanagerSpec.{name}" for name in own),
        )

    @property
    def server(self) -> str:
        """The name of the Service and of the ServiceAccount of Prometheus."""
        return f"{self.release_name}-prometheus"

    @property
    def has_sidecar(self) -> bool:
        """Whether a sidecar of Thanos uploads the blocks."""
        return self.objstore_secret != ""

    @property
    def size_limit_bytes(self) -> int:
        """Size of the blocks from which Prometheus removes the oldest."""
        if self.retention_size is not None:
            return int(parse_quantity(self.retention_size))
        return int(parse_quantity(self.volume_size) * 4 / 5)

    @rule("retention")
    def _retention_is_whole_hours_and_covers_a_block(self) -> Violation | None:
        least = max(parse_duration(self.retention), LEAST_RETENTION)
        fix = {"retention": f"{-(-least // timedelta(hours=1))}h"}
        try:
            hours(self.retention)
        except ValueError as error:
            return Violation(str(error), fix)
        if parse_duration(self.retention) < LEAST_RETENTION:
            return Violation("must be at least 2h, the length of a block of Prometheus; raise it", fix)
        return None

    @rule("retention_size", "volume_size")
    def _retention_size_is_below_the_volume(self) -> Violation | None:
        if (
            self.retention_size is None
            or parse_quantity(self.retention_size) * 10 <= parse_quantity(self.volume_size) * 9
        ):
            return None
        return Violation(
            f"must be at most nine tenths of volume_size ({self.volume_size}), as the write-ahead log and compaction "
            "need the rest; lower it, or leave it out for four fifths",
            {"retention_size": REMOVE},
        )

    @rule("alertmanager")
    def _retention_of_alertmanager_is_whole_hours(self) -> Iterator[Violation]:
        if self.alertmanager is not None:
            try:
                retention_hours(self.alertmanager)
            except ValueError as error:
                at = ("alertmanager", "retention")
                yield Violation(str(error), {at: "120h"}, at)

    @rule("scrape_interval")
    def _rate_windows_hold_several_scrapes(self) -> Violation | None:
        longest = SHORTEST_RATE_WINDOW / SCRAPES_IN_A_WINDOW
        if parse_duration(self.scrape_interval) <= longest:
            return None
        return Violation(
            "must be at most 1m, as recording rules take rates over 3m, which need two samples and one in reserve; set "
            "1m or less",
            {"scrape_interval": "1m"},
        )

    @rule("external_labels")
    def _external_labels_are_none_of_the_operator(self) -> Iterator[Violation]:
        for name in self.external_labels:
            if name in OPERATOR_LABELS:
                yield Violation(
                    f"must not be set, as the operator sets {name} and Thanos tells replicas apart by it; choose "
                    "another name, or remove it",
                    {f"external_labels.{name}": REMOVE},
                    at=("external_labels", name),
                )

    @rule("namespace_limits", "namespace")
    def _namespace_limits_are_of_other_namespaces(self) -> Iterator[Violation]:
        if self.namespace in self.namespace_limits:
            yield Violation(
                "must not be set, as the monitors of the chart in this namespace state no limits; remove it",
                {f"namespace_limits.{self.namespace}": REMOVE},
                at=("namespace_limits", self.namespace),
            )

    @rule("namespace_limits", "limits")
    def _namespace_limits_are_below_those_of_every_target(self) -> Iterator[Violation]:
        for namespace, limits in self.namespace_limits.items():
            for name, limit in limits.model_dump(exclude_none=True).items():
                most = getattr(self.limits, name)
                if limit > most:
                    yield Violation(
                        f"must be at most that of every target, {most} (limits.{name}); lower it",
                        {f"namespace_limits.{namespace}.{name}": most},
                        at=("namespace_limits", namespace, name),
                    )

    @rule("replicas", "objstore_secret")
    def _pair_has_a_sidecar(self) -> Violation | None:
        if self.replicas == 1 or self.has_sidecar:
            return None
        return Violation(
            "must be 1 without objstore_secret: without Thanos nothing removes the duplicates of a pair; set 1, or set "
            "objstore_secret (in a stack metrics.long_term)",
            {"replicas": 1},
        )

    @rule("release_name")
    def _release_name_is_short(self) -> Violation | None:
        if len(self.release_name) <= LONGEST_NAME:
            return None
        shorter = self.release_name[:LONGEST_NAME].rstrip("-")
        return Violation(
            f"must have at most {LONGEST_NAME} characters, as the chart cuts names of objects there; shorten it",
            {"release_name": shorter},
        )

    @rule("values")
    def _values_leave_crds_to_their_own_release(self) -> Iterator[Violation]:
        return reserved_violations(self.values, RESERVED_VALUES, "what other arguments set")

    @rule("values", "tls_secret", "client_certificates", "logins_secret")
    def _values_keep_the_gateway(self) -> Iterator[Violation]:
        if self.secured:
            yield from reserved_violations(self.values, GATEWAY_VALUES, "the configuration of TLS and logins")


RESERVED_VALUES = {
    "crds.enabled": (
        "the CRDs have a release of their own (OperatorCrds), and two releases must not own the same ones; remove it"
    ),
    "crds.upgradeJob": "the CRDs have a release of their own (OperatorCrds), which upgrades them; remove it",
    "prometheus.prometheusSpec.replicas": "set replicas",
    "prometheus.prometheusSpec.shards": "remove it, as pushes and rules are not divided among shards",
    "prometheus.prometheusSpec.externalLabels": "set external_labels",
    **{
        f"prometheus.prometheusSpec.{label}ExternalLabelName{end}": "remove it, as Thanos tells replicas apart by it"
        for label in ("replica", "prometheus")
        for end in ("", "Clear")
    },
    "prometheus.prometheusSpec.retentionSize": "set retention_size",
    "prometheus.prometheusSpec.retention": "set retention",
    "prometheus.prometheusSpec.storageSpec": "set volume_size and storage_class",
    "prometheus.prometheusSpec.thanos.objectStorageConfig": "set objstore_secret",
    "alertmanager.enabled": "set alertmanager",
    "alertmanager.config": "set alertmanager.config_secret",
    "alertmanager.alertmanagerSpec.configSecret": "set alertmanager.config_secret",
    "alertmanager.alertmanagerSpec.useExistingSecret": "set alertmanager.config_secret",
    "alertmanager.alertmanagerSpec.alertmanagerConfiguration": "set alertmanager.config_secret",
    "alertmanager.alertmanagerSpec.secrets": "set alertmanager.secrets",
    "alertmanager.alertmanagerSpec.replicas": "set alertmanager.replicas",
    "alertmanager.alertmanagerSpec.storage": "set alertmanager.volume_size and alertmanager.storage_class",
    "alertmanager.alertmanagerSpec.retention": "set alertmanager.retention",
    "alertmanager.alertmanagerSpec.externalUrl": "set alertmanager.external_url",
    "alertmanager.enableFeatures": "remove it, as make alert-test reads the metrics that it is for",
    "alertmanager.namespaceOverride": "set namespace",
    "fullnameOverride": "set release_name",
    "nameOverride": "set release_name",
    "namespaceOverride": "set namespace",
    "cleanPrometheusOperatorObjectNames": "remove it",
}
"""Chart values that other arguments decide, each with its fix."""


GATEWAY_VALUES = {
    "prometheus.service.targetPort": LEAVE_OUT,
    "prometheus.serviceMonitor": LEAVE_OUT,
    **{
        f"prometheus.prometheusSpec.{name}": LEAVE_OUT
        for name in ("containers", "volumes", "podMetadata", "web", "listenLocal", "portName", "routePrefix")
    },
    "prometheus.prometheusSpec.thanos.grpcServerTlsConfig": LEAVE_OUT,
    "prometheus.prometheusSpec.thanos.volumeMounts": LEAVE_OUT,
    "prometheus.prometheusSpec.alertingEndpoints": LEAVE_OUT,
    "alertmanager.service.additionalPorts": LEAVE_OUT,
    **{
        f"alertmanager.alertmanagerSpec.{name}": LEAVE_OUT
        for name in ("containers", "volumes", "podMetadata", "clusterTLS")
    },
}
"""Chart values that would replace those of nginx, each with its fix."""


class OperatorCrdsSpec(NamespaceSettings, ReleaseSpec):
    """The checked arguments of `OperatorCrds`."""

    chart_version: Plain[Annotated[str, Choices(PROMETHEUS_OPERATOR_CRDS.versions)]] = Field(
        default=PROMETHEUS_OPERATOR_CRDS.default_version,
        description="Version of the chart prometheus-operator-crds.",
        examples=[PROMETHEUS_OPERATOR_CRDS.default_version],
    )
    release_name: Plain[Name] = Field(
        default="prometheus-operator-crds", description="Name of the Helm release, which owns the definitions."
    )

    @property
    def chart(self) -> Chart:
        """The chart prometheus-operator-crds."""
        return PROMETHEUS_OPERATOR_CRDS

    @property
    def required_values(self) -> Sequence[str]:
        """Chart values that no null may remove."""
        return ("crds.annotations",)
