"""The setting that was probably meant by an unknown one: near it, renamed, elsewhere, or a value of the chart."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from operator import eq
from typing import Any

from pydantic import BaseModel

from components._messages import closest
from components._model import Location, container
from components._nginx import DEFAULT_DNS_SERVICE

from .chart_keys import CHART_KEYS
from .settings import AREAS
from .storage import STORAGE_KINDS

_NEAR_ELSEWHERE = 0.9
"""Ratio of difflib from which a name is near one that is not beside it: `admin_user` is not near `admin_secret`."""


@dataclass(frozen=True)
class Renamed:
    """The name of a setting today, and its value today where that has another form."""

    target: Location
    value: Callable[[Any, Mapping[str, Any]], Any] = lambda value, area: value
    """Return the value for an earlier one and its area as written, `None` where the setting is only removed."""


def _by_value(*values: tuple[bool, Any]) -> Callable[[Any, Mapping[str, Any]], Any]:
    return lambda value, area: next((new for old, new in values if value is old), None)


def _dns_resolver(value: Any, area: Mapping[str, Any]) -> str:
    service, _, namespace = DEFAULT_DNS_SERVICE.partition(".")
    return f"{area.get('dns_service', service)}.{area.get('dns_namespace', namespace)}"


RENAMED: Mapping[Location, Renamed] = {
    ("telemetry", "log_labels"): Renamed(("telemetry", "extra_labels")),
    ("storage", "kms"): Renamed(("storage", "encryption"), _by_value((True, "kms"), (False, "s3"))),
    ("storage", "copies"): Renamed(("storage", "replication_factor")),
    ("storage", "existing"): Renamed(("storage", "create_buckets"), _by_value((True, False), (False, True))),
    ("storage", "cluster_name"): Renamed(("storage", "eks_cluster")),
    ("metrics", "datasource_uid"): Renamed(("datasources", "metrics_uid")),
    ("grafana", "admin_secret"): Renamed(("grafana", "admin", "secret")),
    ("grafana", "admin_secret_key"): Renamed(("grafana", "admin", "key")),
    ("security", "senders"): Renamed(("security", "receiver_tls")),
    ("cluster", "dns_service"): Renamed(("cluster", "dns_resolver"), _dns_resolver),
    ("cluster", "dns_namespace"): Renamed(("cluster", "dns_resolver"), _dns_resolver),
    ("logging", "gateway_ipv6"): Renamed(("cluster", "ip_families"), _by_value((False, ["IPv4"]))),
    **{(area, "storage_size"): Renamed((area, "volume_size")) for area in ("storage", "metrics", "logging", "tracing")},
    **{(area, "prepared_changes"): Renamed((area, "allow_changes")) for area in ("storage", "logging", "tracing")},
}
"""Settings of earlier versions (CHANGELOG.md); renamed values are beside the type of their setting."""
SIGNALS = {"logging": "logs", "tracing": "traces", "metrics": "metrics"}
"""The name of each area's data in settings that hold for all of them, such as `retention.logs`."""
AREAS_OF_OTHERS = {
    **dict.fromkeys(("loki", "logs", "log"), "logging"),
    **dict.fromkeys(("tempo", "traces", "trace"), "tracing"),
    **dict.fromkeys(("prometheus", "metric"), "metrics"),
    **dict.fromkeys(("alloy", "collector", "collectors", "otel"), "telemetry"),
    **dict.fromkeys(("minio", "seaweedfs", "s3", "bucket", "buckets"), "storage"),
    **dict.fromkeys(("valkey", "memcached", "cache", "redis"), "caching"),
    **dict.fromkeys(("traefik", "routes"), "ingress"),
    **dict.fromkeys(("blackbox", "blackbox_exporter", "uptime", "synthetics"), "probes"),
    **dict.fromkeys(("tls", "authentication"), "security"),
}
"""Names that others have for the areas."""
_KINDS = {name: set(model.model_fields) for name, model in STORAGE_KINDS.items()}


def suggested(area: str, location: Location, owner: type[BaseModel]) -> Location | None:
    """Return the path that was probably meant by an unknown setting at `location` in `area`, `None` where none is near.

    `owner` is the model of the settings beside it.
    """
    name, names = str(location[-1]), _names(owner)
    if renamed := RENAMED.get((area, *location)):
        return renamed.target
    if len(location) == 1 and (of_signal := _of_signal(area, name, names)):
        return of_signal
    if near := closest(name, names) or closest(_without_area(area, name), names):
        return (area, *location[:-1], near)
    return None if len(location) > 1 else _elsewhere(area, name, owner) or _of_chart(area, name)


def moved_value(area: str, location: Location, value: Any, written: Mapping[str, Any]) -> Any:
    """Return the value of an unknown setting as the suggested one has it; `written` is the area as written."""
    renamed = RENAMED.get((area, *location))
    return renamed.value(value, written) if renamed else value


def described(target: Location, area: str, location: Location) -> str:
    """Return the question that names a suggestion."""
    if target[:2] == (area, "values") and len(location) == 1:
        return f"did you mean {_dotted(target)}, a value of the chart?"
    beside = target[:-1] == (area, *location[:-1])
    return f"did you mean {target[-1] if beside else _dotted(target)}?"


def other_kinds_with(name: str, model: type[BaseModel]) -> list[str]:
    """Return the kinds of storage that have a setting, by its name today; none where that of `model` has it."""
    renamed = RENAMED.get(("storage", name))
    today = {name, _without_area("storage", name), *(renamed.target[1:] if renamed else ())}
    return [] if today & set(_names(model)) else [kind for kind, fields in _KINDS.items() if today & fields]


def _of_signal(area: str, name: str, names: Iterable[str]) -> Location | None:
    """Return the setting of a signal in another area: `retention.logs` for `logging.retention`, and the reverse."""
    signal = SIGNALS.get(area)
    if signal and name in AREAS and signal in AREAS[name].model_fields:
        return name, signal
    here = SIGNALS.get(AREAS_OF_OTHERS.get(name, name))
    return (area, here) if here is not None and here in names else None


def _elsewhere(area: str, name: str, owner: type[BaseModel]) -> Location | None:
    """Return the only setting of that name, or near it, within those of the area, else in the other areas."""
    within = [(area, *path) for path in setting_paths(owner) if len(path) > 1]
    others = [(other, key) for other, model in AREAS.items() if other != area for key in _names(model)]
    for is_meant in (eq, _is_near):
        for places in (within, others):
            found = [place for place in places if is_meant(name, str(place[-1]))]
            if len(found) == 1:
                return found[0]
    return None


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or key for key, field in model.model_fields.items()]


def setting_paths(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Yield the path of each setting of a model, and of those within it."""
    for name, field in zip(_names(model), model.model_fields.values(), strict=True):
        yield (name,)
        held = container(field.annotation)
        if isinstance(held, type) and issubclass(held, BaseModel):
            yield from ((name, *path) for path in setting_paths(held))


def _is_near(name: str, other: str) -> bool:
    return SequenceMatcher(None, name, other).ratio() >= _NEAR_ELSEWHERE


def _without_area(area: str, name: str) -> str:
    return name.removeprefix(f"{area}_")


def _of_chart(area: str, name: str) -> Location | None:
    """Return the place below `values` of a value that the chart of an area has."""
    keys = {_plain(path[-1]): path for path in CHART_KEYS.get(area, ())}
    path = keys.get(_plain(name))
    return (area, "values", *path) if path else None


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _dotted(target: Location) -> str:
    return ".".join(map(str, target))
