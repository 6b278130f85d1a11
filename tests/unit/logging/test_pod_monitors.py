"""The PodMonitors of what the ServiceMonitor of the chart does not select."""

from typing import Any

import pytest

from components.charts import LOKI
from components.logging.pod_monitors import pod_monitors
from tests.unit.logging.examples import BUCKET, ZONES, spec_of


@pytest.mark.parametrize("version", LOKI.versions)
def test_pattern_ingesters_and_the_rollout_operator_are_scraped_where_they_run(version: str) -> None:
    def parts(**args: Any) -> set[str]:
        return set(pod_monitors(spec_of(BUCKET, chart_version=version, replicas=3, **args)))

    distributed: dict[str, Any] = {"mode": "distributed", "service_monitor": True}
    assert parts(**distributed) == set()
    assert parts(**distributed, pattern_ingester=True, ingester_zones=ZONES) == {"pattern-ingester", "rollout-operator"}
    assert parts(service_monitor=True, pattern_ingester=True) == set(), "it runs in the pods of all others"
    assert parts(mode="distributed", pattern_ingester=True) == set(), "nothing reads it"


def test_a_pod_monitor_selects_the_pods_of_its_part_of_the_release_alone() -> None:
    found = pod_monitors(spec_of(BUCKET, mode="distributed", replicas=3, service_monitor=True, pattern_ingester=True))
    assert found["pattern-ingester"]["selector"]["matchLabels"] == {
        "app.kubernetes.io/name": "loki",
        "app.kubernetes.io/instance": "loki",
        "app.kubernetes.io/component": "pattern-ingester",
    }
