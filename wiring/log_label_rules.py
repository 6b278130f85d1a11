"""Rules on the labels of log lines, which the collectors add and Loki limits: Loki rejects every line past a limit."""

from collections.abc import Iterator

from components._spec import Spec
from components._tenants import THE_ONLY_TENANT
from components.logging.limits import LabelLimit
from components.logging.spec import LoggingSpec
from components.telemetry.alloy_config import log_labels
from components.telemetry.spec import TelemetrySpec
from config import Settings
from config.errors import Problem, remove_command, set_command, setting_path, shown

from .planned_components import planned_components

LOKI_LABEL = "service_name"
"""The label that Loki adds, and does not count."""


def log_label_problems(settings: Settings) -> Iterator[Problem]:
    """Yield labels and structured metadata of the collectors with which Loki rejects lines, once both are valid."""
    planned = {component.spec: component.arguments for component in planned_components(settings)}
    specs: tuple[type[Spec], ...] = (LoggingSpec, TelemetrySpec)
    areas = ("logging", "telemetry")
    if any(map(settings.is_invalid, areas)) or any(spec.find_problems(planned[spec]) for spec in specs):
        return
    loki = LoggingSpec.check("Logging", planned[LoggingSpec])
    collectors = TelemetrySpec.check("Telemetry", planned[TelemetrySpec])
    # An override of one tenant rejects its lines alone; each rule is reported for the strictest one.
    tenants = sorted({collectors.logs_tenant or THE_ONLY_TENANT, *collectors.namespace_tenants.values()})

    def strictest(name: str) -> LabelLimit:
        return min((loki.label_limit(name, tenant) for tenant in tenants), key=lambda limit: limit.value)

    yield from _too_many_labels(collectors, strictest("max_label_names_per_series"))
    yield from _too_long_names(collectors, strictest("max_label_name_length"))
    yield from _too_long_values(collectors, strictest("max_label_value_length"))
    yield from _metadata(settings, collectors, strictest("max_structured_metadata_entries_count"))


def _too_many_labels(collectors: TelemetrySpec, limit: LabelLimit) -> Iterator[Problem]:
    counted = sorted(set(log_labels(collectors)) - {LOKI_LABEL})
    surplus, place = len(counted) - limit.value, setting_path("logging", *limit.place)
    if surplus > 0:
        extra = collectors.extra_labels
        yield Problem(
            setting_path("telemetry", "extra_labels") if extra else place,
            f"container logs have {len(counted)} index labels ({', '.join(counted)}), and Loki rejects lines with more "
            f"than {_limit(limit)}; {f'remove {surplus} of extra_labels, or ' if extra else ''}raise the limit",
            set_command(place, len(counted)),
            shown(extra or limit.value),
        )


def _too_long_names(collectors: TelemetrySpec, limit: LabelLimit) -> Iterator[Problem]:
    for name in collectors.extra_labels:
        if len(name) > limit.value:
            place = setting_path("telemetry", "extra_labels", name)
            message = f"its name has {len(name)} bytes, and Loki rejects lines with more than {_limit(limit)}"
            yield Problem(place, f"{message}; shorten it, or remove it", remove_command(place))


def _too_long_values(collectors: TelemetrySpec, limit: LabelLimit) -> Iterator[Problem]:
    for name, value in collectors.extra_labels.items():
        if (size := len(value.encode())) > limit.value:
            place = setting_path("telemetry", "extra_labels", name)
            message = f"has {size} bytes, and Loki rejects lines with more than {_limit(limit)}"
            yield Problem(place, f"{message}; shorten it, or remove it", remove_command(place), shown(value))


def _metadata(settings: Settings, collectors: TelemetrySpec, limit: LabelLimit) -> Iterator[Problem]:
    place, names = setting_path("telemetry", "structured_metadata"), collectors.structured_metadata
    if names and not settings.logging.structured_metadata:
        message = "must be empty with logging.structured_metadata false, as Loki rejects lines that have any; remove it"
        yield Problem(place, message, remove_command(place), shown(list(names)))
    elif limit.value and len(set(names)) > limit.value:
        message = f"has {len(set(names))} names, and Loki rejects lines with more than {_limit(limit)}; remove some"
        yield Problem(place, message, remove_command(place), shown(list(names)))


def _limit(limit: LabelLimit) -> str:
    return f"{limit.value} ({'.'.join(('logging', *limit.place))})"
