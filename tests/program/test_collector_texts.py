"""The configuration of every collector of each committed stack, with both engines, is the recorded one."""

import pytest

from components.telemetry.engines import Engine
from tests.collector_texts import STACKS, recorded_texts, stack_texts
from tests.unit.telemetry.examples import AGAIN, GOLDEN


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("stack", STACKS)
def test_the_configurations_of_a_stack_are_the_recorded_ones(stack: str, engine: Engine) -> None:
    assert stack_texts(stack, engine) == recorded_texts(stack, engine), AGAIN


def test_nothing_is_recorded_of_other_stacks() -> None:
    recorded = {path.name for path in (GOLDEN / "stacks").iterdir()}
    assert recorded == {f"{stack}-{engine}" for stack in STACKS for engine in Engine}
