"""What every component of the library has in common, read off its public classes."""

import ast
import importlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

import components
from components._spec import Spec
from tests.recording import record
from tools.docs.components import python_name

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


SCHEMA = json.loads((Path(__file__).parents[1] / "golden" / "schema.json").read_text(encoding="utf-8"))
LATE = "must be known when the program runs, and is an output; set a plain value"


def refused_as_late(name: str, args: Mapping[str, Any]) -> set[str]:
    refused: set[str] = set()

    def build() -> Mapping[str, Any]:
        arguments = {field: value(pulumi.Output.from_input("x")) for field, value in args.items()}
        with pytest.raises(components.InvalidArgsError) as raised:
            getattr(components, name)("late", arguments)
        refused.update(problem.field for problem in raised.value.problems if problem.message == LATE)
        return {}

    record(build)
    return refused


@pytest.mark.parametrize("name", COMPONENTS)
def test_an_output_is_refused_in_words_exactly_where_the_schema_wants_plain_values(name: str) -> None:
    inputs = SCHEMA["resources"][f"observability:index:{name}"]["inputProperties"]
    plain = {python_name(field) for field, described in inputs.items() if described.get("plain")}
    everything = dict.fromkeys([*map(python_name, inputs), "no_such_argument"], lambda output: output)
    assert refused_as_late(name, everything) == plain


def test_an_output_within_a_plain_argument_is_refused_at_its_place() -> None:
    within: dict[str, Any] = {
        "workloads": lambda output: {"querier": {"replicas": output, "tolerations": [{"key": output}]}},
        "tenants": lambda output: ["a", output],
        "values": lambda output: {"loki": {"extra": output}},
    }
    assert refused_as_late("Logging", within) == {"workloads.querier.replicas", "tenants.1"}
