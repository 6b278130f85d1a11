"""Documents of OpenSLO: what is read of them, and every problem with its place."""

from decimal import Decimal
from typing import Any

import pytest
import yaml

from components.alerting.objectives import Indicator, Objective, ObjectiveDefaults, Query
from components.alerting.openslo import read_objectives
from tests.checkout import ROOT

DEFAULTS = ObjectiveDefaults(
    owner="platform",
    dashboard_url="https://grafana.example.org/d/slo?var-service={service}&var-slo={slo}",
    runbook_url="https://runbooks.example.org/{alert}.md",
)

SHOP = """\
apiVersion: openslo/v1
kind: Service
metadata:
  name: shop
  annotations:
    observability/owner: payments
    other.example.org/tier: "1"
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
  displayName: Availability
  labels: {team: payments, tags: [shop]}
  annotations:
    observability/sla: "0.995"
    observability/minimum-requests: "100"
    observability/impact: Customers cannot pay
    observability/runbook-url: https://wiki.example.org/shop#slo
spec:
  service: shop
  description: Requests are answered
  indicator:
    metadata: {name: server-errors}
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            type: Prometheus
            spec:
              query: sum(rate(http_requests_total{service="shop",status=~"5.."}[{{.window}}]))
        total:
          metricSource:
            type: Prometheus
            spec:
              query: http_requests_total{service="shop"}
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
"""


def read(*texts: str, defaults: ObjectiveDefaults = DEFAULTS) -> tuple[list[Objective], list[str]]:
    files = {f"slos/{number}.yaml": text for number, text in enumerate(texts)}
    objectives, problems = read_objectives(files, defaults)
    return list(objectives), [f"{problem.place}: {problem.message}" for problem in problems]


def documents() -> list[Any]:
    return list(yaml.safe_load_all(SHOP))


def problems_with(change: str) -> list[str]:
    """Return the problems of the documents after a statement that changes `service` or `slo`."""
    service, slo = documents()
    exec(change, {"service": service, "slo": slo, "spec": slo["spec"], "ratio": slo["spec"]["indicator"]["spec"]})
    _, problems = read_objectives({"slos": [service, slo]}, DEFAULTS)
    return [f"{problem.place}: {problem.message}" for problem in problems]


def test_an_objective_is_read_with_its_annotations_and_those_of_its_service() -> None:
    objectives, problems = read(SHOP)
    assert problems == []
    assert objectives == [
        Objective(
            service="shop",
            name="availability",
            description="Requests are answered",
            target=Decimal("0.999"),
            period="30d",
            indicator=Indicator(
                total=Query(('sum(rate(http_requests_total{service="shop"}[', "]))")),
                bad=Query(('sum(rate(http_requests_total{service="shop",status=~"5.."}[', "]))")),
            ),
            owner="payments",
            impact="Customers cannot pay",
            dashboard_url="https://grafana.example.org/d/slo?var-service=shop&var-slo=availability",
            runbook_url="https://wiki.example.org/shop#slo",
            place="slos/0.yaml:9: document 2 (SLO availability)",
            sla=Decimal("0.995"),
            minimum_requests=100,
        )
    ]


def test_the_example_of_the_documentation_is_read() -> None:
    text = (ROOT / "docs" / "objectives.md").read_text()
    (objective,), problems = read(text.partition("```yaml\n")[2].partition("```")[0])
    assert problems == []
    assert (objective.service, objective.owner, objective.sla) == ("payment-api", "payments", Decimal("0.995"))


def test_data_is_read_like_text() -> None:
    (of_text,), _ = read(SHOP)
    (of_data,), problems = read_objectives({"slos": documents()}, DEFAULTS)
    assert problems == ()
    assert of_data.place == "slos: document 2 (SLO availability)"
    assert of_text.indicator == of_data.indicator


def test_a_percentage_is_the_same_ratio() -> None:
    (objective,), _ = read(SHOP.replace("target: 0.999", "targetPercent: 99.9"))
    assert objective.target == Decimal("0.999")
    assert objective.error_budget == Decimal("0.001")


def test_four_weeks_are_28_days() -> None:
    (objective,), _ = read(SHOP.replace("30d", "4w"))
    assert objective.period == "28d"


def test_an_indicator_may_be_a_document_of_another_file() -> None:
    service, slo = documents()
    indicator = slo["spec"].pop("indicator")
    slo["spec"]["indicatorRef"] = "server-errors"
    sli = {"apiVersion": "openslo/v1", "kind": "SLI", **indicator}
    (referring,), problems = read(yaml.safe_dump_all([service, slo]), yaml.safe_dump(sli))
    (inline,), _ = read(SHOP)
    assert problems == []
    assert referring.indicator == inline.indicator


def test_a_latency_is_the_bucket_of_its_limit_over_the_count() -> None:
    bucket = 'sum(rate(http_request_duration_seconds_bucket{service="shop",le="0.3"}[{{.window}}]))'
    text = SHOP.replace("bad:", "good:").replace(
        'sum(rate(http_requests_total{service="shop",status=~"5.."}[{{.window}}]))', bucket
    )
    (objective,), problems = read(text)
    assert problems == []
    assert objective.indicator.good and 'le="0.3"' in objective.indicator.good.over("5m")


def test_probes_are_counted_by_their_samples() -> None:
    text = (
        SHOP.replace("counter: true", "counter: false")
        .replace("bad:", "good:")
        .replace('sum(rate(http_requests_total{service="shop",status=~"5.."}[', "sum(sum_over_time(probe_success[")
        .replace('http_requests_total{service="shop"}', "sum(count_over_time(probe_success[{{.window}}]))")
    )
    (objective,), problems = read(text)
    assert problems == []
    assert not objective.indicator.per_second


def test_empty_documents_are_no_documents() -> None:
    objectives, problems = read(f"---\n{SHOP}---\n", "")
    assert len(objectives) == 1
    assert problems == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("spec['objectives'][0]['target'] = 1", "spec.objectives[0].target = 1: must be more than 0 and less than 1"),
        ("spec['objectives'][0]['target'] = 0", "spec.objectives[0].target = 0: must be more than 0"),
        ("spec['objectives'][0]['target'] = 99.9", "set one such as 0.999; 99.9 is a targetPercent"),
        ("spec['objectives'][0]['target'] = '0.9'", "must be a number"),
        ("spec['objectives'][0]['target'] = True", "must be a number"),
        ("spec['objectives'][0]['target'] = float('nan')", "must be more than 0 and less than 1"),
        ("spec['objectives'] = [{'targetPercent': 100}]", "targetPercent = 100: must be more than 0 and less than 100"),
        ("spec['objectives'] = [{'targetPercent': 0}]", "targetPercent = 0: must be more than 0"),
        ("spec['objectives'] = [{}]", "spec.objectives[0]: must have either target or targetPercent; set one"),
        ("spec['objectives'][0]['targetPercent'] = 99.9", "must have either target or targetPercent; remove one"),
        ("spec['objectives'] *= 2", "spec.objectives: must have one item; write a document for each"),
        ("spec['objectives'] = []", "spec.objectives: must have at least 1 items"),
        ("spec['objectives'][0]['op'] = 'lte'", 'op = "lte": is outside of the subset: goes with thresholdMetric'),
        ("spec['objectives'][0]['timeSliceTarget'] = 0.9", "outside of the subset: goes with the budgeting method"),
        ("spec['budgetingMethod'] = 'Timeslices'", "must be Occurrences"),
        ("spec['timeWindow'][0]['duration'] = '7d'", 'spec.timeWindow[0].duration = "7d": must be 28d or 30d'),
        ("spec['timeWindow'][0]['isRolling'] = False", "isRolling = false: must be true"),
        ("spec['timeWindow'][0].pop('isRolling')", "spec.timeWindow[0].isRolling: is missing"),
        ("spec['timeWindow'][0]['calendar'] = {}", "spec.timeWindow[0].calendar: is outside of the subset"),
        ("spec['alertPolicies'] = ['a']", "spec.alertPolicies: is outside of the subset: alerts follow"),
        ("spec['colour'] = 'red'", 'spec.colour = "red": is not a field; remove it'),
        ("spec.pop('description')", "spec.description: is missing"),
        ("spec.pop('indicator')", "spec: must have either indicator or indicatorRef; set one"),
        ("spec['indicatorRef'] = 'x'", "spec: must have either indicator or indicatorRef; remove one"),
        ("spec['service'] = 'shpo'", 'spec.service = "shpo": must be the name of a document of kind Service; did'),
        (
            "del spec['indicator']; spec['indicatorRef'] = 'x'",
            'spec.indicatorRef = "x": must be the name of a document',
        ),
        ("ratio['thresholdMetric'] = {}", "thresholdMetric: is outside of the subset: only ratios have"),
        ("ratio['ratioMetric']['raw'] = {}", "ratioMetric.raw: is outside of the subset"),
        ("ratio['ratioMetric'].pop('bad')", "ratioMetric: must have either good or bad; set one"),
        ("ratio['ratioMetric']['good'] = ratio['ratioMetric']['bad']", "must have either good or bad; remove one"),
        ("ratio['ratioMetric'].pop('total')", "ratioMetric.total: is missing"),
        ("ratio['ratioMetric']['counter'] = False", "has queries that count increases of a counter; set counter: true"),
        ("ratio['ratioMetric']['bad']['metricSource']['type'] = 'Datadog'", 'type = "Datadog": must be Prometheus'),
        ("ratio['ratioMetric']['bad']['metricSource']['metricSourceRef'] = 'x'", "write type: Prometheus"),
        (
            "ratio['ratioMetric']['bad']['metricSource']['spec']['query'] = 'sum(increase(x[{{.window}}]))'",
            "counts events in one query by increase and in the other by rate",
        ),
        ("slo['metadata']['name'] = 'a b'", 'metadata.name = "a b"'),
        ("slo['apiVersion'] = 'openslo/v1alpha'", 'apiVersion = "openslo/v1alpha": must be openslo/v1'),
        ("slo['kind'] = 'AlertPolicy'", 'kind = "AlertPolicy": is outside of the subset, as alerts follow'),
        ("slo['kind'] = 'DataSource'", 'kind = "DataSource": is outside of the subset, as queries go'),
        ("slo['kind'] = 'Slo'", 'kind = "Slo": must be one of Service, SLI, SLO'),
        ("slo['metadata']['annotations']['observability/sla'] = '0.999'", "must be below the target 0.999"),
        ("slo['metadata']['annotations']['observability/sla'] = '99.5'", "must be a ratio of more than 0"),
        ("slo['metadata']['annotations']['observability/sla'] = 'NaN'", "must be a ratio of more than 0"),
        ("slo['metadata']['annotations']['observability/sla'] = 0.995", "must be text"),
        ("slo['metadata']['annotations']['observability/ownr'] = 'x'", "did you mean observability/owner?"),
        ("slo['metadata']['annotations']['observability/owner'] = ''", "must have at least 1 characters"),
        ("slo['metadata']['annotations']['observability/minimum-requests'] = '-1'", "must be a whole number"),
        ("service['metadata']['annotations']['observability/dashboard-url'] = 'grafana'", "must be a URL"),
        ("service['spec'] = {'owner': 'x'}", 'spec.owner = "x": is not a field'),
    ],
)
def test_what_is_outside_of_the_subset_is_refused(change: str, expected: str) -> None:
    (problem,) = problems_with(change)
    assert expected in problem


@pytest.mark.parametrize("field", ["owner", "dashboard-url", "runbook-url"])
def test_what_every_alert_has_comes_from_an_annotation_or_a_default(field: str) -> None:
    text = "\n".join(line for line in SHOP.splitlines() if f"observability/{field}" not in line)
    objectives, problems = read(text, defaults=ObjectiveDefaults())
    assert objectives == []
    assert any(f"observability/{field} is missing" in problem for problem in problems)


def test_all_problems_are_told_at_once_with_their_lines() -> None:
    broken = (
        SHOP.replace("target: 0.999", "target: 1")
        .replace('status=~"5.."}[{{.window}}]))', 'status=~"5.."}[{{.window}}])')
        .replace("  description: Requests are answered\n", "")
    )
    again = SHOP.replace("service: shop\n", "service: store\n")
    objectives, problems = read(broken, again)
    assert objectives == []
    assert problems == [
        "slos/0.yaml:20: document 2 (SLO availability): spec.description: is missing; set it",
        "slos/0.yaml:31: document 2 (SLO availability): "
        "spec.indicator.spec.ratioMetric.bad.metricSource.spec.query = "
        '"sum(rate(http_requests_total{service=\\"shop\\",status=~\\"5..\\"}[{{.window}}])": '
        "must be PromQL (unclosed left parenthesis); correct it",
        "slos/0.yaml:42: document 2 (SLO availability): spec.objectives[0].target = 1: must be more than 0 and less "
        "than 1, as an objective of 1 leaves no error budget; set one such as 0.999",
        'slos/1.yaml:4: document 1 (Service shop): metadata.name = "shop": is the name of the Service in '
        "slos/0.yaml:4: document 1 (Service shop) too; rename or remove one",
        'slos/1.yaml:21: document 2 (SLO availability): spec.service = "store": must be the name of a document of '
        "kind Service; add the document, or correct the name",
    ]


def test_two_objectives_of_one_service_have_two_names() -> None:
    slo = SHOP.split("---\n")[1]
    _, problems = read(f"{SHOP}---\n{slo}")
    (problem,) = problems
    assert 'slos/0.yaml:48: document 3 (SLO availability): metadata.name = "availability"' in problem
    assert "is the name of the SLO of shop in slos/0.yaml:12" in problem


def test_objectives_of_two_services_may_have_one_name() -> None:
    objectives, problems = read(SHOP, SHOP.replace(": shop\n", ": store\n"))
    assert problems == []
    assert [(one.service, one.name) for one in objectives] == [("shop", "availability"), ("store", "availability")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{SHOP}---\na: [1\n", "slos/0.yaml:46: must be valid YAML"),
        (SHOP.replace("  service: shop\n", "  service: shop\n  service: store\n"), "slos/0.yaml:22: service: is set"),
        ("- apiVersion: openslo/v1\n", "document 1: document = "),
        ("just text\n", "must be a map; begin it with apiVersion: openslo/v1"),
    ],
)
def test_files_that_are_no_documents_are_refused_with_the_line(text: str, expected: str) -> None:
    _, problems = read(text)
    assert any(expected in problem for problem in problems), problems


def test_the_documents_before_an_error_of_yaml_are_read() -> None:
    objectives, problems = read(f"{SHOP}---\na: [1\n")
    assert len(objectives) == len(problems) == 1
