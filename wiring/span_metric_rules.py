"""Rules on metrics of spans, which either Tempo or the collectors make: both would count every span twice."""

from collections.abc import Iterator

from components._shown import shown
from components.telemetry.model import ProcessorKind, Signal
from components.telemetry.pipelines import flows
from components.tracing.spec import Processor
from config import Settings
from config.errors import Problem, remove_command, setting_path

from .planned_components import planned_collectors, planned_tempo

_SAME_AS_TEMPO = {
    ProcessorKind.SPAN_METRICS: Processor.SPAN_METRICS,
    ProcessorKind.SERVICE_GRAPH: Processor.SERVICE_GRAPHS,
}


def span_metric_problems(settings: Settings) -> Iterator[Problem]:
    """Yield processors of the collectors that Tempo has too, once both are valid."""
    tempo, collectors = planned_tempo(settings), planned_collectors(settings)
    if tempo is None or collectors is None or not tempo.generates_metrics:
        return
    for flow in flows(collectors):
        for index, (name, processor) in enumerate(flow.processors.items()):
            same = _SAME_AS_TEMPO.get(processor.kind)
            if flow.signal is Signal.TRACES and same in tempo.processors:
                place = setting_path("telemetry", "pipelines", flow.name, "processors", index)
                message = (
                    f"must not be set with {same} in tracing.processors, as both count every span; remove it, or "
                    f"set tracing.processors without {same}"
                )
                yield Problem(place, message, remove_command(place), shown(name))
