"""A preview says what the collectors can lose, by what they are and not in general."""

from typing import Any

import pytest

from components.telemetry.losses import losses

from .alloy.examples import BY_NAMESPACE
from .examples import telemetry_spec


@pytest.mark.parametrize(
    ("args", "part"),
    [
        ({}, "loses up to 10 MiB of lines that it had read"),
        ({"storage_host_path": ""}, "a pod that is replaced reads every file again"),
        ({"log_source": "api"}, "streams each container from its beginning"),
        (BY_NAMESPACE, "streams each container from its beginning"),
        (BY_NAMESPACE, "loses up to 10 MiB of lines that it had read"),
        ({"events": True}, "reads again the events that Kubernetes still has"),
        ({"engine": "otel-collector"}, "loses no line and repeats those of its last reads"),
        ({"engine": "otel-collector"}, "data by OTLP waits on disk for its destination"),
        ({}, "data by OTLP waits in memory for its destination, and is lost with its collector"),
        ({"queue_size": "1Gi"}, "data by OTLP waits on disk for its destination"),
        (
            {"gateway": {"replicas": 2}, "pipelines": {"traces": {"processors": ["tail_sampling"]}}},
            "loses the traces that wait for their decision",
        ),
    ],
)
def test_the_sentence_is_that_of_the_specification(args: dict[str, Any], part: str) -> None:
    assert part in losses(telemetry_spec(**args))
    assert ("decision" in losses(telemetry_spec(**args))) is ("gateway" in args)


@pytest.mark.parametrize(
    ("args", "part"),
    [
        ({}, "API server"),
        ({"log_source": "api"}, "that it had read"),
        ({"pipelines": {"containers": {"enabled": False}}}, "that it had read"),
        (BY_NAMESPACE, "events"),
    ],
)
def test_what_is_not_read_is_not_lost(args: dict[str, Any], part: str) -> None:
    assert part not in losses(telemetry_spec(**args))
