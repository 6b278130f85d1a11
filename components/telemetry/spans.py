"""What both engines do with spans: the policies of tail sampling, and the figures of metrics that are made of spans."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from ..units import parse_duration
from .model import PipelineProcessor
from .ottl import SERVICE_NAME_ATTRIBUTE, SPAN_METRICS_NAMESPACE

_DECISIONS = 10
FLUSH_INTERVAL = "15s"
SERVICE_GRAPH_STORE: Mapping[str, Any] = {"ttl": "10s", "max_items": 10_000}
SPAN_METRICS: Mapping[str, Any] = {
    "namespace": SPAN_METRICS_NAMESPACE,
    # The instance of the resource tells the collectors apart, and stays the same after a restart.
    "exclude_dimensions": ["collector.instance.id"],
    "resource_metrics_key_attributes": [SERVICE_NAME_ATTRIBUTE],
    "metrics_flush_interval": FLUSH_INTERVAL,
    "metrics_expiration": "5m",
}
"""The settings of the connector beside those of its histogram and its exemplars."""


class Policy(NamedTuple):
    """A policy of tail sampling; a trace is kept by any of them."""

    name: str
    kind: str
    settings: Mapping[str, Any]


def decision_cache_size(processor: PipelineProcessor) -> int:
    """Return how many decisions are remembered, so that late spans are treated as the others of their trace."""
    return processor.traces_in_memory * _DECISIONS


def policies(processor: PipelineProcessor) -> list[Policy]:
    """Return the policies: errors, slow traces, and a share of all."""
    found = []
    if processor.errors:
        found.append(Policy("errors", "status_code", {"status_codes": ["ERROR"]}))
    if processor.slow is not None:
        # The policy keeps what takes longer than its threshold.
        threshold = max(int(parse_duration(processor.slow) / timedelta(milliseconds=1)) - 1, 0)
        found.append(Policy("slow", "latency", {"threshold_ms": threshold}))
    if processor.percentage or not found:
        found.append(Policy("share", "probabilistic", {"sampling_percentage": processor.percentage}))
    return found
