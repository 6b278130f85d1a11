"""What every component of the library has in common, read off its public classes."""

import ast
import importlib
import inspect
from pathlib import Path
from typing import Any

import pulumi
import pytest

import components
from components._spec import Spec

COMPONENTS = sorted(name.removesuffix("Args") for name in components.__all__ if name.endswith("Args"))


def module_of(name: str) -> Any:
    return importlib.import_module(getattr(components, name).__module__)


def specification(name: str) -> type[Spec]:
    spec: type[Spec] = getattr(module_of(name), f"{name}Spec")
    return spec


def described(class_: type) -> dict[str, str]:
    """The docstring below each annotation of a class."""
    tree = ast.parse(Path(inspect.getfile(class_)).read_text(encoding="utf-8"))
    (body,) = [node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_.__name__]
    found = {}
    for field, text in zip(body, [*body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            constant = text.value if isinstance(text, ast.Expr) else None
            is_text = isinstance(constant, ast.Constant) and isinstance(constant.value, str)
            found[field.target.id] = str(constant.value) if is_text and isinstance(constant, ast.Constant) else ""
    return found


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_arguments_are_the_fields_of_the_specification(name: str) -> None:
    args, spec = getattr(components, f"{name}Args"), specification(name)
    assert set(args.__annotations__) == set(spec.model_fields)


@pytest.mark.parametrize("name", COMPONENTS)
def test_an_argument_is_required_exactly_when_the_specification_has_no_default(name: str) -> None:
    required = {field for field, info in specification(name).model_fields.items() if info.is_required()}
    assert set(getattr(components, f"{name}Args").__required_keys__) == required


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_argument_and_output_is_described(name: str) -> None:
    for class_ in (getattr(components, f"{name}Args"), getattr(components, name)):
        missing = [field for field, text in described(class_).items() if not text]
        assert missing == [], f"{class_.__name__} says nothing about {missing}"


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_constructor_takes_a_name_the_arguments_and_options(name: str) -> None:
    component = getattr(components, name)
    assert issubclass(component, pulumi.ComponentResource)
    assert list(inspect.signature(component.__init__).parameters) == ["self", "name", "args", "opts"]
