"""The stand-in random provider under the real engine."""

from __future__ import annotations

import bcrypt
import pytest

from tests.engine.inline import InlineStack

pytestmark = pytest.mark.engine

PROGRAM = """
    import pulumi_random as random

    password = random.RandomPassword("admin", length={length}, special=False, keepers={keepers})
    pulumi.export("password", password.result)
    pulumi.export("hash", password.bcrypt_hash)
"""


def test_a_password_stays_the_same_over_two_updates_and_is_never_in_the_clear(inline_stack: InlineStack) -> None:
    stack = inline_stack.program(PROGRAM.format(length=24, keepers=None))
    first = stack.up()
    assert first.succeeded, first.output
    before = stack.outputs()
    assert len(before["password"]) == 24
    assert bcrypt.checkpw(before["password"].encode(), before["hash"].encode())

    second = stack.up()
    assert second.succeeded, second.output
    assert stack.outputs() == before, "an unchanged password must survive an update"
    state = stack.resources()["admin"]["outputs"]
    assert "ciphertext" in state["result"] and "ciphertext" in state["bcryptHash"]
    assert before["password"] not in str(state)
    assert before["password"] not in first and before["password"] not in second


def test_a_changed_keeper_draws_a_new_password(inline_stack: InlineStack) -> None:
    stack = inline_stack.program(PROGRAM.format(length=24, keepers={"rotation": "1"}))
    assert stack.up().succeeded
    before = stack.outputs()["password"]
    run = stack.program(PROGRAM.format(length=24, keepers={"rotation": "2"})).up()
    assert run.succeeded and "replace" in run, run.output
    assert stack.outputs()["password"] != before


def test_the_stand_in_logs_that_it_is_one(inline_stack: InlineStack) -> None:
    run = inline_stack.program(PROGRAM.format(length=24, keepers=None)).preview()
    assert run.succeeded, run.output
    assert "stand-in for the random provider" in run


def test_a_property_that_the_program_does_not_use_is_refused(inline_stack: InlineStack) -> None:
    run = inline_stack.program(
        'import pulumi_random as r\nr.RandomPassword("p", length=3, min_lower=2, override_special="-_")'
    ).preview()
    assert not run.succeeded
    for name in ("minLower", "overrideSpecial"):
        assert name in run
    assert "does not have this property" in run
