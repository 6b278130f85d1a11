"""Settings and arguments of `Alerting`, and their rules."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import yaml
from pydantic import Field

from .._kubernetes import LabelKey, LabelValue
from .._model import Location, Plain
from .._rule_files import PARTIAL_RESPONSE
from .._spec import Spec, Violation, rule
from .._yaml import YamlFile
from ..units import Interval, LabelText, MetricLabel, Name, OptionalDuration, OptionalHttpUrl, Word, form
from ..urls import OptionalAlertmanagerUrls
from .catalogue import ApplicationMetric, ApplicationMetricType
from .compile import Compiled, Stated, compile_alerting
from .http_metrics import HttpMetrics, HttpSources, http_sources
from .library import Available
from .notifications import NotificationSettings
from .objective_rules import REMAINING
from .objectives import ObjectiveDefaults
from .overrides import AlertOverride
from .producers import APPLICATION, PRODUCERS, ProducerName
from .rule_objects import RULE_LABEL, RulesAs
from .rules import Language, RuleProblem
from .shapes import Links

LOG_RULES_FILE = "observability-alerts.yaml"
"""Name of the file with the rules of the library for Loki."""
CONFIG_SECRET = "alertmanager-config"
_FILES = ("objectives", "rules", "rule_tests", "log_rules", "runbooks")
"""Arguments with files by their path."""
AlertName = Annotated[str, form(r"[A-Za-z_][A-Za-z0-9_]*", "the name of an alert, such as HighErrorRate")]
MetricName = Annotated[str, form(r"[A-Za-z_:][A-Za-z0-9_:]*", "the name of a metric, such as http_requests_total")]


class AlertingSettings(NotificationSettings):
    """Alerting: settings of a stack and arguments of a program."""

    owner: Plain[Word] = Field(
        default="platform", description="Team that answers for alerts that name no other.", examples=["sre"]
    )
    runbook_url: Plain[str] = Field(
        default="docs/runbooks/{alert}.md",
        max_length=1024,
        description=(
            "Address of the runbooks, in which `{alert}` stands for the name of an alert; a place in this project is "
            "no link in a notification."
        ),
        examples=["https://github.com/acme/platform/blob/main/docs/runbooks/{alert}.md"],
    )
    objectives: Plain[Mapping[str, YamlFile]] = Field(
        default_factory=dict,
        description="Documents of OpenSLO v1 by the name of their file. Default: none.",
        examples=[{"checkout.yaml": {"apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": "checkout"}}}],
    )
    rules: Plain[Mapping[str, YamlFile]] = Field(
        default_factory=dict,
        description="Rule files of Prometheus, YAML that begins with `groups:`, by name. Default: none.",
        examples=[{"shop.yaml": {"groups": [{"name": "shop", "rules": [{"record": "a:b:c", "expr": "sum(up)"}]}]}}],
    )
    long_term_rules: Plain[Sequence[Word]] = Field(
        default=(),
        description=(
            "Names of the rule files whose groups the ruler of Thanos evaluates: on all samples, with their external "
            "labels. A group may have a `partial_response_strategy`. Rules of users that read their records are "
            "evaluated there too. Default: none; Prometheus evaluates all."
        ),
        examples=[["months.yaml"]],
    )
    rule_tests: Plain[Mapping[str, YamlFile]] = Field(
        default_factory=dict,
        description=(
            "Tests of the rule files, as `promtool test rules` reads them, by name: each alert has one in which it "
            "fires and one in which it does not. Default: none."
        ),
        examples=[{"shop_test.yaml": {"rule_files": ["shop.yaml"], "tests": []}}],
    )
    runbooks: Plain[Mapping[str, str]] = Field(
        default_factory=dict,
        description="Runbooks of alerts of `rules`, markdown by the name of the file `<alert>.md`. Default: none.",
        examples=[{"CheckoutSlow.md": "# CheckoutSlow\n\n## Meaning\n"}],
    )
    application_metrics: Plain[Mapping[MetricName, ApplicationMetric]] = Field(
        default_factory=dict,
        description=(
            "Metrics of applications that rules and objectives may select: a rule on another metric is refused, as "
            "nothing produces it. Default: none."
        ),
        examples=[{"http_requests_total": {"type": "counter", "labels": {"service": [], "status": []}}}],
    )
    http: Plain[Mapping[Name, HttpMetrics]] = Field(
        default_factory=dict,
        description=(
            "Metrics by which applications count their HTTP requests, where they are not named as "
            "`http_requests_total` and `http_request_duration_seconds`, or as OpenTelemetry's "
            "`http_server_request_duration_seconds`: by a name of yours, for each way of naming them. Default: these "
            "three, as far as `application_metrics` declares them."
        ),
        examples=[{"shop": {"requests": "shop_requests_total", "status_label": "code"}}],
    )
    alerts: Plain[Mapping[AlertName, AlertOverride]] = Field(
        default_factory=dict,
        description="Changes of alerts of the library and of the chart, by their names. Default: none.",
        examples=[{"HighCPU": {"threshold": 0.95}, "HighMemory": {"enabled": False, "reason": "Nodes are not ours."}}],
    )
    alertmanager_url: Plain[OptionalAlertmanagerUrls] = Field(
        default="",
        description=(
            "URL of an existing Alertmanager, which has receivers and routes of its own. Default: none, and the stack "
            "runs one."
        ),
        examples=["http://alertmanager-operated.monitoring:9093"],
    )


class AlertingSpec(AlertingSettings, Spec):
    """The checked arguments of `Alerting`."""

    namespace: Name = Field(description="Existing namespace of the rules, and of Alertmanager.")
    config_secret: Plain[Name] = Field(
        default=CONFIG_SECRET,
        description="Name of the Secret with the configuration of Alertmanager and its templates.",
    )
    producers: Plain[Sequence[ProducerName]] = Field(
        default=("prometheus", "node-exporter", "kube-state-metrics", "kubelet", "cadvisor", "kube-apiserver"),
        description="What is deployed and scraped, so that rules may select its metrics.",
        examples=[["prometheus", "node-exporter"]],
    )
    target_labels: Plain[Mapping[ProducerName, Mapping[MetricLabel, Sequence[LabelText]]]] = Field(
        default_factory=dict,
        description=(
            "Labels that the scrape adds to the series of a producer, each with its values, such as its `namespace` "
            "and `job`; an empty value is for targets without the label. Default: any namespace, and the jobs of "
            "releases with their default names."
        ),
        examples=[{"loki": {"namespace": ["logging"], "job": ["logging/loki"]}}],
    )
    log_rules: Plain[Mapping[str, YamlFile]] = Field(
        default_factory=dict,
        description="Rule files of Loki, which are checked with the others and deployed by `Logging`. Default: none.",
        examples=[{"errors.yaml": {"groups": []}}],
    )
    grafana_url: Plain[OptionalHttpUrl] = Field(
        default="",
        description="URL of Grafana, which notifications link to. Default: none, and links have a path alone.",
        examples=["https://grafana.example.org"],
    )
    external_labels: Plain[Mapping[MetricLabel, LabelText]] = Field(
        default_factory=dict,
        description="Labels that every alert has when it is sent, as Prometheus adds them. Default: none.",
        examples=[{"cluster": "prod-eu1"}],
    )
    metrics_uid: Plain[Word] = Field(
        default="prometheus", description="Uid of the datasource of metrics, for links.", examples=["prometheus"]
    )
    logs_uid: Plain[Word] = Field(
        default="loki", description="Uid of the datasource of logs, for links.", examples=["loki"]
    )
    series_labels: Plain[Sequence[MetricLabel]] = Field(
        default=(),
        description=(
            "Labels that any series may have beside those of its producer, such as `cluster` in a store of several "
            "clusters. Default: none."
        ),
        examples=[["cluster"]],
    )
    local_retention: Plain[OptionalDuration] = Field(
        default="15d",
        description=(
            "How long the Prometheus that evaluates rules keeps samples; empty where that is not known, and windows "
            "of objectives are not compared with it."
        ),
        examples=["31d"],
    )
    long_term_ruler: Plain[bool] = Field(
        default=False,
        description="Whether a ruler of Thanos evaluates what needs samples of more than `local_retention`.",
        examples=[True],
    )
    scrape_interval: Plain[OptionalDuration] = Field(
        default="30s",
        description=(
            "Time between two samples of most targets, and between two evaluations: a range with too few samples for "
            "its function is refused. Empty where it is not known."
        ),
        examples=["15s"],
    )
    intervals: Plain[Mapping[ProducerName, Interval]] = Field(
        default_factory=dict,
        description="Time between two samples of producers that have another one. Default: that of their charts.",
        examples=[{"probes": "1m"}],
    )
    existing_prometheus: Plain[bool] = Field(
        default=False,
        description=(
            "Whether the rules are for a Prometheus and an Alertmanager that are not those of `Metrics`: these have to "
            "load them, and there are no alerts of kube-prometheus-stack."
        ),
        examples=[True],
    )
    rules_as: Plain[RulesAs] = Field(
        default=RulesAs.PROMETHEUS_RULES,
        description=(
            "Objects that hold the rules on metrics. `prometheus-rules`: objects of the Prometheus operator. "
            "`config-maps`: rule files in ConfigMaps with the label "
            f"`{RULE_LABEL}`, for an existing Prometheus that no operator runs: its pods mount them, or copy them by a "
            "sidecar."
        ),
        examples=["config-maps"],
    )
    rule_labels: Mapping[LabelKey, LabelValue] = Field(
        default_factory=dict,
        description="Labels of the objects with rules, by which the operator's Prometheus selects them. Default: none.",
        examples=[{"release": "kube-prometheus-stack"}],
    )

    @property
    def stated(self) -> Stated:
        """What is compiled."""
        return Stated(
            notifications=NotificationSettings.model_construct(
                **{name: getattr(self, name) for name in NotificationSettings.model_fields}
            ),
            own_alertmanager=not self.alertmanager_url,
            objectives=self.objectives,
            objective_defaults=ObjectiveDefaults(
                owner=self.owner,
                dashboard_url=_objective_dashboard(self._links),
                runbook_url=self.runbook_url,
            ),
            rules=self.rules,
            long_term_rules=frozenset(self.long_term_rules),
            rule_tests=self.rule_tests,
            log_rules=self.log_rules,
            runbooks=self.runbooks,
            runbook_url=self.runbook_url,
            links=self._links,
            available=Available(
                frozenset(self.producers),
                frozenset(
                    name
                    for name, metric in self.application_metrics.items()
                    if metric.type is ApplicationMetricType.COUNTER
                ),
                self._http.sources,
            ),
            http_problems=self._http.problems,
            application_metrics=self.application_metrics,
            target_labels=self.target_labels,
            overrides=self.alerts,
            owner=self.owner,
            external_labels=self.external_labels,
            series_labels=tuple(self.series_labels),
            local_retention=self.local_retention,
            long_term_ruler=self.long_term_ruler,
            scrape_interval=self.scrape_interval,
            intervals=self.intervals,
            existing_prometheus=self.existing_prometheus,
        )

    @property
    def left_out(self) -> Sequence[str]:
        """A line for each record that the library cannot make of the declared metrics of applications."""
        return self._http.left_out

    @property
    def _http(self) -> HttpSources:
        target = {*PRODUCERS[APPLICATION].target, *self.series_labels}
        return http_sources("http", self.http, self.application_metrics, target)

    @property
    def compiled(self) -> Compiled:
        """The rules and routes, with every problem of them."""
        return compile_alerting(self.stated)

    @property
    def log_rule_files(self) -> dict[str, str]:
        """Rule files of the library for Loki, by name."""
        groups = [group.rendered() for group in self.compiled.log_groups]
        return {LOG_RULES_FILE: yaml.safe_dump({"groups": groups}, sort_keys=False)} if groups else {}

    @property
    def long_term_groups(self) -> list[dict[str, Any]]:
        """Groups of rules for the ruler of Thanos."""
        return [
            {**group.rendered(), **({PARTIAL_RESPONSE: group.partial_response} if group.partial_response else {})}
            for group in self.compiled.long_term_groups
        ]

    @property
    def chart_values(self) -> dict[str, Any]:
        """Values of the chart kube-prometheus-stack: those of its alerts that page well."""
        return self.stated.chart_alerts.values() if self.stated.notifies and not self.existing_prometheus else {}

    @property
    def configures_alertmanager(self) -> bool:
        """Whether there is a configuration of Alertmanager."""
        return self.stated.own_alertmanager and self.stated.notifies

    @property
    def tested(self) -> Compiled:
        """The same with the test cases of every objective."""
        return compile_alerting(self.stated, with_cases=True)

    @property
    def _links(self) -> Links:
        return Links(
            self.grafana_url.rstrip("/"), self.runbook_url, metrics_uid=self.metrics_uid, logs_uid=self.logs_uid
        )

    @rule(
        *_FILES,
        *NotificationSettings.model_fields,
        *("alerts", "application_metrics", "http", "producers", "target_labels", "owner", "alertmanager_url"),
        *("external_labels", "series_labels", "local_retention", "existing_prometheus"),
        *("long_term_rules", "long_term_ruler"),
        *("scrape_interval", "intervals", "runbook_url", "grafana_url", "metrics_uid", "logs_uid"),
    )
    def _nothing_is_silently_dead(self) -> Iterator[Violation]:
        for problem in self.compiled.problems:
            at, message = self._located(problem)
            yield Violation(message, {}, at)

    @rule("rules", "long_term_rules", "long_term_ruler")
    def _ruler_of_thanos_evaluates_rule_files(self) -> Iterator[Violation]:
        for index, name in enumerate(self.long_term_rules):
            if name not in self.rules:
                known = f"use one of {', '.join(sorted(self.rules))}" if self.rules else "add it, or remove the name"
                yield Violation(f"{name} is not the name of a rule file; {known}", at=("long_term_rules", index))
        if self.long_term_rules and not self.long_term_ruler:
            yield Violation(
                "requires the ruler of Thanos, and none runs; let it run (long_term_ruler, in a stack "
                "metrics.long_term.ruler), or remove long_term_rules, and Prometheus evaluates them",
                {"long_term_ruler": True},
                ("long_term_rules",),
            )

    @rule("rules_as", "existing_prometheus")
    def _config_maps_are_for_an_existing_prometheus(self) -> Violation | None:
        if self.rules_as is RulesAs.CONFIG_MAPS and not self.existing_prometheus:
            message = (
                "requires existing_prometheus, as the Prometheus of Metrics reads PrometheusRules alone; set that to "
                "true, or remove rules_as"
            )
            return Violation(message, {"existing_prometheus": True}, ("rules_as",))
        return None

    def _located(self, problem: RuleProblem) -> tuple[Location, str]:
        """Return the argument that a problem is of, and the message with what the argument does not say of its place.

        A place is a path within the arguments, such as `routes.pages`, or begins with that of a file.
        """
        path = problem.place.partition(":")[0]
        for argument in _FILES:
            if path in getattr(self, argument):
                return (argument, path), f"{problem.place}: {problem.message}"
        parts = tuple(problem.place.split("."))
        if parts[0] in type(self).model_fields:
            return parts, problem.message
        return ("alerts",), f"{problem.place}: {problem.message}"


def _objective_dashboard(links: Links) -> str:
    """Return the address that shows the budget of an objective, with `{service}` and `{slo}` in place of its names."""
    expr = f'{REMAINING}{{service="{{service}}",slo="{{slo}}"}}'
    address = links.dashboard("objectives", expr, Language.PROMQL, [])
    return address.replace("%7Bservice%7D", "{service}").replace("%7Bslo%7D", "{slo}")
