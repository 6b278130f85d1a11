"""The documents and workflows: what they name is there."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

import components
from config.secrets import SECRET_KEYS
from config.settings import AREAS
from config.storage import STORAGE_KINDS
from tests.checkout import ROOT
from tools.program import record

DOCUMENTS = sorted(
    path
    for place in (".", "docs", "examples")
    for path in (ROOT.glob("*.md") if place == "." else (ROOT / place).rglob("*.md"))
    if not {".venv", "node_modules"} & set(path.parts)
)
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))

_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_PYTHON = re.compile(r"^```python\n(?P<program>.*?)^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(?P<text>.+)$", re.MULTILINE)
_MAKE = re.compile(r"(?:`|^ *)make (?P<target>[a-z][a-z0-9-]*)", re.MULTILINE)
_STACK = re.compile(r"(?:STACK=|--stack )(?P<stack>[a-z][a-z0-9-]*)")
_SETTING = re.compile(r"observability:(?P<place>[a-z_]+(?:\.[a-z_]+)*)(?P<token>:)?")

EXAMPLE_STACKS = {"prod", "try"}
"""Stacks that the documents tell a reader to make."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def heading_anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings as GitHub makes them."""
    headings = (match["text"].lower() for match in _HEADING.finditer(_FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def problems_of_links(path: Path) -> Iterator[str]:
    for match in _LINK.finditer(_FENCE.sub("", path.read_text())):
        target, _, anchor = match["target"].partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        linked = (path.parent / target).resolve() if target else path
        if not linked.exists():
            yield f"{target} is not there"
        elif anchor and anchor not in heading_anchors(linked.read_text()):
            yield f"{target} has no heading #{anchor}"


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def is_mapping(annotation: Any) -> bool:
    origins = [annotation, *get_args(annotation)]
    return any(getattr(each, "__origin__", None) in (dict, Mapping) or "Mapping" in str(each) for each in origins)


def is_setting(models: Sequence[type[BaseModel]], path: list[str]) -> bool:
    """Whether `path` leads through fields, and the keys of maps, of any of `models`."""
    if not path:
        return True
    for model in models:
        field = model.model_fields.get(path[0])
        if field is None:
            continue
        inner, rest = list(models_in(field.annotation)), path[1:]
        if is_setting(inner, rest) or (is_mapping(field.annotation) and is_setting(inner, rest[1:])):
            return True
    return False


def settings_named(text: str) -> set[str]:
    tokens = ("index", "observability")
    return {
        match["place"]
        for match in _SETTING.finditer(text)
        if match["place"].split(".")[0] not in tokens and not text[: match.start()].endswith("::")
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    assert list(problems_of_links(path)) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_make_command_of_a_document_is_a_target_of_the_makefile(path: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {match["target"] for match in _MAKE.finditer(path.read_text())} - targets == set()


def test_the_readme_has_every_target_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets - {match["target"] for match in _MAKE.finditer((ROOT / "README.md").read_text())} == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_stack_of_a_command_has_a_file_or_is_one_to_make(path: Path) -> None:
    stacks = {file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml")}
    named = {match["stack"] for match in _STACK.finditer(path.read_text())}
    assert named - stacks - EXAMPLE_STACKS == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_setting_of_a_document_is_one_that_a_stack_may_have(path: Path) -> None:
    models = {area: [model] for area, model in AREAS.items()} | {"storage": list(STORAGE_KINDS.values())}
    unknown = {
        place
        for place in settings_named(path.read_text())
        for area, *fields in [place.split(".")]
        if area not in SECRET_KEYS and (area not in models or not is_setting(models[area], fields))
    }
    assert unknown == set()


def test_an_invented_setting_would_be_found() -> None:
    models = list(STORAGE_KINDS.values())
    assert is_setting(models, ["buckets", "logs"])
    assert not is_setting(models, ["bucketz"])
    assert settings_named("`observability:logging.replicas` of observability:index:Logging") == {"logging.replicas"}


def test_the_settings_table_of_the_readme_has_every_area() -> None:
    named = {place.split(".")[0] for place in settings_named((ROOT / "README.md").read_text())}
    assert set(AREAS) - named == set()


@pytest.mark.parametrize(
    ("document", "program"),
    [(name_of(path), match["program"]) for path in DOCUMENTS for match in _PYTHON.finditer(path.read_text())],
)
def test_a_program_in_a_document_runs(document: str, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pulumi_observability", components)
    recording = record(lambda: exec(compile(program, document, "exec"), {}))
    if "pulumi_observability" in program:
        assert recording.of_type("helm.sh/v3:Release"), "it installs something"


def test_the_licence_is_the_one_that_the_package_declares() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()


def steps_of(path: Path) -> Iterator[Mapping[str, Any]]:
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        yield from job["steps"]


def test_every_workflow_uses_one_version_of_an_action() -> None:
    used = {step["uses"] for path in WORKFLOWS for step in steps_of(path) if "uses" in step}
    assert len(used) == len({each.partition("@")[0] for each in used}), sorted(used)
    assert "pulumi/actions@v7" in used


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_a_workflow_can_write_only_with_permissions_of_a_job(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    written = {name for name, access in document["permissions"].items() if access == "write"}
    assert written <= {"id-token"}, "comments are written by single jobs"


def test_a_fork_gets_no_preview_with_secrets() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/preview.yaml").read_text())["jobs"]
    guarded = "github.event.pull_request.head.repo.full_name == github.repository"
    with_secrets = [job for job in jobs.values() if "secrets." in yaml.safe_dump(job)]
    assert with_secrets
    assert all(job["if"] == guarded for job in with_secrets)


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_no_shell_of_a_workflow_holds_an_expression(path: Path) -> None:
    scripts = [step["run"] for step in steps_of(path) if "run" in step]
    assert [script for script in scripts if "${{" in script] == [], "an expression in a script runs what others wrote"
