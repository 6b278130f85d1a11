"""What promtool, amtool and lokitool say of compiled alerting, each where it is on PATH."""

import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from components.alerting.alertmanager_config import alertmanager_templates
from components.alerting.compile import configuration
from components.alerting.rules import Group, Language
from components.alerting.spec import AlertingSpec

from . import promtool
from .programs import unusable

_NO_REASON = re.compile(r"^\s*(Checking .*|Unit Testing: .*|SUCCESS.*|FAILED:?)?\s*$")
_LOKITOOL_ERROR = re.compile(r'msg="unable parse rules file" error="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Problem:
    """What a program refuses."""

    program: str
    reason: str
    """What it says, behind the file of a user."""


@dataclass(frozen=True)
class Lint:
    """What was found, and what was not looked at."""

    problems: tuple[Problem, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Check:
    program: str
    what: str
    """What it checks, where there is such a thing."""
    run: Callable[[AlertingSpec, Path], Iterator[str]]


def lint(spec: AlertingSpec) -> Lint:
    """Return what the programs refuse of rules, their tests, the configuration of Alertmanager and rules on logs."""
    problems: list[Problem] = []
    unchecked: list[str] = []
    for check in _checks(spec):
        if reason := unusable(check.program):
            unchecked.append(f"{check.what}: {reason}")
            continue
        with tempfile.TemporaryDirectory() as directory:
            problems += (Problem(check.program, reason) for reason in check.run(spec, Path(directory)))
    return Lint(tuple(problems), tuple(unchecked))


def _checks(spec: AlertingSpec) -> Iterator[_Check]:
    yield _Check("promtool", "alert rules, their templates and tests", _rules)
    if spec.stated.own_alertmanager and spec.stated.notifies:
        yield _Check("amtool", "the configuration of Alertmanager and its templates", _configuration)
    if _log_files(spec):
        yield _Check("lokitool", "rules on logs", _log_rules)


def _rules(spec: AlertingSpec, directory: Path) -> Iterator[str]:
    for path, text in {**spec.rules, **spec.rule_tests}.items():
        _within(directory, path).parent.mkdir(parents=True, exist_ok=True)
        _within(directory, path).write_text(text, encoding="utf-8")
    refused = [
        reason for path in spec.rules for reason in _reasons(_promtool(directory, "check", str(_within(Path(), path))))
    ]
    yield from refused
    for path in spec.rule_tests if not refused else ():
        test = _within(directory, path)
        if said := "\n".join(_reasons(_promtool(test.parent, "test", test.name))):
            yield f"{path}: {said}"
    yield from _reasons(promtool.failures(directory, list(_compiled(spec))))


def _within(directory: Path, path: str) -> Path:
    return directory.joinpath(*(part for part in PurePosixPath(path).parts if part not in ("/", "..")))


def _compiled(spec: AlertingSpec) -> Iterator[Group]:
    """Yield the groups of rules on metrics that are in no file of a user."""
    for group in spec.tested.all_groups:
        if group.language is Language.PROMQL and group.place not in spec.rules:
            yield group


def _promtool(directory: Path, what: str, file: str) -> str:
    # The keys of files are checked when they are compiled, and a group of Thanos has one that promtool does not know.
    options = ["--ignore-unknown-fields", *(["--lint=all", "--lint-fatal"] if what == "check" else [])]
    return _said(["promtool", what, "rules", *options, file], directory)


def _configuration(spec: AlertingSpec, directory: Path) -> Iterator[str]:
    content: dict[str, Any] = {
        **configuration(spec.stated, spec.compiled),
        "templates": [str(directory / name) for name in alertmanager_templates()],
    }
    for name, text in alertmanager_templates().items():
        (directory / name).write_text(text, encoding="utf-8")
    (directory / "alertmanager.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    yield from _reasons(_said(["amtool", "check-config", "alertmanager.yaml"], directory))


def _log_files(spec: AlertingSpec) -> dict[str, str]:
    groups = [group.rendered() for group in spec.compiled.log_groups]
    return {**({"library.yaml": yaml.safe_dump({"groups": groups})} if groups else {}), **spec.log_rules}


def _log_rules(spec: AlertingSpec, directory: Path) -> Iterator[str]:
    for path, text in _log_files(spec).items():
        (directory / "rules.yaml").write_text(text, encoding="utf-8")
        if said := _said(["lokitool", "rules", "lint", "--dry-run", "rules.yaml"], directory):
            errors = [re.sub(r"\\(.)", r"\1", error) for error in _LOKITOOL_ERROR.findall(said)]
            yield from (f"{path}: {error}" for error in errors or [said])


def _reasons(said: str) -> Iterator[str]:
    """Yield the lines of an output that are neither progress nor success."""
    return (line.rstrip() for line in said.splitlines() if not _NO_REASON.match(line))


def _said(command: list[str], directory: Path) -> str:
    """Return what a command wrote where it failed; empty where it did not."""
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}".strip() if done.returncode else ""
