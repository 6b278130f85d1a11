"""Objectives and alerts in directories beside the stack files: each stack reads its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import wiring.files_beside
from tests import shop_alerting
from tests.program.programs import record_stack, refused
from tools.program.stacks import with_settings
from wiring.alerting import unread_files

METRICS: Any = shop_alerting.SETTINGS["application_metrics"]
ONE: dict[str, Any] = {"retention": {"metrics": "31d"}, "alerting": {"application_metrics": METRICS}}
WITHOUT: dict[str, Any] = {"logging": {"kind": "external", "url": "https://loki.example.org"}}
WITHOUT |= {"tracing": {"kind": "external", "otlp_endpoint": "tempo.example.org:4317"}, "grafana": {"enabled": False}}
WITHOUT |= {"metrics": {"kind": "external", "remote_write_url": "https://prom.example.org/api/v1/write"}}


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the stack files, with the objectives of the stack `shop`."""
    monkeypatch.setattr(wiring.files_beside, "ROOT", tmp_path)
    _write(tmp_path / "slos" / "shop" / "shop.yaml")
    return tmp_path


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    documents = [shop_alerting.SERVICE, shop_alerting.AVAILABILITY]
    path.write_text(yaml.safe_dump_all(documents), encoding="utf-8")


def _config(**areas: Any) -> dict[str, Any]:
    return {"aws:region": "eu-west-1", "cluster": {"name": "test"}, **areas}


def _objectives(name: str, **areas: Any) -> bool:
    recording = record_stack(_config(**areas), name=name)
    return "slo-shop-availability" in str([each.plain() for each in recording.of_type(":PrometheusRule")])


def _unread(name: str, **areas: Any) -> list[str]:
    return with_settings(_config(**areas), name, lambda settings, _: [*unread_files(settings)])


def test_a_stack_reads_the_directory_of_its_name_alone(beside: Path) -> None:
    assert _objectives("shop", **ONE)
    assert not _objectives("other"), "and without the metrics of the shop"
    assert _unread("shop", **ONE) == _unread("other") == []


def test_several_stacks_may_name_one_directory(beside: Path) -> None:
    alerting = {**ONE["alerting"], "objectives_directory": "slos/shop"}
    assert _objectives("other", **{**ONE, "alerting": alerting})
    assert _objectives("shop", **{**ONE, "alerting": {**alerting, "objectives_directory": "slos/{stack}"}})
    assert "nowhere/test" in refused(alerting={"objectives_directory": "nowhere/{stack}"})


def test_files_that_no_stack_reads_are_named(beside: Path) -> None:
    _write(beside / "slos" / "lost.yaml")
    _write(beside / "alerts" / "lost.yaml")
    assert _unread("shop", **ONE) == [
        "slos has a file of no stack, which this one does not read: move them to slos/shop, or set "
        "alerting.objectives_directory to slos in the stacks that are to read them",
        "alerts has a file of no stack, which this one does not read: move them to alerts/shop, or set "
        "alerting.rules_directory to alerts in the stacks that are to read them",
    ]


def test_objectives_of_a_stack_without_alerting_are_named_and_no_error(beside: Path) -> None:
    record_stack(_config(**WITHOUT), name="shop")
    assert _unread("shop", **WITHOUT) == [
        "slos/shop has a file, which this stack does not compile: metrics.kind is external, and nothing in "
        "observability:alerting is set"
    ]
