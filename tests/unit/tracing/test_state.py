"""Which changes to an applied Tempo are refused."""

from typing import Any

import pytest

from components.tracing.spec import TracingSpec
from components.tracing.state import state_problems
from components.tracing.values import tempo_values
from tests.unit.tracing.specs import LAPTOP, spec

MONOLITHIC: dict[str, Any] = {"bucket": "prod", "endpoint": "https://s3.example.org"}


def problems(applied: TracingSpec, wanted: TracingSpec) -> list[str]:
    return state_problems(tempo_values(applied), tempo_values(wanted))


@pytest.mark.parametrize("base", [None, MONOLITHIC])
@pytest.mark.parametrize(
    ("args", "rule"),
    [
        ({"bucket": "other"}, "the bucket changes from 'prod' to 'other'"),
        ({"bucket_prefix": "traces"}, "the bucket prefix changes from"),
    ],
)
def test_blocks_do_not_move_under_a_running_tempo(base: dict[str, Any] | None, args: dict[str, Any], rule: str) -> None:
    start = {} if base is None else {"base": base}
    (problem,) = problems(spec(**start), spec(**start, **args))
    assert problem.startswith(rule)
    assert "pulumi up --replace" in problem, "a refusal names the way out"


def test_the_store_is_not_switched() -> None:
    found = problems(spec(LAPTOP), spec(MONOLITHIC))
    assert "the storage backend changes from 'local' to 's3'" in found[0]


def test_the_mode_is_not_jumped() -> None:
    (problem,) = problems(spec(MONOLITHIC), spec())
    assert "mode changes from monolithic to distributed" in problem
    assert "second Tracing with another release name" in problem


@pytest.mark.parametrize(
    ("base", "args", "rule"),
    [
        (None, {"volume_size": "4Gi"}, "the ingester volume size changes from '2Gi' to '4Gi'"),
        (None, {"storage_class": "longhorn"}, "the ingester volume storage class changes"),
        (None, {"generator_volume_size": "8Gi"}, "the generator volume size changes from '5Gi' to '8Gi'"),
        (LAPTOP, {"volume_size": "20Gi"}, "the volume size changes from '10Gi' to '20Gi'"),
        (LAPTOP, {"storage_class": "fast"}, "the volume storage class changes from '' to 'fast'"),
    ],
)
def test_volume_claim_templates_stay(base: dict[str, Any] | None, args: dict[str, Any], rule: str) -> None:
    start = {} if base is None else {"base": base}
    found = problems(spec(**start), spec(**start, **args))
    assert rule in found[0] and "no StatefulSet can change its volume claim templates" in found[0]


def test_every_problem_is_listed() -> None:
    assert len(problems(spec(), spec(bucket="b", bucket_prefix="p", volume_size="4Gi"))) == 3


@pytest.mark.parametrize(
    "args",
    [
        {"replicas": 3},
        {"retention": "30d"},
        {"memory": "4Gi"},
        {"remote_write_url": ""},
        {"chart_version": "1.61.0"},
        {"credentials_secret": "rotated"},
        {"gateway": True},
        {"endpoint": "https://s3-new.example.org"},
    ],
)
def test_everything_else_may_change(args: dict[str, Any]) -> None:
    assert problems(spec(), spec(**args)) == []
    assert problems(spec(**args), spec()) == []
