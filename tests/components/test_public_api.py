"""The public names of the library, and the packages that importing them loads."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import components
from components._plugin import component_classes
from tests.checkout import ROOT

PROVIDERS = {"pulumi_kubernetes", "pulumi_aws", "pulumi_random"}
SPECS = sorted((ROOT / "components").rglob("spec*.py"))
PUBLIC = list(components.__all__)
NOT_AWS = [name for name in PUBLIC if not name.startswith("Aws")]


def modules_after(*statements: str) -> list[set[str]]:
    """Every module that a new interpreter has loaded once it has run each of these statements."""
    code = "\n".join(["import sys", *(f"{statement}\nprint(*sys.modules)" for statement in statements)])
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [set(line.split()) for line in done.stdout.splitlines()]


def imports_of(path: Path) -> Iterator[str]:
    """The dotted name of every module that a file of the project imports."""
    package = path.parent.relative_to(ROOT).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*parent, *([node.module] if node.module else [])))
            for alias in node.names:
                submodule = f"{module}.{alias.name}"
                yield submodule if file_of(submodule) else module


def file_of(module: str) -> Path | None:
    """The file of a module or package of the project."""
    place = ROOT / module.replace(".", "/")
    return next((file for file in (place.with_name(f"{place.name}.py"), place / "__init__.py") if file.is_file()), None)


def providers_behind(path: Path) -> dict[str, Path]:
    """The provider SDKs that a module imports, itself or through modules of the project, each with its importer.

    The packages that an imported module lies in are left out: they import the component beside the specification.
    """
    found: dict[str, Path] = {}
    seen, left = {path}, [path]
    while left:
        importer = left.pop()
        for name in imports_of(importer):
            file = file_of(name)
            if name.partition(".")[0] in PROVIDERS:
                found.setdefault(name.partition(".")[0], importer.relative_to(ROOT))
            elif file is not None and file not in seen:
                seen.add(file)
                left.append(file)
    return found


def test_the_public_names_are_sorted_and_each_is_named_once() -> None:
    assert sorted(set(PUBLIC)) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    found = getattr(components, name)
    assert found.__name__ == name
    assert (found.__doc__ or "").strip(), f"{name} says nothing about itself"
    assert name in dir(components), "completion in an editor lists what there is"


def test_a_star_import_gives_exactly_the_public_names() -> None:
    imported: dict[str, object] = {}
    exec("from components import *", imported)
    assert sorted(name for name in imported if not name.startswith("__")) == PUBLIC


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Mimir'"):
        components.Mimir  # noqa: B018 (the access is what is tested)


def test_every_component_comes_with_its_arguments() -> None:
    for component in component_classes():
        assert f"{component.__name__}Args" in PUBLIC


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """The modules that an interpreter has loaded after each of these imports, one after the other."""
    statements = {
        "package": "import components",
        "not on AWS": f"from components import {', '.join(NOT_AWS)}",
        "all": f"from components import {', '.join(PUBLIC)}",
    }
    return dict(zip(statements, modules_after(*statements.values()), strict=True))


def test_the_library_knows_neither_the_settings_nor_the_tools(loaded: dict[str, set[str]]) -> None:
    own = {"config", "wiring", "tools", "sandbox", "tests"}
    assert not own & {module.partition(".")[0] for module in loaded["all"]}, "the wheel ships components alone"


def test_importing_the_package_loads_every_component_but_those_for_aws(loaded: dict[str, set[str]]) -> None:
    assert {"pulumi_kubernetes", "components.storage.external", "components.tracing.component"} <= loaded["package"]
    assert not {"pulumi_aws", "components.storage.aws"} & loaded["package"]


def test_what_is_not_on_aws_never_loads_its_package(loaded: dict[str, set[str]]) -> None:
    assert "pulumi_aws" not in loaded["not on AWS"], "it is an optional dependency"
    assert "pulumi_aws" in loaded["all"]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_specification_imports_no_provider_sdk(path: Path) -> None:
    assert not providers_behind(path)


def test_the_provider_sdks_behind_a_component_are_found() -> None:
    found = providers_behind(ROOT / "components/ingress/component.py")
    assert found.keys() == {"pulumi_kubernetes", "pulumi_random"}
    assert found["pulumi_random"] == Path("components/_passwords.py")


def test_the_program_of_a_stack_without_aws_never_loads_its_package() -> None:
    program = "from pathlib import Path; from tools.program import program_of, record; "
    (loaded,) = modules_after(f"{program} record(program_of(Path(), 'dev'), stack='dev')")
    assert "components.logging" in loaded and "pulumi_aws" not in loaded
