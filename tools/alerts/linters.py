"""What promtool, amtool and lokitool say of compiled alerting, each where it is on PATH."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.alerting.alertmanager_config import alertmanager_templates
from components.alerting.compile import configuration
from components.alerting.rules import Language
from components.alerting.spec import AlertingSpec

from . import promtool


@dataclass(frozen=True)
class Lint:
    """What was found, and what was not looked at."""

    problems: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def lint(spec: AlertingSpec) -> Lint:
    """Return what the programs refuse of rules, their tests, the configuration of Alertmanager and rules on logs."""
    checks: Mapping[str, tuple[str, Callable[[AlertingSpec, Path], Iterator[str]]]] = {
        "promtool": ("rules and their tests", _rules),
        "amtool": ("the configuration of Alertmanager and its templates", _configuration),
        "lokitool": ("rules on logs", _log_rules),
    }
    problems: list[str] = []
    unchecked: list[str] = []
    for program, (what, check) in checks.items():
        if shutil.which(program) is None:
            unchecked.append(f"{what}: {program} is not on PATH")
            continue
        with tempfile.TemporaryDirectory() as directory:
            problems += (f"{program}: {text}" for text in check(spec, Path(directory)) if text)
    return Lint(tuple(problems), tuple(unchecked))


def _rules(spec: AlertingSpec, directory: Path) -> Iterator[str]:
    groups = [group for group in spec.tested.all_groups if group.language is Language.PROMQL]
    yield promtool.failures(_within(directory, "compiled"), groups)
    users = _within(directory, "users")
    for path, text in {**spec.rules, **spec.rule_tests}.items():
        (users / path).parent.mkdir(parents=True, exist_ok=True)
        (users / path).write_text(text, encoding="utf-8")
    for path in spec.rule_tests:
        yield _said(["promtool", "test", "rules", Path(path).name], (users / path).parent)


def _configuration(spec: AlertingSpec, directory: Path) -> Iterator[str]:
    if not spec.stated.own_alertmanager or not spec.stated.notifies:
        return
    content: dict[str, Any] = {
        **configuration(spec.stated, spec.compiled),
        "templates": [str(directory / name) for name in alertmanager_templates()],
    }
    for name, text in alertmanager_templates().items():
        (directory / name).write_text(text, encoding="utf-8")
    (directory / "alertmanager.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    yield _said(["amtool", "check-config", "alertmanager.yaml"], directory)


def _log_rules(spec: AlertingSpec, directory: Path) -> Iterator[str]:
    groups = [group.rendered() for group in spec.compiled.log_groups]
    own = {"library.yaml": yaml.safe_dump({"groups": groups})} if groups else {}
    for path, text in {**own, **spec.log_rules}.items():
        file = directory / path.replace("/", "-")
        file.write_text(text, encoding="utf-8")
        yield _said(["lokitool", "rules", "lint", "--dry-run", file.name], directory)


def _within(directory: Path, name: str) -> Path:
    made = directory / name
    made.mkdir()
    return made


def _said(command: list[str], directory: Path) -> str:
    """Return what a command wrote where it failed; empty where it did not."""
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}".strip() if done.returncode else ""
