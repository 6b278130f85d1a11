"""`make rehearse`: what it prints, and that it fails where no page arrives or nothing can be rehearsed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from components.alerting.rules import Alert, Case, Firing, Group
from tests.checkout import ROOT
from tools.alerts import __main__ as command
from tools.alerts.local import Page

FIRES = Case("Down fires", {"up": "0x20"}, [Firing("10m", "Down", [{"severity": "critical"}])])
GROUP = Group("targets", [Alert("Down", "up == 0")], "x", cases=[FIRES])
PAGE = Page("pager", "firing", [{"labels": {"alertname": "Down"}, "annotations": {"summary": "It is down"}}], {})


@pytest.fixture
def rehearse(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command with a page that arrives, or none, for a stack that has receivers, or none."""

    def run(*words: str, page: Page | None = PAGE, notifies: bool = True, programs: bool = True) -> int:
        stated = SimpleNamespace(own_alertmanager=True, notifies=notifies)
        spec = SimpleNamespace(stated=stated, compiled=None, tested=SimpleNamespace(all_groups=[GROUP]))
        monkeypatch.setattr(command, "alerting_of", lambda *_: spec)
        monkeypatch.setattr(command, "configuration", lambda *_: {})
        monkeypatch.setattr(command, "rehearse", lambda *_: page)
        monkeypatch.setattr("shutil.which", lambda name: name if programs else None)
        monkeypatch.setattr("sys.argv", ["tools.alerts", *words])
        return command.main()

    return run


def test_a_page_that_arrives_is_printed(rehearse: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert rehearse("--alert", "Down", "--seconds", "60") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Down: Prometheus and Alertmanager run on this machine; rules and routes are compiled from stack dev.",
        "Receivers post to this command. Prometheus scrapes the series of the test 'Down fires':",
        "  up  0x20",
        "In real time the alert has fired after 10m, here after about 60 s; then Alertmanager waits for its group.",
        "firing Down → pager  ()",
        "  summary        It is down",
    ]


@pytest.mark.parametrize(
    ("arguments", "changes", "reason"),
    [
        (["--alert", "Down"], {"page": None}, "no page of Down arrived"),
        (["--alert", "Dwon"], {}, "error: Dwon is no alert"),
        (["--alert", "Down"], {"notifies": False}, "has no Alertmanager of its own; set alerting.receivers"),
        (["--alert", "Down"], {"programs": False}, "not on PATH: prometheus, alertmanager; make rehearse puts them"),
    ],
)
def test_a_rehearsal_without_a_page_fails_with_the_reason(
    rehearse: Any, arguments: list[str], changes: dict[str, Any], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rehearse(*arguments, **changes) == 1
    assert reason in capsys.readouterr().err


def test_a_stack_that_is_not_there_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr("sys.argv", ["tools.alerts", "--alert", "Down", "--stack", "none"])
    assert command.main() == 1
    assert capsys.readouterr().err.startswith("error: there is no stack 'none'")
