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


def test_a_password_stays_the_same_until_a_keeper_changes_and_is_never_in_the_clear(inline_stack: InlineStack) -> None:
    stack = inline_stack.program(PROGRAM.format(length=24, keepers={"rotation": "1"}))
    first = stack.up()
    assert first.succeeded, first.output
    assert "stand-in for the random provider" in first
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

    changed = stack.program(PROGRAM.format(length=24, keepers={"rotation": "2"})).up()
    assert changed.succeeded and "replace" in changed, changed.output
    assert stack.outputs()["password"] != before["password"]
