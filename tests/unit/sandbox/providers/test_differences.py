"""What the engine is told of a change: paths in its notation, kinds of change, replacement."""

from __future__ import annotations

from sandbox.providers.differences import Change, changed_paths, compare, render, starts_with
from sandbox.providers.values import UNKNOWN, Secret


def test_paths_are_written_as_the_engine_reads_them() -> None:
    path = ("metadata", "annotations", 'a.b/"c"', "items", 2, "name")
    assert render(path) == 'metadata.annotations["a.b/\\"c\\""].items[2].name'


def test_additions_deletions_and_changes_differ() -> None:
    old = {"same": 1, "gone": 1, "list": [1, 2], "map": {"a": 1}}
    new = {"same": 1, "list": [1, 3, 4], "map": {"a": 2, "b": 1}}
    assert changed_paths(old, new) == {
        ("gone",): Change.DELETE,
        ("list", 1): Change.UPDATE,
        ("list", 2): Change.ADD,
        ("map", "a"): Change.UPDATE,
        ("map", "b"): Change.ADD,
    }


def test_making_a_value_secret_is_no_change_and_an_unknown_always_is_one() -> None:
    assert changed_paths({"a": "x"}, {"a": Secret("x")}) == {}
    assert changed_paths({"a": UNKNOWN}, {"a": UNKNOWN}) == {("a",): Change.UPDATE}
    assert changed_paths({"a": True}, {"a": 1}) == {("a",): Change.UPDATE}, "true is not the number one"


def test_deleting_first_is_asked_for_only_when_something_is_replaced() -> None:
    kept = compare({"a": 1}, {"a": 2}, lambda path: False, delete_before_replace=True)
    assert kept.changes and not kept.replaces and not kept.delete_before_replace
    replaced = compare({"a": 1}, {"a": 2}, lambda path: starts_with(path, "a"), delete_before_replace=True)
    assert replaced.replaces == {("a",)} and replaced.delete_before_replace
