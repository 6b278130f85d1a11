"""Sizes as a function: from a load to replicas, requests, volumes, caches, a recommended mode and a monthly cost.

It creates no resource and reads no setting. Every constant names its source; those called estimates are in no vendor's
documentation.
"""

from .collectors import collectors, needed_traces
from .cost import LEFT_OUT, Cost, cost
from .limits import LOG_LIMITS, TRACE_LIMITS, RaisedLimit, raised_limits, raised_trace_limits
from .loki import CACHES, logs, with_caches
from .model import Choice, CollectorOptions, Load, Objects, Plan, Prices, Retention, Sampling, Size, Topology, Tuning
from .prometheus import prometheus
from .report import Row, report
from .tempo import traces
from .thanos import LongTerm, thanos

__all__ = [
    "CACHES",
    "LEFT_OUT",
    "LOG_LIMITS",
    "TRACE_LIMITS",
    "Choice",
    "CollectorOptions",
    "Cost",
    "Load",
    "LongTerm",
    "Objects",
    "Plan",
    "Prices",
    "RaisedLimit",
    "Retention",
    "Row",
    "Sampling",
    "Size",
    "Topology",
    "Tuning",
    "collectors",
    "cost",
    "needed_traces",
    "raised_limits",
    "raised_trace_limits",
    "report",
    "size",
    "thanos",
    "with_caches",
]


def size(load: Load, retention: Retention, prices: Prices, tuning: Tuning | None = None) -> Plan:
    """Return the sizes for `load` in every mode; the caller chooses the modes."""
    configured = tuning or Tuning()
    return Plan(
        load=load,
        retention=retention,
        prices=prices,
        logs=logs(load, retention, configured),
        traces=traces(load, retention, configured),
        metrics=prometheus(load, retention),
    )
