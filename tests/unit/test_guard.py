"""The guard hook: it judges the applied values beside the new ones, and stops the update with every problem."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest

from components._guard import ForbiddenChangeError, forbidden_change, forbidden_changes, guard
from tests.recording import record


def keep_size_and_class(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    return [
        f"{key} {applied[key]} → {wanted.get(key)} needs a new volume"
        for key in ("size", "class")
        if key in applied and applied[key] != wanted.get(key)
    ]


def judge(applied: Any, wanted: Any, wrapped: Callable[[Any], Any] = lambda values: values) -> None:
    """Call the registered hook as the engine does."""

    def build() -> pulumi.Output[None]:
        binding = guard("store", keep_size_and_class)
        (hook,) = binding.before_update or []
        assert isinstance(hook, pulumi.ResourceHook)
        assert hook.opts is not None and hook.opts.on_dry_run, "a preview must already be refused"
        arguments = pulumi.ResourceHookArgs(
            urn="urn",
            id="id",
            name="store",
            type="release",
            old_inputs={"values": wrapped(applied)},
            new_inputs={"values": wrapped(wanted)},
        )
        judged: pulumi.Output[None] = pulumi.Output.from_input(hook(arguments))
        return judged

    record(build)


def test_a_harmless_change_passes() -> None:
    judge({"size": "2Gi", "log": "info"}, {"size": "2Gi", "log": "debug"})


def test_every_forbidden_change_is_named_in_one_message() -> None:
    with pytest.raises(ForbiddenChangeError) as raised:
        judge({"size": "2Gi", "class": "fast"}, {"size": "3Gi", "class": "slow"})
    assert str(raised.value).splitlines() == [
        "store: the applied state forbids 2 changes",
        "  size 2Gi → 3Gi needs a new volume",
        "  class fast → slow needs a new volume",
    ]


def test_values_that_are_secret_as_a_whole_are_judged_too() -> None:
    with pytest.raises(ForbiddenChangeError, match="forbids 1 change"):
        judge({"size": "2Gi"}, {"size": "3Gi"}, wrapped=pulumi.Output.secret)


def test_values_not_known_yet_pass_the_preview() -> None:
    judge({"size": "2Gi"}, {"size": pulumi.UNKNOWN})


def test_a_release_without_applied_values_passes() -> None:
    judge(None, {"size": "3Gi"})


def test_a_version_is_judged_where_the_values_may_change() -> None:
    def no_step_back(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
        return ["the chart goes back"] if wanted["version"] < applied["version"] else []

    def build() -> pulumi.Output[None]:
        (hook,) = guard("store", keep_size_and_class, no_step_back).before_update or []
        assert isinstance(hook, pulumi.ResourceHook)
        versions: dict[str, Any] = {"old_inputs": {"version": "2"}, "new_inputs": {"version": "1"}}
        arguments = pulumi.ResourceHookArgs(urn="urn", id="id", name="store", type="release", **versions)
        judged: pulumi.Output[None] = pulumi.Output.from_input(hook(arguments))
        return judged

    with pytest.raises(ForbiddenChangeError, match="the chart goes back"):
        record(build)


def test_a_forbidden_change_is_a_sentence_with_both_values() -> None:
    message = forbidden_change("replicas", 5.0, 3.0, "objects would be lost; change it back")
    assert message == ("replicas = 3: must not change from 5 in one update, as objects would be lost; change it back")


def test_only_fields_that_both_releases_have_are_compared() -> None:
    problems = forbidden_changes({"size": 1, "class": "a", "zone": "x"}, {"size": 2, "class": "a"}, "reason; fix")
    assert problems == [forbidden_change("size", 1, 2, "reason; fix")]
