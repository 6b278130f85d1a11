"""What Alloy itself says of its configurations, and how it is asked: a script in its place records its arguments."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.charts import ALLOY
from components.telemetry.alloy.values import alloy_values
from tests.unit.telemetry.alloy.examples import CONFIGURATIONS
from tests.unit.telemetry.examples import config_of, telemetry_spec
from tools.contract import check
from tools.contract.alloy_validate import Configuration, configurations, validated
from tools.render import ReleaseSummary, Rendering

from .conftest import manifest

NEWEST, OLDEST = ALLOY.versions[0], ALLOY.versions[-1]
SCRIPT = """\
#!{python}
import pathlib, sys
if sys.argv[1:] == ["--version"]:
    print("alloy, version v{version} (branch: HEAD, revision: 0123456)")
    sys.exit()
calls = pathlib.Path({calls!r})
said = calls.read_text() if calls.exists() else ""
text = pathlib.Path(sys.argv[-1]).read_text()
calls.write_text(said + " ".join(sys.argv[1:]) + ": " + text)
if "wrong" in text:
    print('Error: config.alloy:1:1: unrecognized attribute name "wrong"\\n\\n1 | wrong\\n  | ^', file=sys.stderr)
    sys.exit("Error: validation failed")
"""


@pytest.fixture
def alloy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put an Alloy of a version alone on PATH, and return the file that it records its calls in."""

    def put(version: str) -> Path:
        calls, file = tmp_path / "calls", tmp_path / "bin" / "alloy"
        file.parent.mkdir()
        file.write_text(SCRIPT.format(python=sys.executable, version=version, calls=str(calls)))
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(file.parent))
        return calls

    return put


def rendered(rendering: Callable[..., Rendering], text: str, **values: Any) -> Rendering:
    """Return a rendering of a ConfigMap that a release of the newest chart runs."""
    release = ReleaseSummary(
        name="alloy",
        namespace="apps",
        chart="alloy",
        version=NEWEST,
        chart_path=Path(),
        source="",
        stand_in=True,
        values={"alloy": {"configMap": {"name": "collectors-config"}, **values}},
        objects=1,
    )
    maps = [manifest("ConfigMap", name, data={"config.alloy": text}) for name in ("collectors-config", "another")]
    return replace(rendering(*maps), releases=(release,))


def test_a_configuration_is_validated_at_the_stability_level_of_its_release(
    rendering: Callable[..., Rendering], alloy: Callable[[str], Path]
) -> None:
    calls = alloy("1.18.1")
    for level in ({}, {"stabilityLevel": "public-preview"}):
        report = check(rendered(rendering, "logging { }\n", **level))
        assert [str(each) for each in report.findings if "alloy" in str(each)] == []
        assert report.checked[0].startswith("1 configuration of Alloy by `alloy validate` of 1.18.1 (")
        assert report.unchecked == ()
    assert calls.read_text().splitlines() == [
        "validate --stability.level=generally-available config.alloy: logging { }",
        "validate --stability.level=public-preview config.alloy: logging { }",
    ]


def test_what_alloy_refuses_is_a_violation(rendering: Callable[..., Rendering], alloy: Callable[[str], Path]) -> None:
    alloy("1.19.0")
    validation = validated(configurations(rendered(rendering, "wrong = 1\n")))
    assert [str(each) for each in validation.findings] == [
        "ConfigMap apps/collectors-config: config.alloy: alloy 1.19.0 refuses it: "
        'config.alloy:1:1: unrecognized attribute name "wrong"'
    ]


@pytest.mark.parametrize(
    ("version", "checked"), [("1.18.1", 2), ("1.18.0", 1), ("1.12.2", 1), ("1.12.1", 0), ("2.0.0", 0)]
)
def test_an_alloy_is_asked_about_the_configurations_of_its_version_and_of_older_ones(
    version: str, checked: int, alloy: Callable[[str], Path]
) -> None:
    calls = alloy(version)
    validation = validated([Configuration("a", "", NEWEST), Configuration("b", "", OLDEST)])
    assert (calls.read_text().count("validate") if checked else 0) == checked
    assert len(validation.checked) == bool(checked) and len(validation.unchecked) == (checked < 2)
    if checked == 1:
        (message,) = validation.unchecked
        assert message.startswith("1 configuration of Alloy by `alloy validate`: ")
        assert message.endswith(f" is {version}, and theirs is 1.18.1")


def test_without_an_alloy_the_report_says_what_is_not_checked(
    rendering: Callable[..., Rendering], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    report = check(rendered(rendering, "logging { }\n"))
    assert report.unchecked == ("1 configuration of Alloy by `alloy validate`: alloy is not on PATH",)
    assert check(rendering()).unchecked == ()


def test_a_real_alloy_accepts_every_recorded_configuration() -> None:
    given = [
        Configuration(
            name,
            config_of(role=role, chart_version=version, **changes),
            version,
            alloy_values(telemetry_spec(chart_version=version, **changes), role)["alloy"].get(
                "stabilityLevel", "generally-available"
            ),
        )
        for version in ALLOY.versions
        for name, (role, changes) in CONFIGURATIONS.items()
    ]
    validation = validated(given)
    assert [str(each) for each in validation.findings] == []
    if not validation.checked:
        pytest.skip("; ".join(validation.unchecked))
