"""Thanos: its least sizes, and how they grow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.sizing import Load, LongTerm, thanos
from components.thanos.roles import DEFAULT_RESOURCES, ThanosRole

YEAR = LongTerm()
RECEIVING = LongTerm(ingestors=3, copies=3)


def test_the_least_sizes_are_the_defaults_of_the_component() -> None:
    least = thanos(Load(), RECEIVING).workloads
    for role in ThanosRole:
        assert (least[role].cpu, least[role].memory) == DEFAULT_RESOURCES[role]
        assert bool(least[role].volume_size) == role.has_volume
        assert not role.has_volume or least[role].volume_size == "10Gi"


@given(st.floats(0, 1e8), st.floats(0, 1e8))
def test_more_series_never_need_less(one: float, other: float) -> None:
    few, many = (thanos(Load(active_series=series), RECEIVING) for series in sorted((one, other)))
    for name, size in few.workloads.items():
        more = many.workloads[name]
        assert size.cpu_millis <= more.cpu_millis and size.memory_mib <= more.memory_mib
        assert size.volume_gib <= more.volume_gib
    assert few.objects.gb <= many.objects.gb


def test_a_pair_fills_twice_the_bucket() -> None:
    load = Load(active_series=500_000)
    one, two = (thanos(load, LongTerm(servers=servers)).objects for servers in (1, 2))
    assert two.gb == pytest.approx(2 * one.gb) and two.writes == 2 * one.writes


def test_a_shorter_retention_of_samples_is_most_of_the_bucket() -> None:
    load = Load(active_series=500_000)
    assert thanos(load, LongTerm(raw_days=90)).objects.gb < thanos(load, YEAR).objects.gb / 2


def test_without_a_load_the_bucket_is_empty() -> None:
    assert thanos(Load(), YEAR).objects.gb == thanos(Load(), YEAR).objects.writes == 0
