"""The settings of a stack and the arguments of `Datasources`, with their rules."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from .._http_client import MetricsClientSpec, StoreClientsSpec, address_problems
from .._log_labels import SERVICE_NAME
from .._model import Plain, StrictModel, placeholder
from .._namespace_spec import NamespacedSpec
from .._spec import REMOVE, Fix, Violation, rule
from .._tenants import Tenant
from .._tls import certificates_need_tls
from ..units import Interval, Name, Word, form
from ..urls import OptionalQueryUrl
from .link_checks import (
    LinkProblem,
    ProvidedLogs,
    ProvidedMetrics,
    label_problem,
    logs_link_problems,
    metric_names,
    metrics_link_problems,
    trace_link_problem,
)
from .model import (
    VALUE,
    AddressLink,
    After,
    Authentication,
    Before,
    LineField,
    LinePattern,
    LogLabel,
    LogsLink,
    Loki,
    MetricsLink,
    MetricsQuery,
    Prometheus,
    Tag,
    Tempo,
    TraceLink,
)

DEFAULT_QUERIES = {
    "Request rate": "sum by (client,server)(rate(traces_service_graph_request_total{$__tags}[$__rate_interval]))",
    "Error rate": "sum by (client,server)(rate(traces_service_graph_request_failed_total{$__tags}[$__rate_interval]))",
}
"""Rate and errors of a service, from the graph that Tempo's metrics generator draws."""


def _uid(text: str) -> str:
    if re.fullmatch(r"[a-zA-Z0-9_-]{0,40}", text) is None:
        raise ValueError("must be at most 40 of a-z, A-Z, 0-9, '-' and '_'; choose another uid")
    return text


def _pattern(regex: str) -> str:
    return LinePattern("", regex).regex


Directory = Annotated[str, form(r"(/[\w.-]+)*", "a path from the root, such as /etc/tls")]
Uid = Annotated[str, AfterValidator(_uid)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class MetricsType(StrEnum):
    """Software with the API of Prometheus, as Grafana names it."""

    PROMETHEUS = "Prometheus"
    THANOS = "Thanos"
    MIMIR = "Mimir"
    CORTEX = "Cortex"


UIDS = ("logs_uid", "traces_uid", "metrics_uid")
PROVISIONED = ("provision_logs", "provision_traces", "provision_metrics")
NAMES = ("logs_name", "traces_name", "metrics_name")


class LogLink(StrictModel):
    """A link from log lines to an address, such as the dashboard of their service."""

    label: str = Field(
        default="",
        description="Label, structured metadata or field of structured lines whose value is linked. Default: none.",
        examples=["service_name"],
    )
    pattern: Pattern = Field(
        default="",
        description="Expression whose first group finds the value in the text of lines. Default: none.",
        examples=[r"order=(\w+)"],
    )
    url: str = Field(
        description=f"Address, or path in Grafana, in which `{VALUE}` stands for the value.",
        examples=[f"/d/service-detail?var-service={VALUE}"],
    )


class DatasourcesSettings(StrictModel):
    """The datasources of Grafana: settings of a stack and arguments of a program."""

    logs_name: Plain[str] = Field(
        default="Loki", min_length=1, description="Name of Loki in Grafana.", examples=["Loki"]
    )
    traces_name: Plain[str] = Field(
        default="Tempo", min_length=1, description="Name of Tempo in Grafana.", examples=["Tempo"]
    )
    metrics_name: Plain[str] = Field(
        default="Prometheus", min_length=1, description="Name of Prometheus in Grafana.", examples=["Prometheus"]
    )
    logs_uid: Plain[Uid] = Field(
        default="loki", description="Uid of Loki in Grafana; empty where there are no logs.", examples=["loki"]
    )
    traces_uid: Plain[Uid] = Field(
        default="tempo", description="Uid of Tempo in Grafana; empty where there are no traces.", examples=["tempo"]
    )
    metrics_uid: Plain[Uid] = Field(
        default="prometheus",
        description=(
            "Uid of Prometheus in Grafana; empty where there are no metrics, and then nothing links to them. "
            "Default: `prometheus`, as in kube-prometheus-stack."
        ),
        examples=["prometheus"],
    )
    metrics_type: MetricsType | None = Field(
        default=None,
        description=(
            "Software that answers queries of metrics, by which Grafana chooses the requests that it makes. Default: "
            "none, and Grafana takes it for Prometheus; in a stack `Thanos` with `metrics.long_term`."
        ),
        examples=["Thanos"],
    )
    default_uid: Plain[Uid | None] = Field(
        default=None,
        description=(
            "Uid of the datasource that new panels start with, one created here; empty for none of them. Grafana does "
            "not start with two of them. Default: that of Prometheus where it is created here, else none."
        ),
        examples=["prometheus"],
    )
    changed_uids: Plain[Sequence[Annotated[Uid, Field(min_length=1)]]] = Field(
        default=(),
        description=(
            "Uids that this deployment changes. Grafana cannot change the uid of a provisioned datasource: those "
            "listed here are deleted by name and created again. Update dashboards and alerts that use the old uid. "
            "Remove them after one deployment. Default: none."
        ),
        examples=[["loki"]],
    )
    line_fields: Sequence[Word] = Field(
        default=("TraceId",),
        description=(
            "Keys of structured log lines, found once a query parses the lines. Default: `TraceId`, which Traefik "
            "writes."
        ),
        examples=[["TraceId", "traceId"]],
    )
    application_metrics: Sequence[Word] = Field(
        default=(),
        description="Metrics of applications that links can show. Default: none.",
        examples=[["http_server_request_duration_seconds"]],
    )
    metric_labels: Sequence[Word] = Field(
        default=(),
        description="Labels that the generated metrics have as dimensions beyond Tempo's own. Default: none.",
        examples=[["http_method"]],
    )
    trace_labels: Sequence[Word] = Field(
        default=("TraceId", "trace_id"),
        description="Labels that hold a trace id, each a link from logs to traces.",
        examples=[["trace_id"]],
    )
    trace_patterns: Mapping[str, Pattern] = Field(
        default_factory=dict,
        description=(
            "Names and regular expressions that find a trace id in plain text, such as `trace_id=(\\w+)`. "
            "Default: none."
        ),
        examples=[{"traceID": r"trace_id=(\w+)"}],
    )
    log_links: Mapping[Word, LogLink] = Field(
        default_factory=dict,
        description="Links from log lines to addresses, by their names, such as dashboards of services. Default: none.",
        examples=[{"Dashboard": {"label": "service_name", "url": f"/d/service-detail?var-service={VALUE}"}}],
    )
    span_tags: Mapping[str, str] = Field(
        default_factory=lambda: {"service.name": "service_name"},
        description=(
            "Attributes of spans and the log labels that they are looked up as, all of which must match. "
            "Default: `service.name` as `service_name`, which lines tailed from files and lines sent by OTLP both have."
        ),
        examples=[{"service.name": "service_name", "k8s.namespace.name": "namespace"}],
    )
    logs_query: str = Field(
        default="",
        description="A LogQL query from spans to logs in place of the one that Grafana builds. Default: none.",
        examples=['{${__tags}} |= "${__span.traceId}"'],
    )
    filter_by_trace_id: bool = Field(
        default=True, description="Whether a span leads only to lines with its trace id.", examples=[False]
    )
    filter_by_span_id: bool = Field(
        default=True, description="Whether a span leads only to lines with its span id.", examples=[False]
    )
    logs_before_seconds: int = Field(
        default=5,
        ge=1,
        le=31_536_000,
        description="Seconds before a span that its log lines are looked for.",
        examples=[60],
    )
    logs_after_seconds: int = Field(
        default=5,
        ge=1,
        le=31_536_000,
        description="Seconds after a span that its log lines are looked for.",
        examples=[60],
    )
    metrics_queries: Mapping[str, str] | None = Field(
        default=None,
        description=(
            "Names and PromQL of the links from spans to metrics, `$__tags` standing for the tags; empty for none. "
            "Default: request rate and error rate, each where Tempo generates its metric."
        ),
        examples=[{"Request rate": "sum(rate(traces_service_graph_request_total{$__tags}[$__rate_interval]))"}],
    )
    metrics_tags: Mapping[str, str] = Field(
        default_factory=lambda: {"service.name": "server"},
        description=(
            "Attributes of spans and the labels of metrics that they are looked up as. Default: `service.name` as "
            "`server`."
        ),
        examples=[{"service.name": "server"}],
    )
    exemplar_labels: Sequence[Word] = Field(
        default=("trace_id", "traceID"),
        description=(
            "Labels of exemplars that hold a trace id. Default: `trace_id` (OpenTelemetry) and `traceID` (Tempo)."
        ),
        examples=[["trace_id"]],
    )
    streaming: bool = Field(
        default=False,
        description="Whether results of trace searches show as they arrive; Tempo must stream over HTTP.",
        examples=[True],
    )
    max_lines: int = Field(
        default=1000,
        ge=1,
        le=1_000_000,
        description="Number of log lines that a query returns at most.",
        examples=[5000],
    )
    scrape_interval: Interval = Field(
        default="30s",
        description="Interval at which Prometheus scrapes, the smallest step of graphs.",
        examples=["15s"],
    )


class DatasourcesSpec(DatasourcesSettings, MetricsClientSpec, StoreClientsSpec, NamespacedSpec):
    """The checked arguments of `Datasources`."""

    namespace: Name = Field(description="Namespace of the ConfigMaps. Grafana's sidecar must look into it.")
    create_namespace: Plain[bool] = Field(default=False, description="Whether the component creates the namespace.")
    logs_namespace: Name | None = Field(
        default=None, description="Namespace of the ConfigMap of Loki. Default: `namespace`."
    )
    traces_namespace: Name | None = Field(
        default=None, description="Namespace of the ConfigMap of Tempo. Default: `namespace`."
    )
    metrics_namespace: Name | None = Field(
        default=None, description="Namespace of the ConfigMap of Prometheus. Default: `namespace`."
    )
    logs_url: OptionalQueryUrl = Field(
        default="", description="Query URL of Loki; required where its datasource is created here. Default: none."
    )
    traces_url: OptionalQueryUrl = Field(
        default="", description="Query URL of Tempo; required where its datasource is created here. Default: none."
    )
    metrics_url: OptionalQueryUrl = Field(
        default="", description="Query URL of Prometheus; required with `provision_metrics`. Default: none."
    )
    provision_logs: Plain[bool] = Field(
        default=True,
        description=(
            "Whether the datasource of Loki is created here; otherwise it exists already, with `logs_uid`. Without a "
            "`logs_uid` there is none."
        ),
    )
    provision_traces: Plain[bool] = Field(
        default=True,
        description=(
            "Whether the datasource of Tempo is created here; otherwise it exists already, with `traces_uid`. Without "
            "a `traces_uid` there is none."
        ),
    )
    provision_metrics: Plain[bool] = Field(
        default=False,
        description=(
            "Whether the datasource of Prometheus is created here; otherwise it exists already, with `metrics_uid`."
        ),
    )
    logs_tenants: Sequence[Tenant] = Field(
        default=(),
        description=(
            "Tenants of Loki that are read, all at once (`X-Scope-OrgID`). Several are for queries: Loki follows the "
            "newest lines (live tailing) of a single one. Default: none, for a Loki without tenants."
        ),
    )
    tls_directory: Directory = Field(
        default="",
        description=(
            "Directory of Grafana's pod with `ca.crt`, the authority by which https addresses of Loki and Tempo are "
            "trusted, and `tls.crt` and `tls.key` for `client_certificates`. `Grafana` has them with `tls_secret`. "
            "Default: none, and public authorities are trusted."
        ),
    )
    client_certificates: bool = Field(
        default=False,
        description="Whether Grafana presents the certificate in `tls_directory` to Loki and Tempo.",
    )
    login_directory: Directory = Field(
        default="",
        description=(
            "Directory of Grafana's pod with `username` and `password`, with which Grafana logs in to Loki and Tempo. "
            "`Grafana` has them with `login_secret`. Of these files only the names are in the ConfigMaps: Grafana "
            "reads them when it loads its datasources, expands a `$` in them, and does not start where one is missing. "
            "Default: none, and no login."
        ),
    )
    metrics_authentication: bool = Field(
        default=False,
        description=(
            "Whether Prometheus asks for the same certificates and logins as Loki and Tempo, as the components "
            "`Metrics` and `Thanos` do with those arguments; `metrics_client` is for other stores."
        ),
    )
    log_labels: Sequence[str] = Field(
        default=(),
        description=(
            "Index labels that the collectors add to log lines, which links select streams by. `service_name` is "
            "Loki's own. Default: none."
        ),
    )
    log_metadata: Sequence[str] = Field(
        default=(),
        description=(
            "Structured metadata that the collectors add to log lines, which links from logs may read. "
            "`detected_level`, `trace_id` and `span_id` are Loki's own. Default: none."
        ),
    )
    generated_metrics: Sequence[str] = Field(
        default=(),
        description=(
            "Metrics that Tempo generates from traces. Default: none, and no service map and no default links to "
            "metrics."
        ),
    )

    @property
    def loki(self) -> Loki | None:
        """The datasource of Loki; `None` without logs."""
        return Loki(self.logs_uid, self.logs_name) if self.logs_uid else None

    @property
    def tempo(self) -> Tempo | None:
        """The datasource of Tempo; `None` without traces."""
        return Tempo(self.traces_uid, self.traces_name) if self.traces_uid else None

    @property
    def prometheus(self) -> Prometheus | None:
        """The datasource of Prometheus, provisioned here or elsewhere; `None` without metrics."""
        return Prometheus(self.metrics_uid, self.metrics_name) if self.metrics_uid else None

    @property
    def provisioned_uids(self) -> list[str]:
        """The uids of the datasources that are created here."""
        uids = {
            self.logs_uid: self.provision_logs,
            self.traces_uid: self.provision_traces,
            self.metrics_uid: self.provision_metrics,
        }
        return [uid for uid, provisioned in uids.items() if uid and provisioned]

    @property
    def default_datasource(self) -> str:
        """The uid of the datasource that new panels start with; empty for none of these."""
        if self.default_uid is None:
            return self.metrics_uid if self.provision_metrics else ""
        return self.default_uid

    def authentication(self, url: str) -> Authentication:
        """Return what Grafana presents at `url`; certificates only where it uses TLS."""
        tls = self.tls_directory if url.startswith("https://") else ""
        return Authentication(tls, self.client_certificates and tls != "", self.login_directory)

    @property
    def provided_logs(self) -> ProvidedLogs:
        """The labels and fields that links can select log lines by."""
        return ProvidedLogs(
            labels=frozenset(self.log_labels),
            metadata=frozenset(self.log_metadata),
            line_fields=frozenset(self.line_fields),
        )

    @property
    def provided_metrics(self) -> ProvidedMetrics:
        """The metrics that links can query."""
        return ProvidedMetrics(
            generated=frozenset(self.generated_metrics),
            application=frozenset(self.application_metrics),
            dimensions=frozenset(self.metric_labels),
        )

    def trace_links(self) -> tuple[TraceLink, ...]:
        """Return the links from log lines to traces; none without traces."""
        if (tempo := self.tempo) is None:
            return ()
        labels = (self._log_field(name) for name in self.trace_labels)
        patterns = (LinePattern(name, regex) for name, regex in self.trace_patterns.items())
        return tuple(TraceLink(field, tempo) for field in (*labels, *patterns))

    def address_links(self) -> tuple[AddressLink, ...]:
        """Return the links from log lines to addresses."""
        return tuple(
            AddressLink(
                name, LinePattern(name, link.pattern) if link.pattern else self._log_field(link.label), link.url
            )
            for name, link in self.log_links.items()
        )

    def _log_field(self, name: str) -> LogLabel | LineField:
        return LineField(name) if name in self.line_fields else LogLabel(name)

    def logs_link(self) -> LogsLink | None:
        """Return the link from spans to log lines; `None` without logs."""
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
        """Return the link from spans to metrics: those of the argument, else each default whose metrics exist."""
        queries = self.metrics_queries
        if queries is None:
            written = self.provided_metrics.has
            queries = {name: text for name, text in DEFAULT_QUERIES.items() if all(map(written, metric_names(text)))}
        if (prometheus := self.prometheus) is None or not queries:
            return None
        named = tuple(MetricsQuery(name, text) for name, text in queries.items())
        return MetricsLink(prometheus, named, _tags(self.metrics_tags))

    @rule("logs_url", "logs_uid", "provision_logs")
    def _logs_have_a_url(self) -> Violation | None:
        created = self.logs_uid and self.provision_logs
        return _url_missing("Loki", "logs") if created and not self.logs_url else None

    @rule("traces_url", "traces_uid", "provision_traces")
    def _traces_have_a_url(self) -> Violation | None:
        created = self.traces_uid and self.provision_traces
        return _url_missing("Tempo", "traces") if created and not self.traces_url else None

    @rule("logs_client", "logs_url")
    def _logs_client_fits_its_address(self) -> Iterator[Violation]:
        return address_problems(self.logs_client, "logs_client", logs_url=self.logs_url)

    @rule("traces_client", "traces_url")
    def _traces_client_fits_its_address(self) -> Iterator[Violation]:
        return address_problems(self.traces_client, "traces_client", traces_url=self.traces_url)

    @rule("metrics_client", "metrics_url")
    def _metrics_client_fits_its_address(self) -> Iterator[Violation]:
        return self._address_problems(metrics_url=self.metrics_url)

    @rule("metrics_authentication", "metrics_client")
    def _metrics_have_one_authentication(self) -> str | None:
        if self.metrics_authentication and self.metrics_client is not None:
            return "must not be set with metrics_client; remove one of them"
        return None

    @rule("metrics_url", "provision_metrics")
    def _provisioned_metrics_have_a_url(self) -> Violation | None:
        if self.provision_metrics and not self.metrics_url:
            return Violation(
                "is missing: provision_metrics requires the query URL of Prometheus; set it, or set provision_metrics "
                "to false",
                {"metrics_url": placeholder("metrics_url")},
            )
        return None

    @rule("metrics_uid", "provision_metrics")
    def _provisioned_metrics_have_a_uid(self) -> str | None:
        if self.provision_metrics and not self.metrics_uid:
            return "must not be empty with provision_metrics; remove it, or set provision_metrics to false"
        return None

    @rule("client_certificates", "tls_directory")
    def _client_certificates_need_tls(self) -> Violation | None:
        return certificates_need_tls("tls_directory") if self.client_certificates and not self.tls_directory else None

    @rule(*UIDS)
    def _uids_are_unique(self) -> Iterator[Violation]:
        # The ConfigMaps are named after the uids in lower case.
        for name in self._repeated(UIDS, str.lower):
            yield Violation("must be unique, and another datasource has this uid; change it, or remove it", at=(name,))

    @rule(*NAMES)
    def _names_are_unique(self) -> Iterator[Violation]:
        for name in self._repeated(NAMES, str):
            message = "must be unique, and another datasource has this name; change it"
            yield Violation(message, at=(name,))

    def _repeated(self, fields: Sequence[str], normalize: Callable[[str], str]) -> Iterator[str]:
        """Yield the fields that have the value of another one, but never the one that has its default."""
        holders: dict[str, list[str]] = {}
        for name in fields:
            holders.setdefault(normalize(getattr(self, name)), []).append(name)
        for value, names in holders.items():
            by_default = (name for name in names if getattr(self, name) == type(self).model_fields[name].default)
            kept = next(by_default, names[0])
            yield from (name for name in names if value and name != kept)

    @rule("default_uid", *UIDS, *PROVISIONED)
    def _default_uid_is_provisioned(self) -> str | None:
        if self.default_uid and self.default_uid not in self.provisioned_uids:
            return self._uid_not_provisioned
        return None

    @rule("changed_uids", *UIDS, *PROVISIONED)
    def _changed_uids_are_provisioned(self) -> Iterator[Violation]:
        for index, uid in enumerate(self.changed_uids):
            if uid not in self.provisioned_uids:
                yield Violation(self._uid_not_provisioned, at=("changed_uids", index))

    @property
    def _uid_not_provisioned(self) -> str:
        uids = ", ".join(self.provisioned_uids) or "none"
        return f"must be the uid of a datasource that is created here ({uids}); correct it, or remove it"

    @rule("trace_labels", "traces_uid", "traces_name", "logs_uid", "log_labels", "log_metadata", "line_fields")
    def _trace_labels_are_on_log_lines(self) -> Iterator[Violation]:
        if not self.logs_uid or (tempo := self.tempo) is None:
            return
        links = [TraceLink(self._log_field(name), tempo) for name in self.trace_labels]
        problems = [trace_link_problem(link, self.provided_logs) for link in links]
        fix: Fix | None = None
        if "trace_labels" not in self.model_fields_set:
            fix = {"trace_labels": [link.field.name for link, found in zip(links, problems, strict=True) if not found]}
        for index, problem in enumerate(problems):
            if problem:
                yield Violation(problem, fix, at=("trace_labels", index))

    @rule("log_links", "trace_labels", "trace_patterns", "log_labels", "log_metadata", "line_fields")
    def _log_links_start_at_one_value(self) -> Iterator[Violation]:
        for name, link in self.log_links.items():
            at = ("log_links", name)
            if name in (*self.trace_labels, *self.trace_patterns):
                yield Violation("must not be the name of a link to traces; choose another name", at=at)
            if bool(link.label) is bool(link.pattern):
                yield Violation(
                    "must have either label or pattern; set one of them", {(*at, "label"): SERVICE_NAME}, at
                )
            elif link.label and (problem := label_problem("the link", self._log_field(link.label), self.provided_logs)):
                yield Violation(problem, at=(*at, "label"))
            if VALUE not in link.url:
                message = f"must hold {VALUE}, which stands for the value; add it"
                yield Violation(message, {(*at, "url"): f"{link.url}{VALUE}"}, (*at, "url"))

    @rule(
        *("span_tags", "logs_query", "logs_uid", "logs_name", "traces_uid", "log_labels", "log_metadata"),
        *("line_fields", "logs_before_seconds", "logs_after_seconds", "filter_by_trace_id", "filter_by_span_id"),
    )
    def _logs_link_selects_by_labels_of_logs(self) -> Iterator[Violation]:
        link = self.logs_link() if self.traces_uid else None
        problems = logs_link_problems(link, self.provided_logs) if link else []
        fix = _fix_of_tags("span_tags", self.span_tags, problems)
        for problem in problems:
            if problem.tag:
                yield Violation(problem.message, fix, at=("span_tags", problem.tag))
            else:
                yield Violation(problem.message, at=("logs_query" if self.logs_query else "span_tags",))

    @rule(
        *("metrics_queries", "metrics_tags", "metrics_uid", "metrics_name", "traces_uid"),
        *("generated_metrics", "application_metrics", "metric_labels"),
    )
    def _metrics_link_selects_metrics_that_exist(self) -> Iterator[Violation]:
        link = self.metrics_link() if self.traces_uid else None
        problems = metrics_link_problems(link, self.provided_metrics) if link else []
        fix = _fix_of_tags("metrics_tags", self.metrics_tags, problems)
        for problem in problems:
            if problem.tag and "metrics_tags" in self.model_fields_set:
                yield Violation(problem.message, fix, at=("metrics_tags", problem.tag))
            else:
                yield Violation(problem.message, at=("metrics_queries", problem.query))


def _tags(mapping: Mapping[str, str]) -> tuple[Tag, ...]:
    return tuple(Tag(attribute, label) for attribute, label in mapping.items())


def _fix_of_tags(argument: str, tags: Mapping[str, str], problems: Sequence[LinkProblem]) -> Fix | None:
    """Return the fix where every tag is wrong, as a link without tags selects everything; else each is removed."""
    return {argument: REMOVE} if {problem.tag for problem in problems} >= set(tags) else None


def _url_missing(product: str, signal: str) -> Violation:
    return Violation(
        f"is missing: the datasource requires the query URL of {product}; set it, or set {signal}_uid to an empty text",
        {f"{signal}_url": placeholder(f"{signal}_url")},
    )
