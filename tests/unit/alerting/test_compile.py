"""The labels that the checks of routes take alerts to have."""

import pytest

from components.alerting.compile import labels_as_sent
from components.alerting.liveness import Liveness
from components.alerting.producers import PRODUCERS
from components.alerting.routing import AlertLabels
from components.alerting.rules import Alert, Group, Language

EXTERNAL = {"cluster": "prod", "region": "eu"}
BY_NAMESPACE = 'sum by (namespace) (rate({namespace=~".+"} |= "error" [5m])) > 1'


def sent(expr: str, language: Language = Language.PROMQL, **labels: str) -> AlertLabels:
    group = Group("g", [Alert("A", expr, labels=labels)], "a.yaml", language=language)
    (found,) = labels_as_sent(group, Liveness([group], [PRODUCERS["node-exporter"]]), EXTERNAL)
    return found


@pytest.mark.parametrize(
    ("expr", "language", "own"),
    [
        ("sum by (instance) (node_load1) > 1", Language.PROMQL, "instance"),
        (BY_NAMESPACE, Language.LOGQL, "namespace"),
    ],
)
def test_every_ruler_adds_the_external_labels(expr: str, language: Language, own: str) -> None:
    found = sent(expr, language, severity="warning")
    assert found.fixed == {**EXTERNAL, "alertname": "A", "severity": "warning"}
    assert found.open == {own}


def test_a_label_of_the_rule_itself_stays() -> None:
    assert sent(BY_NAMESPACE, Language.LOGQL, cluster="staging").fixed["cluster"] == "staging"


@pytest.mark.parametrize(
    "expr",
    [BY_NAMESPACE.replace("(namespace)", "(cluster, namespace)"), 'rate({namespace=~".+"} |= "error" [5m]) > 1'],
)
def test_logs_may_be_of_another_cluster(expr: str) -> None:
    found = sent(expr, Language.LOGQL)
    assert "cluster" in found.open and "cluster" not in found.fixed
    assert found.fixed["region"] == "eu", "no label of logs"
