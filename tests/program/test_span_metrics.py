"""Metrics of spans are made by Tempo or by the collectors, never by both."""

from typing import Any

import pytest

from tests.unit.config.stacks import load_whole, problems, source

GATEWAY = {"gateway": {"replicas": 2}}


def telemetry(*processors: str) -> dict[str, Any]:
    return {**GATEWAY, "pipelines": {"traces": {"processors": [*processors, "tail_sampling"]}}}


@pytest.mark.parametrize(
    ("processor", "of_tempo", "other"),
    [("span_metrics", "span-metrics", "service-graphs"), ("service_graph", "service-graphs", "span-metrics")],
)
def test_the_collectors_make_only_what_tempo_does_not(processor: str, of_tempo: str, other: str) -> None:
    message = problems(load_whole, telemetry=telemetry(processor))
    place = "observability:telemetry.pipelines.traces.processors[0]"
    assert f'{place} = "{processor}": must not be set with {of_tempo} in tracing.processors' in message
    assert load_whole(source(telemetry=telemetry(processor), tracing={"processors": [other]}))


def test_sampling_alone_leaves_them_to_tempo() -> None:
    assert load_whole(source(telemetry=telemetry()))
