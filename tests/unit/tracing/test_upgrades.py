"""Upgrades of Tempo's chart that Kubernetes would refuse halfway."""

import pytest

from components.tracing.upgrades import PreparedChange, upgrade_problems


def inputs(version: str) -> dict[str, str]:
    return {"name": "tempo", "namespace": "tracing", "version": version}


@pytest.mark.parametrize(("before", "after"), [("1.61.0", "2.26.2"), ("2.26.2", "1.61.0")])
def test_a_cache_that_cannot_change_in_place_is_refused_with_the_two_commands(before: str, after: str) -> None:
    (problem,) = upgrade_problems(inputs(before), inputs(after))
    assert "kubectl -n tracing delete statefulset tempo-memcached --cascade=orphan" in problem
    assert "kubectl -n tracing delete service tempo-memcached" in problem


def test_it_passes_once_it_is_prepared() -> None:
    assert not upgrade_problems(inputs("1.61.0"), inputs("2.26.2"), prepared=[PreparedChange.CACHE])


@pytest.mark.parametrize("version", ["1.61.0", "2.26.2"])
def test_other_updates_pass(version: str) -> None:
    assert not upgrade_problems(inputs(version), inputs(version))
    assert not upgrade_problems({}, inputs(version))


@pytest.mark.parametrize("enabled", [(True, False), (False, True), (False, False)])
def test_a_cache_that_comes_or_goes_with_the_chart_is_not_in_its_way(enabled: tuple[bool, bool]) -> None:
    before, after = ({"values": {"memcached": {"enabled": each}}} for each in enabled)
    assert not upgrade_problems({**inputs("1.61.0"), **before}, {**inputs("2.26.2"), **after})
