"""Loki, Tempo and Prometheus as datasources of Grafana, linked to each other."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._known import after
from .._namespace import namespace
from .._pod_security import MANAGED_BY, PodSecurity
from .plan import provisioning_files
from .spec import DatasourcesSpec


class DatasourcesArgs(TypedDict):
    """Arguments of `Datasources`."""

    namespace: pulumi.Input[str]
    """Namespace of the ConfigMaps. Grafana's sidecar must look into it."""
    create_namespace: NotRequired[bool]
    """Whether to create the namespace. Default false."""
    logs_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the ConfigMap of Loki. Default `namespace`."""
    traces_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the ConfigMap of Tempo. Default `namespace`."""
    metrics_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of the ConfigMap of Prometheus. Default `namespace`."""
    logs_tenants: NotRequired[pulumi.Input[Sequence[str]]]
    """Tenants of Loki that are read, all at once (`X-Scope-OrgID`). Default: none, for a Loki without tenants.

    Several are for queries: Loki follows the newest lines (live tailing) of a single one.
    """
    tls_directory: NotRequired[pulumi.Input[str]]
    """Directory of Grafana's pod with `ca.crt`, the authority that https addresses of Loki and Tempo are believed by,
    and `tls.crt` and `tls.key` for `client_certificates`. `Grafana` has them with `tls_secret`. Default: none, then
    public authorities are believed."""
    client_certificates: NotRequired[pulumi.Input[bool]]
    """Whether Grafana shows Loki and Tempo the certificate in `tls_directory`. Default: false."""
    login_directory: NotRequired[pulumi.Input[str]]
    """Directory of Grafana's pod with `username` and `password`, which Grafana logs in with at Loki and Tempo.
    `Grafana` has them with `login_secret`. Default: none, no login.

    Of these files only the names are in the ConfigMaps. Grafana reads them when it loads its datasources, expands a `$`
    in them, and does not start where one is missing.
    """
    logs_uid: NotRequired[str]
    """Uid of Loki in Grafana; empty where the stack has no logs. Default `loki`."""
    traces_uid: NotRequired[str]
    """Uid of Tempo in Grafana; empty where the stack has no traces. Default `tempo`."""
    metrics_uid: NotRequired[str]
    """Uid of Prometheus in Grafana; empty where there are no metrics, and then nothing links to them.

    Default `prometheus`, which kube-prometheus-stack gives its own.
    """
    logs_name: NotRequired[str]
    """Name of Loki in Grafana. Default `Loki`."""
    traces_name: NotRequired[str]
    """Name of Tempo in Grafana. Default `Tempo`."""
    metrics_name: NotRequired[str]
    """Name of Prometheus in Grafana. Default `Prometheus`."""
    logs_url: NotRequired[pulumi.Input[str]]
    """Query URL of Loki, required where the stack has logs."""
    traces_url: NotRequired[pulumi.Input[str]]
    """Query URL of Tempo, required where the stack has traces."""
    metrics_url: NotRequired[pulumi.Input[str]]
    """Query URL of Prometheus, required with `provision_metrics`."""
    provision_metrics: NotRequired[bool]
    """Whether to make the datasource of Prometheus here; otherwise it exists with `metrics_uid`. Default false."""
    default_uid: NotRequired[str]
    """Uid of the datasource that new panels start with, one made here; Grafana does not start with two of them.

    Default: Prometheus where it is made here, else none.
    """
    changed_uids: NotRequired[Sequence[str]]
    """Uids that were others at the last deployment. Default none.

    Grafana does not change the uid of a datasource and fails where a file asks for it: those named here are deleted
    by name and made anew. What refers to the old uid must follow. Remove them after one deployment.
    """
    log_labels: NotRequired[pulumi.Input[Sequence[str]]]
    """Index labels and structured metadata that the collectors give to log lines. Default none.

    `service_name`, `detected_level`, `trace_id` and `span_id` are Loki's own and always there.
    """
    line_fields: NotRequired[pulumi.Input[Sequence[str]]]
    """Keys of structured log lines, found once a query parses the lines. Default `TraceId`, Traefik's."""
    generated_metrics: NotRequired[pulumi.Input[Sequence[str]]]
    """Metrics that Tempo makes of traces. Default none: no service map and no default links to metrics."""
    application_metrics: NotRequired[pulumi.Input[Sequence[str]]]
    """Further metrics that links can show. Default none."""
    metric_labels: NotRequired[pulumi.Input[Sequence[str]]]
    """Labels that the generated metrics have as dimensions beyond Tempo's own. Default none."""
    trace_labels: NotRequired[pulumi.Input[Sequence[str]]]
    """Labels that hold a trace id, each a link from logs to traces. Default `TraceId` and `trace_id`."""
    trace_patterns: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    r"""Names and regular expressions that find a trace id in plain text, such as `trace_id=(\w+)`. Default none."""
    span_tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Attributes of spans and the log labels that they are looked up as, all of which must match.

    Default `service.name` as `service_name`, which lines tailed from files and lines sent by OTLP both have.
    """
    logs_query: NotRequired[pulumi.Input[str]]
    """A LogQL query from spans to logs in place of the one that Grafana builds. Default none."""
    filter_by_trace_id: NotRequired[pulumi.Input[bool]]
    """Whether a span leads only to lines with its trace id. Default true."""
    filter_by_span_id: NotRequired[pulumi.Input[bool]]
    """Whether a span leads only to lines with its span id. Default true."""
    logs_before_seconds: NotRequired[pulumi.Input[int]]
    """Seconds before a span that its log lines are looked for, at least 1. Default 5."""
    logs_after_seconds: NotRequired[pulumi.Input[int]]
    """Seconds after a span that its log lines are looked for, at least 1. Default 5."""
    metrics_queries: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Names and PromQL of the links from spans to metrics, `$__tags` standing for the tags.

    Default: request rate and error rate, each where Tempo generates its metric.
    """
    metrics_tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Attributes of spans and the labels of metrics that they are looked up as. Default `service.name` as `server`."""
    exemplar_labels: NotRequired[pulumi.Input[Sequence[str]]]
    """Labels of exemplars that hold a trace id. Default `trace_id` (OpenTelemetry) and `traceID` (Tempo)."""
    streaming: NotRequired[pulumi.Input[bool]]
    """Whether results of trace searches show as they arrive; Tempo must stream over HTTP. Default false."""
    max_lines: NotRequired[pulumi.Input[int]]
    """Log lines that a query returns at most, at least 1. Default 1000."""
    scrape_interval: NotRequired[pulumi.Input[str]]
    """Interval at which Prometheus scrapes, the smallest step of graphs. Default `30s`."""


class Datasources(pulumi.ComponentResource):
    """Datasources as labelled ConfigMaps, one each, which the sidecar of any Grafana in the cluster loads.

    A link to a label or metric that nothing in the stack provides is an error at preview.
    """

    logs_uid: pulumi.Output[str]
    """Uid of Loki; empty where the stack has no logs."""
    traces_uid: pulumi.Output[str]
    """Uid of Tempo; empty where the stack has no traces."""
    metrics_uid: pulumi.Output[str]
    """Uid of Prometheus; empty where there are no metrics."""
    config_maps: pulumi.Output[Sequence[str]]
    """Names of the ConfigMaps."""
    namespaces: pulumi.Output[Sequence[str]]
    """Namespaces of the ConfigMaps, sorted: where a Grafana that looks for datasources must look."""

    def __init__(self, name: str, args: DatasourcesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Datasources "{name}"'
        spec = DatasourcesSpec.check(component, args, DatasourcesArgs)
        super().__init__("observability:index:Datasources", name, {**args}, opts)
        files = spec.resolve(component).apply(provisioning_files)
        created = []
        if spec.create_namespace:
            created.append(namespace(f"{name}-namespace", spec.namespace, PodSecurity.RESTRICTED, parent=self))
        places = {
            "logs": (spec.logs_uid, spec.logs_namespace),
            "traces": (spec.traces_uid, spec.traces_namespace),
            "metrics": (spec.metrics_uid if spec.provision_metrics else "", spec.metrics_namespace),
        }
        made: dict[str, pulumi.Resource] = {}
        homes: list[pulumi.Input[str]] = []
        for signal, (uid, own_namespace) in places.items():
            if not uid:
                continue
            homes.append(own_namespace or spec.namespace)
            object_name = f"grafana-datasource-{uid.lower().replace('_', '-').strip('-')}"
            made[object_name] = ConfigMap(
                f"{name}-{signal}",
                metadata=ObjectMetaArgs(
                    name=object_name,
                    namespace=homes[-1],
                    labels={**MANAGED_BY, "grafana_datasource": "1"},
                ),
                # The sidecar keeps the files of all ConfigMaps in one directory: equal names overwrite each other.
                data={f"{object_name}.yaml": files[signal]},
                opts=pulumi.ResourceOptions(parent=self, depends_on=created),
            )
        self.logs_uid = pulumi.Output.from_input(spec.logs_uid)
        self.traces_uid = pulumi.Output.from_input(spec.traces_uid)
        self.metrics_uid = pulumi.Output.from_input(spec.metrics_uid)
        self.config_maps = after(list(made), *made.values())
        self.namespaces = after(pulumi.Output.all(*homes).apply(lambda found: sorted(set(found))), *made.values())
        self.register_outputs(
            {
                "logsUid": self.logs_uid,
                "tracesUid": self.traces_uid,
                "metricsUid": self.metrics_uid,
                "configMaps": self.config_maps,
                "namespaces": self.namespaces,
            }
        )
