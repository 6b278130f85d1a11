"""The admission policy on monitors of namespaces with limits; tests/e2e/metrics has it refuse some."""

from typing import Any

import pytest

from components.metrics.monitor_limits import admission_policy, has_limits, policy_binding
from components.metrics.spec import MetricsSpec


def spec(**namespaces: Any) -> MetricsSpec:
    return MetricsSpec.check("Metrics", {"namespace": "monitoring", "namespace_limits": namespaces})


def test_each_limit_of_a_namespace_is_a_validation_of_its_monitors() -> None:
    limited = spec(shop={"samples_per_target": 500, "labels_per_sample": 20}, web={"samples_per_target": 900}, free={})
    messages = [each["message"] for each in admission_policy(limited)["validations"]]
    assert messages == [
        "spec.sampleLimit: must be 1 to 500 in namespace shop; set it",
        "spec.labelLimit: must be 1 to 20 in namespace shop; set it",
        "spec.sampleLimit: must be 1 to 900 in namespace web; set it",
    ]


def test_other_namespaces_are_none_of_its_business() -> None:
    expressions = policy_binding(spec(shop={"samples_per_target": 500}))["matchResources"]["namespaceSelector"]
    assert expressions == {
        "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["shop"]}]
    }


@pytest.mark.parametrize(("limits", "expected"), [({}, False), ({"samples_per_target": 500}, True)])
def test_a_namespace_without_a_limit_has_no_policy(limits: dict[str, int], expected: bool) -> None:
    assert has_limits(spec(shop=limits)) is expected
