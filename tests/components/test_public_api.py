"""The names that the library gives away, and what importing them costs."""

import subprocess
import sys
from pathlib import Path

import pytest

import components
from components._package import component_classes

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = list(components.__all__)
NOT_AWS = [name for name in PUBLIC if not name.startswith("Aws")]


def modules_after(statement: str) -> set[str]:
    """Every module that a new interpreter has loaded once it has run `statement`."""
    code = f"import sys\n{statement}\nprint(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_public_names_are_sorted_and_each_is_named_once() -> None:
    assert sorted(set(PUBLIC)) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    found = getattr(components, name)
    assert found.__name__ == name
    assert (found.__doc__ or "").strip(), f"{name} says nothing about itself"
    assert name in dir(components), "completion in an editor lists what there is"


def test_a_star_import_gives_exactly_the_public_names() -> None:
    given: dict[str, object] = {}
    exec("from components import *", given)
    assert sorted(name for name in given if not name.startswith("__")) == PUBLIC


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Thanos'"):
        components.Thanos  # noqa: B018 (the access is what is tested)


def test_every_component_comes_with_its_arguments() -> None:
    for component in component_classes():
        assert f"{component.__name__}Args" in PUBLIC


def test_the_library_knows_neither_the_settings_nor_the_tools() -> None:
    loaded = modules_after(f"from components import {', '.join(PUBLIC)}")
    own = {"config", "wiring", "tools", "sandbox", "tests"}
    assert not own & {module.partition(".")[0] for module in loaded}, "the wheel ships components alone"


def test_importing_the_package_loads_no_provider() -> None:
    loaded = modules_after("import components")
    assert not {"pulumi_kubernetes", "pulumi_aws", "pulumi_random", "pulumi"} & loaded


def test_what_is_not_on_aws_never_loads_its_package() -> None:
    loaded = modules_after(f"from components import {', '.join(NOT_AWS)}")
    assert "pulumi_kubernetes" in loaded
    assert "pulumi_aws" not in loaded, "it costs time and memory that only a stack on AWS should pay"


def test_the_program_of_a_stack_without_aws_never_loads_its_package() -> None:
    program = "from pathlib import Path; from tools.program import program_of, record; "
    loaded = modules_after(f"{program} record(program_of(Path(), 'dev'), stack='dev')")
    assert "components.logging" in loaded and "pulumi_aws" not in loaded


def test_what_is_on_aws_loads_its_package() -> None:
    assert "pulumi_aws" in modules_after("from components import AwsObjectStorage")
