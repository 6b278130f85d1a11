"""The setting that was probably meant by an unknown one: near it, renamed, of another area, or of the chart."""

from collections.abc import Iterable, Mapping, Sequence

from components._messages import closest
from components._model import Location

from .chart_keys import CHART_KEYS
from .settings import AREAS
from .storage import STORAGE_KINDS

RENAMED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("telemetry", "log_labels"): ("telemetry", "extra_labels"),
    ("storage", "kms"): ("storage", "encryption"),
    ("storage", "copies"): ("storage", "replication_factor"),
    ("storage", "storage_size"): ("storage", "volume_size"),
    ("metrics", "datasource_uid"): ("datasources", "metrics_uid"),
    ("metrics", "storage_size"): ("metrics", "volume_size"),
    ("logging", "storage_size"): ("logging", "volume_size"),
    ("tracing", "storage_size"): ("tracing", "volume_size"),
    ("security", "senders"): ("security", "receiver_tls"),
    ("cluster", "dns_service"): ("cluster", "dns_resolver"),
    ("logging", "gateway_ipv6"): ("cluster", "ip_families"),
    **{(area, "prepared_changes"): (area, "allow_changes") for area in ("storage", "logging", "tracing")},
}
"""Settings of earlier versions (CHANGELOG.md), each with its name today."""
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
    **dict.fromkeys(("tls", "authentication"), "security"),
}
"""Names that others have for the areas."""
_KINDS = {name: set(model.model_fields) for name, model in STORAGE_KINDS.items()}


def suggested(area: str, location: Location, names: Sequence[str]) -> Location | None:
    """Return the path that was probably meant by an unknown setting at `location` in `area`, `None` where none is near.

    `names` are the settings beside it.
    """
    name = str(location[-1])
    if len(location) > 1:
        near = closest(name, names)
        return (area, *location[:-1], near) if near else None
    if meant := RENAMED.get((area, name)):
        return meant
    if near := closest(name, names):
        return area, near
    return _of_signal(area, name, names) or _of_another_area(area, name) or _of_chart(area, name)


def described(target: Location, area: str, location: Location) -> str:
    """Return the question that names a suggestion."""
    if target[:2] == (area, "values") and len(location) == 1:
        return f"did you mean {_dotted(target)}, a value of the chart?"
    beside = target[:-1] == (area, *location[:-1])
    return f"did you mean {target[-1] if beside else _dotted(target)}?"


def kind_with(name: str) -> list[str]:
    """Return the kinds of storage that have a setting."""
    return [kind for kind, fields in _KINDS.items() if name in fields]


def _of_signal(area: str, name: str, names: Iterable[str]) -> Location | None:
    """Return the setting of a signal in another area: `retention.logs` for `logging.retention`, and the reverse."""
    signal = SIGNALS.get(area)
    if signal and name in AREAS and signal in AREAS[name].model_fields:
        return name, signal
    here = SIGNALS.get(AREAS_OF_OTHERS.get(name, name))
    return (area, here) if here is not None and here in names else None


def _of_another_area(area: str, name: str) -> Location | None:
    """Return the setting of that name, or near it, in the only other area that has one."""
    fields = {
        (other, field.alias or key)
        for other, model in AREAS.items()
        if other != area
        for key, field in model.model_fields.items()
    }
    same = [place for place in fields if place[1] == name] or [
        place for place in fields if closest(name, [place[1]]) and abs(len(name) - len(place[1])) <= 2
    ]
    return same[0] if len(same) == 1 else None


def _of_chart(area: str, name: str) -> Location | None:
    """Return the place below `values` of a value that the chart of an area has."""
    keys = {_plain(path[-1]): path for path in CHART_KEYS.get(area, ())}
    path = keys.get(_plain(name))
    return (area, "values", *path) if path else None


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _dotted(target: Location) -> str:
    return ".".join(map(str, target))
