"""The ground every component stands on: arguments are checked at once, and again once outputs are known."""

from typing import Any

import pulumi
import pytest
from pydantic import Field

from components._spec import InvalidArgsError, Spec, rule
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
    assert "copy = 2: there is no such argument" in message


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
    assert [problem.place for problem in raised.value.problems] == ["admin_password", "copy", "replicas"]


def test_nothing_is_said_of_what_follows_from_a_wrong_value() -> None:
    with pytest.raises(InvalidArgsError) as raised:
        ExampleSpec.check("Example", {"replicas": "two", "copies": 3})
    assert [problem.sentence for problem in raised.value.problems] == ["must be a whole number"]
