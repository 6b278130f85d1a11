"""What a stack with `environment: production` lacks of the production checklist of document 004, for its preview.

What a stack must not lack are rules (`config/production_rules.py`): several replicas, a receiver, a dead man's switch,
runbooks. Links between the signals are in every stack. The rest depends on the services and their load, so that it is
said and not refused.
"""

from collections.abc import Iterator
from datetime import timedelta

import pulumi

from components.alerting.library.http import http
from components.alerting.library.spans import spans
from components.telemetry.model import ProcessorKind, Signal
from components.telemetry.pipelines import flows
from components.units import parse_duration
from config import Settings
from config.errors import setting_path

from .planned_components import planned_alerting, planned_collectors

LEAST_RETENTION = {"metrics": "30d", "logs": "30d", "traces": "14d"}
"""How long each signal is kept, by the checklist."""


def unmet(settings: Settings) -> Iterator[str]:
    """Yield what the stack lacks of the checklist, each with the setting that mends it."""
    in_stack = {
        "metrics": settings.metrics.in_stack,
        "logs": settings.logging.in_stack,
        "traces": settings.tracing.in_stack,
    }
    for signal, least in LEAST_RETENTION.items():
        kept = getattr(settings.retention, signal)
        if in_stack[signal] and timedelta(0) < parse_duration(kept) < parse_duration(least):
            yield f"{signal} are kept for {kept} and not {least} ({setting_path('retention', signal)})"
    if not settings.has_alerting:
        yield f"no alerts ({setting_path('alerting')})"
    elif alerting := planned_alerting(settings):
        if not alerting.objectives:
            yield f"no objectives of services ({setting_path('alerting', 'objectives_directory')})"
        if not {http().alert_group, spans(()).alert_group} & {group.name for group in alerting.compiled.groups}:
            metrics = setting_path("alerting", "application_metrics")
            yield f"no rate, errors and duration of services ({metrics}, or span metrics)"
    collectors = planned_collectors(settings)
    traces = [flow for flow in flows(collectors) if flow.signal is Signal.TRACES] if collectors else []
    if traces and not any(flow.has(ProcessorKind.TAIL_SAMPLING) for flow in traces):
        yield f"every trace is stored (tail_sampling in {setting_path('telemetry', 'pipelines', 'traces')}.processors)"


def announce_checklist(settings: Settings) -> None:
    """Log what is lacking in a preview of a production stack."""
    if settings.cluster.production and pulumi.runtime.is_dry_run() and (lacking := [*unmet(settings)]):
        pulumi.log.info(f"production checklist: {'; '.join(lacking)}")
