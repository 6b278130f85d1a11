"""`Alerting` as a program registers it."""

from typing import Any

import pulumi
import pytest
import yaml

from components.alerting import Alerting, AlertingArgs
from tests import shop_alerting
from tests.recording import Recording, record_component

ARGS: AlertingArgs = {"namespace": "monitoring", "local_retention": "31d", **shop_alerting.SETTINGS}  # type: ignore[typeddict-item]
FILES: AlertingArgs = {"namespace": "monitoring", "existing_prometheus": True, "rules_as": "config-maps"}


def groups_of(recording: Recording) -> list[dict[str, Any]]:
    """Return the groups of all ConfigMaps."""
    files = [text for item in recording.of_type(":ConfigMap") for name, text in sorted(item.plain()["data"].items())]
    return [group for text in files for group in yaml.safe_load(text)["groups"]]


def test_rules_are_objects_of_the_operator_or_the_same_as_files() -> None:
    objects = record_component(Alerting, ARGS)
    files = record_component(Alerting, {**ARGS, **FILES})
    assert not objects.of_type(":ConfigMap") and not files.of_type(":PrometheusRule")
    rules = objects.of_type(":PrometheusRule")
    assert [group for item in rules for group in item.plain()["spec"]["groups"]] == groups_of(files)
    assert objects.outputs["rule_config_maps"] == []


def test_a_config_map_has_a_file_of_its_own_name_and_a_label_for_a_sidecar() -> None:
    recording = record_component(Alerting, {**ARGS, **FILES, "rule_labels": {"team": "sre"}})
    config_maps = recording.of_type(":ConfigMap")
    assert recording.outputs["rule_config_maps"] == [item.plain()["metadata"]["name"] for item in config_maps]
    for item in config_maps:
        metadata = item.plain()["metadata"]
        assert list(item.plain()["data"]) == [f"{metadata['name']}.yaml"]
        assert metadata["namespace"] == "monitoring"
        assert metadata["labels"].items() >= {"prometheus_rule": "", "team": "sre"}.items()


@pytest.mark.parametrize("preview", [True, False])
def test_a_preview_says_what_an_existing_prometheus_has_to_load(preview: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda message, *_: said.append(message))
    record_component(Alerting, ARGS, preview=preview)
    assert not said, "nothing of the Prometheus of Metrics"
    record_component(Alerting, {**ARGS, **FILES}, preview=preview)
    assert bool(said) is preview
    assert all("ConfigMap monitoring/alerting-rules" in text for text in said[:1])
