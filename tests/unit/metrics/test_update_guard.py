"""Updates of Prometheus that lose or hide samples."""

from typing import Any

from components.metrics.spec import GuardedChange, MetricsSpec
from components.metrics.update_guard import update_problems
from components.metrics.values import metrics_values

PAIR: dict[str, Any] = {"replicas": 2, "objstore_secret": "thanos-objstore"}


def values(**args: Any) -> dict[str, Any]:
    return metrics_values(MetricsSpec.check("Metrics", {"namespace": "monitoring", **args}))


def test_what_loses_nothing_passes() -> None:
    assert update_problems(values(), values(cpu="1", memory="4Gi", retention="30d")) == []
    assert update_problems(values(), values(external_labels={"env": "prod"})) == [], "nothing is in a bucket"


def test_the_chart_of_earlier_versions_goes_only_when_that_is_said() -> None:
    old = {"server": {"retention": "15d"}}
    (problem,) = update_problems(old, values())
    assert problem.startswith('chart = "kube-prometheus-stack": must not change from "prometheus" in one update')
    assert "docs/operations.md" in problem and 'allow_changes ["chart"]' in problem
    assert update_problems(old, values(), allowed=[GuardedChange.CHART]) == []


def test_volumes_change_only_after_their_claims() -> None:
    problems = update_problems(values(), values(volume_size="20Gi", storage_class="fast"))
    assert [problem.split(" = ")[0] for problem in problems] == ["volume_size", "storage_class"]
    assert update_problems(values(), values(volume_size="20Gi"), allowed=[GuardedChange.VOLUMES]) == []


def test_volumes_of_alertmanager_change_only_after_their_claims() -> None:
    own = {"config_secret": "alertmanager-config"}
    problems = update_problems(values(alertmanager=own), values(alertmanager={**own, "volume_size": "2Gi"}))
    assert [problem.split(" = ")[0] for problem in problems] == ["alertmanager.volume_size"]
    assert (
        update_problems(values(), values(alertmanager=own)) == update_problems(values(alertmanager=own), values()) == []
    )


def test_labels_of_series_in_the_bucket_change_only_when_that_is_said() -> None:
    old, new = values(external_labels={"cluster": "a"}, **PAIR), values(external_labels={"cluster": "b"}, **PAIR)
    (problem,) = update_problems(old, new)
    assert problem.startswith("external_labels = ") and 'allow_changes ["labels"]' in problem
    assert update_problems(old, new, allowed=[GuardedChange.LABELS]) == []


def test_thanos_is_added_without_losing_what_is_not_in_the_bucket() -> None:
    (problem,) = update_problems(values(), values(objstore_secret="thanos-objstore", retention="48h"))
    assert problem.startswith('retention = "48h": must not change from "15d"')
    assert "metrics.long_term.local_retention" in problem and 'allow_changes ["retention"]' in problem
    assert update_problems(values(), values(objstore_secret="thanos-objstore")) == []
    with_bucket = values(objstore_secret="thanos-objstore", retention="15d")
    assert update_problems(with_bucket, values(objstore_secret="thanos-objstore", retention="48h")) == []


def test_thanos_is_not_removed_unseen() -> None:
    (problem,) = update_problems(values(objstore_secret="thanos-objstore"), values())
    assert problem.startswith("objstore_secret: must not be removed")
    assert update_problems(values(objstore_secret="o"), values(), allowed=[GuardedChange.RETENTION]) == []
