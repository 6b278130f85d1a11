"""Alloy's whole configuration, and the labels that logs carry because of it."""

from ..alloy import Block, render
from .logs import log_pipeline
from .otlp import otlp_pipeline
from .security import login_files
from .spec import PLACEMENT_LABELS, POD_LABELS, TelemetrySpec


def alloy_config(spec: TelemetrySpec) -> str:
    """Write the configuration that the ConfigMap holds."""
    logging = Block("logging", attributes={"level": spec.log_level.value, "format": "logfmt"})
    return render([logging, *login_files(spec), *log_pipeline(spec), *otlp_pipeline(spec)])


def log_labels(spec: TelemetrySpec) -> list[str]:
    """Name the index labels of container logs, sorted.

    `service_name` is Loki's own, made from `app` or `container`; logs over OTLP have it from `service.name`.
    """
    reader = ("filename", "stream") if spec.reads_files else ("instance",)
    placement = PLACEMENT_LABELS if spec.placement_labels else ()
    return sorted({*POD_LABELS, *reader, *placement, *spec.static_labels, "service_name"})
