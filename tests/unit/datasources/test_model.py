"""Links cannot be written the wrong way round."""

from pathlib import Path
from typing import Any

import pytest
from mypy import api

from components.datasources.model import After, Before, LinePattern, LogsLink, Loki
from tests.checkout import ROOT

LOKI = Loki("loki", "Loki")

SNIPPET = """\
from components.datasources.model import After, Before, LogsLink, Loki, Tempo, TraceLink, LogLabel
loki, tempo = Loki("loki", "Loki"), Tempo("tempo", "Tempo")
LogsLink(target=loki, start={start}, end={end}, tags=())
TraceLink(field=LogLabel("trace_id"), target={target})
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where snippets are checked, each with what mypy knows of the model from those before."""
    return tmp_path_factory.mktemp("snippets")


def type_errors(directory: Path, monkeypatch: pytest.MonkeyPatch, **parts: str) -> list[str]:
    source = directory / f"snippet_{len([*directory.glob('*.py')])}.py"
    source.write_text(SNIPPET.format(**({"start": "Before(5)", "end": "After(5)", "target": "tempo"} | parts)))
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    options = [
        "--strict",
        "--config-file=",
        "--follow-imports=skip",
        "--explicit-package-bases",
        "--namespace-packages",
    ]
    report, failure, _ = api.run([*options, f"--cache-dir={directory}", "components/datasources/model.py", str(source)])
    assert not failure, failure
    return [line for line in report.splitlines() if "error:" in line]


def test_a_link_with_the_right_types_passes_mypy(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert type_errors(directory, monkeypatch) == []


@pytest.mark.parametrize(
    "wrong", [{"start": "After(5)"}, {"end": "Before(5)"}, {"start": "-5"}, {"target": "loki"}, {"target": '"tempo"'}]
)
def test_a_wrong_direction_or_target_is_a_type_error(
    wrong: dict[str, str], directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(type_errors(directory, monkeypatch, **wrong)) == 1


@pytest.mark.parametrize(
    ("start", "end", "place"), [(After(5), After(5), "start"), (Before(5), Before(5), "end"), (-5, After(5), "start")]
)
def test_a_shift_in_the_wrong_direction_is_refused_at_run_time(start: Any, end: Any, place: str) -> None:
    with pytest.raises(TypeError, match=f"^{place} = "):
        LogsLink(target=LOKI, start=start, end=end, tags=())


@pytest.mark.parametrize("shift", [Before, After])
def test_a_shift_has_no_sign_of_its_own(shift: type[Before] | type[After]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        shift(-5)


@pytest.mark.parametrize(
    ("regex", "message"), [("trace_id=\\w+", "must have a group"), ("trace_id=(", "must be a regular expression")]
)
def test_a_pattern_that_cannot_find_a_trace_id_is_refused(regex: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LinePattern("traceID", regex)
