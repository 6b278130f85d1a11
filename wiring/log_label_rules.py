"""Rules on the labels of log lines, which the collectors add and Loki limits: Loki rejects every line past a limit."""

from collections.abc import Iterator

from components._shown import shown
from components._tenants import THE_ONLY_TENANT
from components.logging.limits import LabelLimit
from components.telemetry.labels import log_labels, log_metadata
from components.telemetry.spec import TelemetrySpec
from config import Settings
from config.errors import Problem, remove_command, set_command, setting_path

from .planned_components import planned_collectors, planned_loki

LOKI_LABEL = "service_name"
"""The label that Loki adds, and does not count."""


def log_label_problems(settings: Settings) -> Iterator[Problem]:
    """Yield labels and structured metadata of the collectors with which Loki rejects lines, once both are valid."""
    loki, collectors = planned_loki(settings), planned_collectors(settings)
    if loki is None or collectors is None:
        return
    # An override of one tenant rejects its lines alone; each rule is reported for the strictest one.
    tenants = sorted({collectors.logs_tenant or THE_ONLY_TENANT, *collectors.namespace_tenants.values()})

    def strictest(name: str) -> LabelLimit:
        return min((loki.label_limit(name, tenant) for tenant in tenants), key=lambda limit: limit.value)

    yield from _too_many_labels(collectors, strictest("max_label_names_per_series"))
    yield from _too_long_names(settings, collectors, strictest("max_label_name_length"))
    yield from _too_long_values(collectors, strictest("max_label_value_length"))
    yield from _metadata(settings, collectors, strictest("max_structured_metadata_entries_count"))


def _too_many_labels(collectors: TelemetrySpec, limit: LabelLimit) -> Iterator[Problem]:
    counted = sorted(set(log_labels(collectors)) - {LOKI_LABEL})
    surplus, place = len(counted) - limit.value, setting_path("logging", *limit.place)
    if surplus > 0:
        labels = f"{len(counted)} index labels ({', '.join(counted)})"
        if extra := collectors.extra_labels:
            setting, value = setting_path("telemetry", "extra_labels"), shown(extra)
            message = (
                f"container logs must have at most {_limit(limit, 'index labels')}, as Loki rejects lines with more, "
                f"and have {labels}; remove {surplus} of extra_labels, or raise the limit"
            )
        else:
            setting, value = place, shown(limit.value)
            message = f"must be at least {len(counted)}, as container logs have {labels}; raise it"
        yield Problem(setting, message, set_command(place, len(counted)), value)


def _too_long_names(settings: Settings, collectors: TelemetrySpec, limit: LabelLimit) -> Iterator[Problem]:
    for name, place, value in _named_labels(settings, collectors):
        if (size := len(name.encode())) > limit.value:
            message = (
                f"must have a name of at most {_limit(limit, 'bytes')}, as Loki rejects lines with longer ones, and it "
                f"has {size}; shorten it, or remove it"
            )
            yield Problem(place, message, remove_command(place), shown(value))


def _named_labels(settings: Settings, collectors: TelemetrySpec) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each label that the stack chooses, its place and its value."""
    for name, value in collectors.extra_labels.items():
        yield name, setting_path("telemetry", "extra_labels", name), value
    for processor, declared in collectors.processors.items():
        for name, field in declared.labels.items():
            yield name, setting_path("telemetry", "processors", processor, "labels", name), field
    for index, name in enumerate(settings.logging.otlp_index_labels):
        yield name, setting_path("logging", "otlp_index_labels", index), name


def _too_long_values(collectors: TelemetrySpec, limit: LabelLimit) -> Iterator[Problem]:
    for name, value in collectors.extra_labels.items():
        if (size := len(value.encode())) > limit.value:
            place = setting_path("telemetry", "extra_labels", name)
            message = (
                f"must be at most {_limit(limit, 'bytes')}, as Loki rejects lines with longer ones, and has {size}; "
                "shorten it, or remove it"
            )
            yield Problem(place, message, remove_command(place), shown(value))


def _metadata(settings: Settings, collectors: TelemetrySpec, limit: LabelLimit) -> Iterator[Problem]:
    place, names = setting_path("telemetry", "structured_metadata"), log_metadata(collectors)
    if names and not settings.logging.structured_metadata:
        message = "must be empty with logging.structured_metadata false, as Loki rejects lines that have any; remove it"
        yield Problem(place, message, remove_command(place), shown(list(names)))
    elif limit.value and len(set(names)) > limit.value:
        message = (
            f"must be at most {_limit(limit, 'names')}, as Loki rejects lines with more; "
            f"remove {len(set(names)) - limit.value} of the {len(set(names))}"
        )
        yield Problem(place, message, remove_command(place), shown(list(names)))


def _limit(limit: LabelLimit, unit: str) -> str:
    return f"{limit.value} {unit} ({'.'.join(('logging', *limit.place))})"
