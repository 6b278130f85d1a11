"""What the arguments of `Datasources` must be, and the links that they ask for."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from .._pod_security import cluster_namespace_problem
from .._spec import Spec, rule
from .._tenants import Tenant
from ..units import Duration, Name, OptionalHttpUrl, form
from ..urls import OptionalQueryUrl
from .checks import (
    ProvidedLogs,
    ProvidedMetrics,
    problems_of_logs_link,
    problems_of_metrics_link,
    problems_of_trace_link,
)
from .model import (
    After,
    Before,
    LineField,
    LinePattern,
    LogLabel,
    LogsLink,
    Loki,
    MetricsLink,
    MetricsQuery,
    Prometheus,
    Proof,
    Tag,
    Tempo,
    TraceLink,
)
from .queries import metric_names

DEFAULT_QUERIES = {
    "Request rate": "sum by (client,server)(rate(traces_service_graph_request_total{$__tags}[$__rate_interval]))",
    "Error rate": "sum by (client,server)(rate(traces_service_graph_request_failed_total{$__tags}[$__rate_interval]))",
}
"""Rate and errors of a service, from the graph that Tempo's metrics generator draws."""


def _uid(text: str) -> str:
    if re.fullmatch(r"[a-zA-Z0-9_-]{0,40}", text) is None:
        raise ValueError(f"{text!r} is no uid: use at most 40 of a-z, A-Z, 0-9, '-' and '_'")
    return text


def _pattern(regex: str) -> str:
    return LinePattern("", regex).regex


Directory = Annotated[str, form(r"(/[\w.-]+)*", "a path from the root, such as /etc/tls")]
Uid = Annotated[str, AfterValidator(_uid)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class DatasourcesSpec(Spec):
    """The checked arguments of `Datasources`."""

    namespace: Name
    create_namespace: bool = False
    logs_namespace: Name | None = None
    traces_namespace: Name | None = None
    metrics_namespace: Name | None = None
    logs_tenants: Sequence[Tenant] = ()
    tls_directory: Directory = ""
    client_certificates: bool = False
    login_directory: Directory = ""
    logs_uid: Uid = "loki"
    traces_uid: Uid = "tempo"
    metrics_uid: Uid = "prometheus"
    logs_name: str = Field(default="Loki", min_length=1)
    traces_name: str = Field(default="Tempo", min_length=1)
    metrics_name: str = Field(default="Prometheus", min_length=1)
    logs_url: OptionalHttpUrl = ""
    traces_url: OptionalHttpUrl = ""
    metrics_url: OptionalQueryUrl = ""
    provision_metrics: bool = False
    default_uid: str = ""
    changed_uids: Sequence[str] = ()
    log_labels: Sequence[str] = ()
    line_fields: Sequence[str] = ("TraceId",)
    generated_metrics: Sequence[str] = ()
    application_metrics: Sequence[str] = ()
    metric_labels: Sequence[str] = ()
    trace_labels: Sequence[str] = ("TraceId", "trace_id")
    trace_patterns: Mapping[str, Pattern] = Field(default_factory=dict)
    span_tags: Mapping[str, str] = Field(default_factory=lambda: {"service.name": "service_name"})
    logs_query: str = ""
    filter_by_trace_id: bool = True
    filter_by_span_id: bool = True
    logs_before_seconds: int = Field(default=5, ge=1)
    logs_after_seconds: int = Field(default=5, ge=1)
    metrics_queries: Mapping[str, str] | None = None
    metrics_tags: Mapping[str, str] = Field(default_factory=lambda: {"service.name": "server"})
    exemplar_labels: Sequence[str] = ("trace_id", "traceID")
    streaming: bool = False
    max_lines: int = Field(default=1000, ge=1)
    scrape_interval: Duration = "30s"

    @property
    def loki(self) -> Loki | None:
        """The logs, where the stack has them."""
        return Loki(self.logs_uid, self.logs_name) if self.logs_uid else None

    @property
    def tempo(self) -> Tempo | None:
        """The traces, where the stack has them."""
        return Tempo(self.traces_uid, self.traces_name) if self.traces_uid else None

    @property
    def prometheus(self) -> Prometheus | None:
        """The metrics, where there are some, provisioned here or elsewhere."""
        return Prometheus(self.metrics_uid, self.metrics_name) if self.metrics_uid else None

    @property
    def provisioned_uids(self) -> list[str]:
        """The uids of the datasources that are made here."""
        uids = [self.logs_uid, self.traces_uid, self.metrics_uid if self.provision_metrics else ""]
        return [uid for uid in uids if uid]

    def proof(self, url: str) -> Proof:
        """Give what Grafana shows at `url`; certificates only where it speaks TLS."""
        tls = self.tls_directory if url.startswith("https://") else ""
        return Proof(tls, self.client_certificates and tls != "", self.login_directory)

    @property
    def provided_logs(self) -> ProvidedLogs:
        """What links can find log lines by."""
        return ProvidedLogs(frozenset(self.log_labels), frozenset(self.line_fields))

    @property
    def provided_metrics(self) -> ProvidedMetrics:
        """What links can show of metrics."""
        return ProvidedMetrics(
            generated=frozenset(self.generated_metrics),
            of_applications=frozenset(self.application_metrics),
            dimensions=frozenset(self.metric_labels),
        )

    def trace_links(self) -> tuple[TraceLink, ...]:
        """From log lines to traces; none where the stack has no traces."""
        if (tempo := self.tempo) is None:
            return ()
        labels = (LineField(name) if name in self.line_fields else LogLabel(name) for name in self.trace_labels)
        patterns = (LinePattern(name, regex) for name, regex in self.trace_patterns.items())
        return tuple(TraceLink(field, tempo) for field in (*labels, *patterns))

    def logs_link(self) -> LogsLink | None:
        """From spans to log lines; none where the stack has no logs."""
        if (loki := self.loki) is None:
            return None
        return LogsLink(
            target=loki,
            start=Before(self.logs_before_seconds),
            end=After(self.logs_after_seconds),
            tags=_tags(self.span_tags),
            by_trace_id=self.filter_by_trace_id,
            by_span_id=self.filter_by_span_id,
            query=self.logs_query,
        )

    def metrics_link(self) -> MetricsLink | None:
        """From spans to series: the queries asked for, else those of the default whose metrics are written."""
        queries = self.metrics_queries
        if queries is None:
            written = self.provided_metrics.has
            queries = {name: text for name, text in DEFAULT_QUERIES.items() if all(map(written, metric_names(text)))}
        if (prometheus := self.prometheus) is None or not queries:
            return None
        named = tuple(MetricsQuery(name, text) for name, text in queries.items())
        return MetricsLink(prometheus, named, _tags(self.metrics_tags))

    @rule("namespace", "create_namespace")
    def _the_namespace_is_nobody_elses(self) -> str | None:
        return cluster_namespace_problem(self.namespace) if self.create_namespace else None

    @rule("logs_url", "logs_uid")
    def _logs_have_an_address(self) -> str | None:
        return _address_missing("Loki", "logs", self.logs_url, self.logs_uid)

    @rule("traces_url", "traces_uid")
    def _traces_have_an_address(self) -> str | None:
        return _address_missing("Tempo", "traces", self.traces_url, self.traces_uid)

    @rule("metrics_url", "metrics_uid", "provision_metrics")
    def _provisioned_metrics_have_an_address(self) -> str | None:
        if self.provision_metrics and not (self.metrics_url and self.metrics_uid):
            return "provision_metrics needs metrics_url, the query URL of Prometheus, and a metrics_uid"
        return None

    @rule("client_certificates", "tls_directory")
    def _a_certificate_is_in_a_directory(self) -> str | None:
        if self.client_certificates and not self.tls_directory:
            return "the certificate to show is a file of Grafana's pod: name its directory in tls_directory"
        return None

    @rule("metrics_uid", "logs_uid", "traces_uid")
    def _uids_differ(self) -> str | None:
        uids = [uid.lower() for uid in (self.logs_uid, self.traces_uid, self.metrics_uid) if uid]
        return f"{', '.join(uids)}: give each datasource a uid of its own" if len(set(uids)) < len(uids) else None

    @rule("logs_name", "traces_name", "metrics_name")
    def _names_differ(self) -> str | None:
        names = [self.logs_name, self.traces_name, self.metrics_name]
        return f"{', '.join(names)}: Grafana tells datasources apart by name" if len(set(names)) < len(names) else None

    @rule("default_uid", "logs_uid", "traces_uid", "metrics_uid", "provision_metrics")
    def _default_is_provisioned(self) -> str | None:
        return _not_provisioned([self.default_uid] if self.default_uid else [], self.provisioned_uids)

    @rule("changed_uids", "logs_uid", "traces_uid", "metrics_uid", "provision_metrics")
    def _changed_are_provisioned(self) -> str | None:
        return _not_provisioned(self.changed_uids, self.provisioned_uids)

    @rule("trace_labels", "trace_patterns", "traces_uid", "traces_name", "logs_uid", "log_labels", "line_fields")
    def _trace_links_start_somewhere(self) -> str | None:
        links = self.trace_links() if self.logs_uid else ()
        return _joined([problem for link in links for problem in problems_of_trace_link(link, self.provided_logs)])

    @rule(
        *("span_tags", "logs_query", "logs_uid", "logs_name", "traces_uid", "log_labels", "line_fields"),
        *("logs_before_seconds", "logs_after_seconds", "filter_by_trace_id", "filter_by_span_id"),
    )
    def _logs_link_selects_by_what_is_there(self) -> str | None:
        link = self.logs_link() if self.traces_uid else None
        return _joined(problems_of_logs_link(link, self.provided_logs)) if link else None

    @rule(
        *("metrics_queries", "metrics_tags", "metrics_uid", "metrics_name", "traces_uid"),
        *("generated_metrics", "application_metrics", "metric_labels"),
    )
    def _metrics_link_needs_what_is_written(self) -> str | None:
        link = self.metrics_link() if self.traces_uid else None
        return _joined(problems_of_metrics_link(link, self.provided_metrics)) if link else None


def _tags(mapping: Mapping[str, str]) -> tuple[Tag, ...]:
    return tuple(Tag(attribute, label) for attribute, label in mapping.items())


def _address_missing(product: str, signal: str, url: str, uid: str) -> str | None:
    if uid and not url:
        return f'give the query URL of {product}, or set {signal}_uid to "" where the stack has no {signal}'
    return None


def _not_provisioned(uids: Sequence[str], provisioned: Sequence[str]) -> str | None:
    if missing := [uid for uid in uids if uid not in provisioned]:
        return f"{', '.join(missing)}: only datasources made here can be named, there are {', '.join(provisioned)}"
    return None


def _joined(problems: Sequence[str]) -> str | None:
    return "; ".join(problems) or None
