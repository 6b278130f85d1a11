"""Sizes as a function: from a load to replicas, requests, volumes, caches, a recommended mode and a monthly cost.

Nothing here creates anything or reads a setting. Every constant says where it is from; those called estimates are in
no vendor's documentation.
"""

from .collectors import alloy
from .cost import LEFT_OUT, Cost, cost
from .loki import CACHES, logs, with_caches
from .loki_limits import LOG_LIMITS, Raised, raised_limits
from .metrics import prometheus, thanos
from .model import Choice, Load, LoadError, Objects, Plan, Prices, Retention, Shape, Size, Tuning
from .report import Row, report
from .tempo import traces
from .tempo_limits import TRACE_LIMITS, raised_trace_limits

__all__ = [
    "CACHES",
    "LEFT_OUT",
    "LOG_LIMITS",
    "TRACE_LIMITS",
    "Choice",
    "Cost",
    "Load",
    "LoadError",
    "Objects",
    "Plan",
    "Prices",
    "Raised",
    "Retention",
    "Row",
    "Shape",
    "Size",
    "Tuning",
    "cost",
    "raised_limits",
    "raised_trace_limits",
    "report",
    "size",
    "with_caches",
]


def size(load: Load, retention: Retention, prices: Prices, tuning: Tuning | None = None) -> Plan:
    """Size everything for `load`; it is for the caller to choose the modes. Raises nothing for a checked load."""
    configured = tuning or Tuning()
    return Plan(
        load=load,
        retention=retention,
        prices=prices,
        logs=logs(load, retention, configured),
        traces=traces(load, retention, configured),
        metrics=prometheus(load, retention),
        long_term_metrics=thanos(load, retention),
        collectors=alloy(load),
    )
