"""Rules on logs as a stack gives them: in its file, in a directory, or wrongly."""

from pathlib import Path

import pytest
import yaml

import wiring.files_beside
from config import SettingsError
from tests.program.programs import stack

LINES = 'sum by (namespace) (rate({namespace=~".+"}[5m]))'
CONTENT = {"groups": [{"name": "g", "rules": [{"record": "namespace:lines:rate5m", "expr": LINES}]}]}
RULER = {"ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}
BUCKET = {"rule_source": "bucket", "lokitool_image": "acme/lokitool:3.7.7"}


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of rules where the stack files are."""
    monkeypatch.setattr(wiring.files_beside, "ROOT", tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "disk.yml").write_text(yaml.safe_dump(CONTENT), encoding="utf-8")
    (tmp_path / "rules" / "README.md").write_text("none", encoding="utf-8")
    return tmp_path


def test_files_of_the_stack_and_of_the_directory_are_one_set(beside: Path) -> None:
    recording = stack(logging={**RULER, "rules": {"errors.yaml": CONTENT}, "rules_directory": "rules"})
    data = recording.one(":ConfigMap", "logging-rules-fake").plain()["data"]
    files = {path: yaml.safe_load(text) for path, text in data.items()}
    assert files.pop("observability-alerts.yaml")["groups"], "the library's, which the ruler evaluates too"
    assert files == {"errors.yaml": CONTENT, "disk.yml": CONTENT}


def test_alerts_on_logs_have_the_labels_of_those_on_metrics() -> None:
    recording = stack(cluster={"name": "prod-eu1"}, logging=RULER, metrics={"external_labels": {"region": "eu"}})
    loki, prometheus = (
        recording.one(":Release", name).plain()["values"] for name in ("logging-loki", "metrics-prometheus")
    )
    external = {"cluster": "prod-eu1", "region": "eu"}
    assert loki["loki"]["structuredConfig"]["ruler"]["external_labels"] == external
    assert prometheus["prometheus"]["prometheusSpec"]["externalLabels"] == external


def test_a_file_in_both_and_a_directory_that_is_none_are_refused(beside: Path) -> None:
    with pytest.raises(SettingsError, match=r"has disk\.yml, which the stack file has too"):
        stack(logging={**RULER, "rules": {"disk.yml": CONTENT}, "rules_directory": "rules"})
    with pytest.raises(SettingsError, match=r"there is no directory .*nowhere; create it"):
        stack(logging={**RULER, "rules_directory": "nowhere"})


def test_a_wrong_rule_is_refused_before_anything_is_created() -> None:
    with pytest.raises(SettingsError, match=r"""observability:logging\.rules\["a\.yaml"\] = .*group 'g': """):
        stack(logging={**RULER, "rules": {"a.yaml": {"groups": [{"name": "g"}]}}})


def test_a_job_fills_the_bucket_of_logs() -> None:
    recording = stack(logging={**RULER, "rules": {"errors.yaml": CONTENT}, **BUCKET})
    assert recording.one(":Job", "logging-rules").plain()["metadata"]["namespace"] == "logging"


def test_a_bucket_that_others_share_takes_no_rules() -> None:
    external = {
        "kind": "external",
        "endpoint": "https://s3.example.org",
        "shared_bucket": "acme",
        "credentials": {"logs": "loki-login", "traces": "tempo-login"},
    }
    with pytest.raises(
        SettingsError,
        match=r'logging\.rule_source = "bucket": .*outside bucket_prefix loki.*\n.*rule_source config-maps',
    ):
        stack(logging={**RULER, **BUCKET}, storage=external)


def test_a_file_that_is_no_utf8_is_refused_by_name(beside: Path) -> None:
    (beside / "rules" / "latin.yaml").write_bytes("groups: [] # \xe9".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"latin\.yaml must be text in UTF-8, and has another byte at 13"):
        stack(logging={**RULER, "rules_directory": "rules"})
