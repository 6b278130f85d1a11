"""Settings and arguments of `Alerting`, and their rules."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import Field

from .._kubernetes import LabelKey, LabelValue
from .._model import Location, Plain, StrictModel
from .._rule_files import RuleFile
from .._spec import Spec, Violation, rule
from ..units import Duration, Interval, Name, OptionalHttpUrl, Word, form
from ..urls import OptionalAlertmanagerUrls
from .catalogue import ApplicationMetric
from .compile import Compiled, Stated, compile_alerting
from .library import Available
from .notifications import NotificationSettings
from .objective_rules import REMAINING
from .objectives import ObjectiveDefaults
from .overrides import AlertOverride
from .rules import Language, Severity
from .shapes import Links

CONFIG_SECRET = "alertmanager-config"
AlertName = Annotated[str, form(r"[A-Za-z_][A-Za-z0-9_]*", "the name of an alert, such as HighErrorRate")]
MetricName = Annotated[str, form(r"[A-Za-z_:][A-Za-z0-9_:]*", "the name of a metric, such as http_requests_total")]
MetricLabel = Annotated[str, form(r"(?!__)[A-Za-z_][A-Za-z0-9_]*", "the name of a label, such as service")]
LabelText = Annotated[str, Field(max_length=1024)]


class ApplicationMetricType(StrEnum):
    """The type of a metric that an application exposes."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"


class ApplicationMetricSettings(StrictModel):
    """A metric that an application exposes, so that rules may select it."""

    type: ApplicationMetricType = Field(
        description="Type of the metric; a histogram is named without `_bucket`, `_count` and `_sum`.",
        examples=["counter"],
    )
    labels: Mapping[MetricLabel, Sequence[LabelText]] = Field(
        default_factory=dict,
        description=(
            "Labels, each with all of its values, or an empty list for any. Those of its scrape, such as `namespace` "
            "and `pod`, need no mention. Default: none."
        ),
        examples=[{"service": [], "status": ["200", "500"]}],
    )


class AlertChange(StrictModel):
    """What a stack changes of an alert of the library or of the chart."""

    enabled: bool = Field(default=True, description="Whether the alert is there.", examples=[False])
    reason: str = Field(
        default="",
        max_length=500,
        description="Why the alert is not there; required with `enabled` false. Default: none.",
        examples=["The nodes are not ours."],
    )
    threshold: float | None = Field(
        default=None,
        ge=-1e15,
        le=1e15,
        description="Value that it fires beyond, in the unit of the alert. Default: that of the library.",
        examples=[0.02],
    )
    minimum: float | None = Field(
        default=None,
        ge=0,
        le=1e15,
        description="Traffic above which a ratio is looked at, per second. Default: that of the library.",
        examples=[1],
    )
    pending: Interval | None = Field(
        default=None,
        description="How long it holds before it fires (`for`). Default: that of the library.",
        examples=["10m"],
    )
    severity: Severity | None = Field(
        default=None, description="Severity. Default: that of the library.", examples=["warning"]
    )
    owner: Word | None = Field(
        default=None, description="Team that answers for it. Default: `owner`.", examples=["shop"]
    )


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
    objectives: Plain[Mapping[str, RuleFile]] = Field(
        default_factory=dict,
        description="Documents of OpenSLO v1 by the name of their file. Default: none.",
        examples=[{"checkout.yaml": {"apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": "checkout"}}}],
    )
    rules: Plain[Mapping[str, RuleFile]] = Field(
        default_factory=dict,
        description="Rule files of Prometheus, YAML that begins with `groups:`, by name. Default: none.",
        examples=[{"shop.yaml": {"groups": [{"name": "shop", "rules": [{"record": "a:b:c", "expr": "sum(up)"}]}]}}],
    )
    rule_tests: Plain[Mapping[str, RuleFile]] = Field(
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
    application_metrics: Plain[Mapping[MetricName, ApplicationMetricSettings]] = Field(
        default_factory=dict,
        description=(
            "Metrics of applications that rules and objectives may select: a rule on another metric is refused, as "
            "nothing produces it. Default: none."
        ),
        examples=[{"http_requests_total": {"type": "counter", "labels": {"service": [], "status": []}}}],
    )
    alerts: Plain[Mapping[AlertName, AlertChange]] = Field(
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
    producers: Plain[Sequence[Word]] = Field(
        default=("prometheus", "node-exporter", "kube-state-metrics", "kubelet", "cadvisor", "kube-apiserver"),
        description="What is deployed and scraped, so that rules may select its metrics.",
        examples=[["prometheus", "node-exporter"]],
    )
    log_rules: Plain[Mapping[str, RuleFile]] = Field(
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
    local_retention: Plain[Duration] = Field(
        default="15d", description="How long the Prometheus that evaluates rules keeps samples.", examples=["31d"]
    )
    long_term_ruler: Plain[bool] = Field(
        default=False,
        description="Whether a ruler of Thanos evaluates what needs samples of more than `local_retention`.",
        examples=[True],
    )
    rule_labels: Mapping[LabelKey, LabelValue] = Field(
        default_factory=dict,
        description="Labels of the PrometheusRules, by which the operator's Prometheus selects them. Default: none.",
        examples=[{"release": "kube-prometheus-stack"}],
    )

    @property
    def stated(self) -> Stated:
        """What is compiled."""
        return Stated(
            notifications=self,
            own_alertmanager=not self.alertmanager_url,
            objectives=self.objectives,
            objective_defaults=ObjectiveDefaults(
                owner=self.owner,
                dashboard_url=_objective_dashboard(self._links),
                runbook_url=self.runbook_url,
            ),
            rules=self.rules,
            rule_tests=self.rule_tests,
            log_rules=self.log_rules,
            runbooks=self.runbooks,
            runbook_url=self.runbook_url,
            links=self._links,
            available=Available(frozenset(self.producers), frozenset(self.application_metrics)),
            application_metrics={
                name: ApplicationMetric(metric.type.value, metric.labels)
                for name, metric in self.application_metrics.items()
            },
            overrides={name: AlertOverride(**change.model_dump()) for name, change in self.alerts.items()},
            owner=self.owner,
            external_labels=self.external_labels,
            local_retention=self.local_retention,
            long_term_ruler=self.long_term_ruler,
        )

    @cached_property
    def compiled(self) -> Compiled:
        """The rules and routes, with every problem of them."""
        return compile_alerting(self.stated)

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
        "rules",
        "objectives",
        "rule_tests",
        "log_rules",
        "runbooks",
        "alerts",
        "receivers",
        "routes",
        "inhibitions",
        "time_intervals",
        "default_receiver",
        "default_inhibitions",
        "dead_mans_switch",
        "smtp",
        "group_by",
        "producers",
        "application_metrics",
        "local_retention",
        "long_term_ruler",
        "alertmanager_url",
        "owner",
        "runbook_url",
        "grafana_url",
        "external_labels",
        "metrics_uid",
        "logs_uid",
    )
    def _nothing_is_silently_dead(self) -> Iterator[Violation]:
        for part, problem in self.compiled.problems:
            at: Location = (part.value,) if part.value else tuple(problem.place.split("."))
            yield Violation(f"{problem.place}: {problem.message}", {}, at)


def _objective_dashboard(links: Links) -> str:
    """Return the address that shows the budget of an objective, with `{service}` and `{slo}` in place of its names."""
    expr = f'{REMAINING}{{service="{{service}}",slo="{{slo}}"}}'
    address = links.dashboard("objectives", expr, Language.PROMQL, [])
    return address.replace("%7Bservice%7D", "{service}").replace("%7Bslo%7D", "{slo}")
