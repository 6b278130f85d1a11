"""The table of settings: values with their origin, and no secret among them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.settings.__main__ import lines, main
from tools.settings.table import Row, rows, shown

STACK = """\
config:
  aws:region: eu-west-1
  aws:accessKey: FAKEKEY
  aws:secretKey: {secure: v1:abc}
  observability:cluster: {storage_class: gp3}
  observability:logging: {replicas: 2, cpu: 300m}
  observability:ingress: {kind: traefik, domain: obs.example.org}
  observability:ui_users: {secure: v1:abc}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.test.yaml").write_text(STACK)
    return tmp_path


def test_every_setting_has_its_value_and_where_that_comes_from(project: Path) -> None:
    table = {row.setting: (row.value, row.origin) for row in rows(project, "test")}
    assert table["cluster.storage_class"] == ("gp3", "stack file")
    assert table["logging.storage_class"] == ("gp3", "derived from cluster.storage_class")
    assert table["logging.replicas"] == ("2", "stack file")
    assert table["logging.replication_factor"][0] == "2"
    assert table["logging.replication_factor"][1].startswith("derived from")
    assert table["logging.volume_size"] == ("10Gi", "default")
    assert table["logging.workloads.loki"][0].startswith("2 with 300m CPU")
    assert table["retention.traces"] == ("14d", "default")
    assert table["aws:region"] == ("eu-west-1", "stack file")


def test_words_of_switches_without_quotes_are_text_as_for_the_engine(project: Path) -> None:
    text = "config: {logging: {cluster_label: off}, cluster: {context: yes, name: on}}\n"
    (project / "Pulumi.test.yaml").write_text(text)
    table = {row.setting: (row.value, row.origin) for row in rows(project, "test")}
    assert table["logging.cluster_label"] == ("off", "stack file")
    assert (table["cluster.context"][0], table["cluster.name"][0]) == ("yes", "on")


def test_a_secret_is_named_and_not_shown(project: Path) -> None:
    table = {row.setting: row.value for row in rows(project, "test")}
    assert [table[key] for key in ("ui_users", "aws:accessKey", "aws:secretKey")] == ["[secret]"] * 3
    assert not any("v1:abc" in value or "FAKEKEY" in value for value in table.values())


def test_invalid_settings_are_reported_in_place_of_the_table(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "Pulumi.test.yaml").write_text("config: {observability:logging: {replica: 2}}\n")
    monkeypatch.chdir(project)
    monkeypatch.setattr("sys.argv", ["settings", "--stack", "test"])
    assert main() == 1
    assert "observability:logging.replica = 2: unknown setting" in capsys.readouterr().err


def test_the_columns_are_as_wide_as_their_longest_value() -> None:
    assert list(lines([Row("a.long.place", "1", "default"), Row("b", "value", "stack file")])) == [
        "setting       value  origin",
        "a.long.place  1      default",
        "b             value  stack file",
    ]


def test_values_are_written_on_one_line() -> None:
    assert (shown(None), shown({}), shown(False), shown(0)) == ("-", "-", "false", "0")
    assert shown({"a": ["b"]}) == '{"a": ["b"]}'
    assert len(shown("x" * 200)) == 60


def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", "from tools.settings.__main__ import show; show('row\\n' * 100_000)"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
