"""`observability:retention`: how long signals are kept."""

from components._model import StrictModel, same_as
from components.logging.spec import LoggingSpec
from components.metrics.spec import MetricsSpec
from components.tracing.spec import TracingSpec
from components.units import Duration


class RetentionArea(StrictModel):
    """Settings under `observability:retention`: the argument `retention` of each backend."""

    logs: Duration = same_as(LoggingSpec, "retention")
    traces: Duration = same_as(TracingSpec, "retention")
    metrics: Duration = same_as(MetricsSpec, "retention")
