"""`observability:alerting`: the settings of alerting, and what only a stack states of it."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from components._model import Plain
from components.alerting.producers import ForeignProducerName
from components.alerting.spec import AlertingSettings
from components.metrics.alertmanager import AlertmanagerSettings
from components.units import LabelText, MetricLabel

STACK = "{stack}"
"""What a directory has in place of the name of the stack: objectives read what the applications of one stack expose."""


class AlertingArea(AlertingSettings):
    """Settings under `observability:alerting`, of the stack's own Prometheus or of an existing one.

    With `metrics.kind: external`, rules are compiled where any of them is set.
    """

    objectives_directory: str = Field(
        default=f"slos/{STACK}",
        description=(
            "Directory with objectives in OpenSLO v1, relative to the stack files, where there is one; "
            f"`{STACK}` stands for the name of the stack. Empty for none."
        ),
        examples=["slos/production"],
    )
    rules_directory: str = Field(
        default=f"alerts/{STACK}",
        description=(
            "Directory with rule files of Prometheus and their tests (`*_test.yaml`), relative to the stack files, "
            f"where there is one; `{STACK}` stands for the name of the stack. Empty for none."
        ),
        examples=["alerts/production"],
    )
    runbooks_directory: str = Field(
        default="runbooks",
        description=(
            "Directory with the runbooks of the alerts in `rules_directory`, relative to the stack files, where there "
            f"is one; `{STACK}` stands for the name of the stack. Empty for none."
        ),
        examples=["docs/our-runbooks"],
    )
    producers: Plain[Sequence[ForeignProducerName]] = Field(
        default=(),
        description=(
            "What Prometheus scrapes beside what the stack deploys and sends, with the jobs and labels that an own "
            "Prometheus would give them: rules may select their metrics. Default: none."
        ),
        examples=[["kube-state-metrics", "node-exporter"]],
    )
    producer_labels: Plain[Mapping[ForeignProducerName, Mapping[MetricLabel, Sequence[LabelText]]]] = Field(
        default_factory=dict,
        description=(
            "Further producers, and those of `producers` whose targets have other labels than an own Prometheus would "
            "give them: each label with all of its values, empty for targets without it, or an empty list for any. "
            "Alerts of the library select the job that is stated alone. Default: none."
        ),
        examples=[{"node-exporter": {"job": ["node"], "namespace": ["monitoring"]}}],
    )

    alertmanager: Plain[AlertmanagerSettings] = Field(
        default_factory=AlertmanagerSettings,
        description="Size and address of the stack's own Alertmanager. Default: the default of each.",
        examples=[{"replicas": 2}],
    )

    @property
    def stated_producers(self) -> list[str]:
        """What is scraped beside what the stack deploys and sends, each once."""
        return [*dict.fromkeys([*self.producers, *self.producer_labels])]
