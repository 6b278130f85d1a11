"""What Loki indexes of the logs that the collectors send by OTLP."""

from components._log_labels import OTLP_INDEX_LABELS, IndexLabel
from components.telemetry.labels import otlp_index_labels
from components.telemetry.spec import TelemetrySettings

SERVICE = {"service.name", "service.namespace", "deployment.environment", "deployment.environment.name"}


def test_every_label_of_the_settings_is_indexed_once_and_no_other_one_of_the_policy() -> None:
    settings = TelemetrySettings.model_validate(
        {
            "index_labels": ["namespace", "filename"],
            "extra_labels": {"environment": "production"},
            "processors": {
                "fields": {"kind": "json", "labels": {"team": "owner", "environment": "env"}},
                "more": {"kind": "logfmt", "labels": {"shop": "shop"}},
            },
        }
    )
    names = otlp_index_labels(settings)
    assert set(names) == SERVICE | {"cluster", "level", "namespace", "filename", "environment", "team", "shop"}
    assert len(names) == len(set(names))


def test_with_every_label_the_list_is_that_of_loki_and_the_name_of_the_file() -> None:
    names = otlp_index_labels(TelemetrySettings(index_labels=list(IndexLabel)))
    assert set(names) == {*OTLP_INDEX_LABELS, "filename"}
