"""The base of every specification: arguments are checked at once, and again once outputs are known."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
import pytest
from pydantic import Field

from components._model import Plain, StrictModel, placeholder
from components._spec import REMOVE, InvalidArgsError, Spec, Violation, rule
from tests.fixes import fix_of
from tests.recording import record


class ExampleSpec(Spec):
    replicas: int = Field(default=1, ge=1)
    copies: int = 1
    admin_password: str = "long enough"

    @rule("replicas", "copies")
    def _each_copy_has_a_replica(self) -> str | None:
        if self.replicas < self.copies:
            return f"{self.copies} copies need as many replicas: raise replicas or lower copies"
        return None


def test_every_problem_is_reported_with_its_field_and_value() -> None:
    with pytest.raises(InvalidArgsError) as raised:
        ExampleSpec.check('Example "x"', {"replicas": 0, "copy": 2})
    message = str(raised.value)
    assert message.startswith('Example "x": 2 problems')
    assert "replicas = 0" in message
    assert "copy = 2: unknown argument; remove it, or correct its name" in message


@pytest.mark.parametrize("args", [None, "replicas", 3])
def test_arguments_that_are_no_mapping_are_one_sentence(args: Any) -> None:
    with pytest.raises(InvalidArgsError, match="must be a mapping of arguments to their values"):
        ExampleSpec.check('Example "x"', args)


def test_a_rule_over_two_fields_is_reported_at_the_first() -> None:
    with pytest.raises(InvalidArgsError, match=r"replicas = 1: 3 copies need as many replicas"):
        ExampleSpec.check("Example", {"copies": 3})


def test_the_value_of_a_secret_field_is_not_shown() -> None:
    with pytest.raises(InvalidArgsError) as raised:
        ExampleSpec.check("Example", {"admin_password": 4242})
    assert "4242" not in str(raised.value)


def test_credentials_in_an_address_are_not_shown() -> None:
    with pytest.raises(InvalidArgsError) as raised:
        ExampleSpec.check("Example", {"replicas": "http://user:hunter2@s3"})
    assert "//[hidden]@s3" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_an_output_is_let_through_and_checked_once_it_is_known() -> None:
    def build() -> pulumi.Output[ExampleSpec]:
        spec = ExampleSpec.check("Example", {"replicas": pulumi.Output.from_input(1), "copies": 3})
        return spec.resolve("Example")

    with pytest.raises(InvalidArgsError, match="3 copies need as many replicas"):
        record(build)


def test_a_whole_number_that_arrives_as_a_float_is_taken_as_an_integer() -> None:
    assert ExampleSpec.check("Example", {"replicas": 3.0}).replicas == 3


def test_a_rule_runs_beside_a_wrong_field_that_it_does_not_read() -> None:
    with pytest.raises(InvalidArgsError) as raised:
        ExampleSpec.check("Example", {"admin_password": 5, "copies": 3, "copy": 2})
    assert [problem.field for problem in raised.value.problems] == ["admin_password", "copy", "replicas"]


def test_problems_that_follow_from_a_wrong_value_are_not_reported() -> None:
    with pytest.raises(InvalidArgsError) as raised:
        ExampleSpec.check("Example", {"replicas": "two", "copies": 3})
    assert [problem.message for problem in raised.value.problems] == ["must be a whole number; set one"]


class Part(StrictModel):
    size: int = 1


class NestedSpec(Spec):
    mode: Plain[str] = "one"
    labels: Mapping[str, str] = Field(default_factory=dict)
    names: Sequence[str] = ()
    parts: Plain[Mapping[str, Part]] = Field(default_factory=dict)
    zones: Plain[Sequence[str]] = ()
    values: Plain[Mapping[str, Any]] = Field(default_factory=dict)

    @rule("parts", "mode")
    def _parts_are_small(self) -> Iterator[Violation]:
        for name, part in self.parts.items():
            if part.size == 8:
                yield Violation("is too large: remove it", at=("parts", name, "size"))
            if part.size == 9:
                yield Violation("is too large: set 7", {f"parts.{name}.size": 7}, at=("parts", name, "size"))

    @rule("mode")
    def _mode_is_possible(self) -> str | Violation | None:
        if self.mode == "secret":
            return Violation("is possible once only", {"mode": "one"}, secret=True)
        return "is not possible: remove it" if self.mode == "none" else None

    @rule("names", "mode")
    def _names_are_needed(self) -> Violation | None:
        return Violation("is missing", {"names": ["a"]}) if self.mode == "named" and not self.names else None


def later(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


@pytest.mark.parametrize(
    ("args", "places"),
    [
        ({"mode": later("one")}, ["mode"]),
        ({"parts": later({})}, ["parts"]),
        ({"parts": {"a": later({})}}, ["parts.a"]),
        ({"parts": {"a": {"size": later(1)}, "b": {"size": 2}}}, ["parts.a.size"]),
        ({"zones": ["a", later("b"), later("c")]}, ["zones.1", "zones.2"]),
        ({"mode": later("one"), "zones": [later("a")]}, ["mode", "zones.0"]),
    ],
)
def test_a_plain_field_refuses_an_output_at_any_depth(args: dict[str, Any], places: list[str]) -> None:
    def build() -> None:
        NestedSpec.check("Nested", args)

    with pytest.raises(InvalidArgsError) as raised:
        record(build)
    assert [problem.field for problem in raised.value.problems] == places
    assert all("must be known when the program runs" in problem.message for problem in raised.value.problems)


def test_a_value_of_any_type_may_hold_an_output_in_a_plain_field() -> None:
    spec = NestedSpec.check("Nested", {"values": {"loki": {"url": later("http://loki")}}})
    assert isinstance(spec.values["loki"]["url"], pulumi.Output)


@pytest.mark.parametrize(
    "args",
    [
        {"labels": later({"a": "b"}), "names": later(["c", "d"])},
        {"labels": {"a": later("b")}, "names": ["c", later("d")]},
    ],
)
def test_outputs_within_maps_and_lists_are_resolved_in_place(args: dict[str, Any]) -> None:
    def build() -> dict[str, pulumi.Output[Any]]:
        spec = NestedSpec.check("Nested", args)
        assert isinstance(spec.labels, pulumi.Output) and isinstance(spec.names, pulumi.Output)
        known = spec.resolve("Nested")
        return {"labels": known.apply(lambda s: dict(s.labels)), "names": known.apply(lambda s: list(s.names))}

    assert record(build).outputs == {"labels": {"a": "b"}, "names": ["c", "d"]}


def test_a_nested_output_is_checked_once_it_is_known() -> None:
    def build() -> pulumi.Output[NestedSpec]:
        return NestedSpec.check("Nested", {"labels": {"a": later(5)}}).resolve("Nested")

    with pytest.raises(InvalidArgsError, match=r"labels\.a = 5: must be text"):
        record(build)


def test_rules_that_read_an_invalid_argument_are_skipped() -> None:
    args = {"mode": "named", "parts": {"a": {"size": 8}}}
    assert {problem.field for problem in NestedSpec.find_problems(args)} == {"names", "parts.a.size"}
    assert [problem.field for problem in NestedSpec.find_problems(args, invalid={"names"})] == ["parts.a.size"]
    assert NestedSpec.find_problems(args, invalid={"mode"}) == []


def test_an_invalid_argument_is_not_reported_again_and_need_not_be_given() -> None:
    assert NestedSpec.find_problems({"mode": 5, "parts": {"a": {"size": 9}}}, invalid={"mode"}) == []
    assert NestedSpec.find_problems({"zones": "a"}, invalid={"zones", "unknown"}) == []
    (problem,) = NestedSpec.find_problems({"parts": {"a": {"size": "x"}}, "mode": 5}, invalid={"mode"})
    assert (problem.field, problem.location) == ("parts.a.size", ("parts", "a", "size"))


@pytest.mark.parametrize(
    ("args", "place", "shown", "fix"),
    [
        ({"parts": {"a": {"size": 8}}}, "parts.a.size", " = 8", {"parts.a.size": REMOVE}),
        ({"parts": {"a": {"size": 9}}}, "parts.a.size", " = 9", {"parts.a.size": 7}),
        ({"mode": "none"}, "mode", ' = "none"', None),
        ({"mode": "secret"}, "mode", " (value hidden)", {"mode": "one"}),
        ({"mode": "named"}, "names", "", {"names": ["a"]}),
        ({"mode": "named", "names": []}, "names", " = []", {"names": ["a"]}),
    ],
)
def test_a_violation_is_at_its_place_and_is_fixed_there_by_default(
    args: dict[str, Any], place: str, shown: str, fix: dict[str, Any] | None
) -> None:
    (problem,) = NestedSpec.find_problems(args)
    assert (problem.field, problem.shown, fix_of(problem)) == (place, shown, fix)


def test_a_problem_names_the_arguments_that_its_rule_reads() -> None:
    (problem,) = NestedSpec.find_problems({"parts": {"a": {"size": 8}}})
    assert problem.fields == ("parts", "mode")
    (problem,) = NestedSpec.find_problems({"mode": 5})
    assert problem.fields == ()


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ({"mode": placeholder("mode")}, "mode"),
        ({"labels": placeholder("labels")}, "labels"),
        ({"labels": {"team": placeholder("team")}}, "labels.team"),
        ({"zones": ["a", placeholder("zone")]}, "zones.1"),
        ({"parts": {"a": placeholder("part")}}, "parts.a"),
        ({"parts": {"a": {"size": placeholder("size")}}}, "parts.a.size"),
    ],
)
def test_a_placeholder_is_not_a_value(args: dict[str, Any], place: str) -> None:
    (problem,) = NestedSpec.find_problems(args)
    assert problem.field == place
    assert "replace it with the value that it stands for" in problem.message


def test_a_placeholder_hides_no_other_problem_of_a_model_within() -> None:
    problems = NestedSpec.find_problems({"parts": {"a": {"size": placeholder("size"), "sizes": 2}, "b": {"size": "x"}}})
    assert [problem.field for problem in problems] == ["parts.a.size", "parts.a.sizes", "parts.b.size"]
