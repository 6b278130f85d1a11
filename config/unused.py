"""Settings that nothing would read: they are refused, as whoever wrote them expects them to do something."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .caching import CacheKind
from .ingress import IngressKind
from .metrics import MetricsKind
from .problems import Problem, place_of, remove_command, shown

if TYPE_CHECKING:
    from .stack import Settings


def _of_prometheus(settings: "Settings") -> Iterator[Problem]:
    metrics = settings.metrics
    if not metrics.in_stack:
        why = f"metrics.kind is {metrics.kind.value}, and this is of a Prometheus of the stack's own"
        yield from _unread(settings, "metrics", ("namespace", "cpu", "memory", "volume_size", "values"), why)
        yield from _unread(settings, "retention", ("metrics",), why)


def _of_generated_metrics(settings: "Settings") -> Iterator[Problem]:
    if settings.metrics.kind is MetricsKind.NONE:
        keys = ("processors", "span_metrics_dimensions", "service_graph_dimensions", "external_labels")
        yield from _unread(settings, "tracing", keys, "metrics.kind is none, so Tempo generates no metrics")


def _of_grafana(settings: "Settings") -> Iterator[Problem]:
    if not settings.grafana.enabled:
        why = "grafana.enabled is false, and this is of its pod"
        yield from _unread(settings, "grafana", ("admin", "volume_size", "values"), why)


def _of_the_demo(settings: "Settings") -> Iterator[Problem]:
    if not settings.demo.enabled:
        yield from _unread(settings, "demo", ("namespace",), "demo.enabled is false")


def _of_valkey(settings: "Settings") -> Iterator[Problem]:
    kind = settings.caching.kind
    if kind is not CacheKind.VALKEY:
        yield from _unread(settings, "caching", ("namespace", "size_mib"), f"caching.kind is {kind.value}")


def _of_routes(settings: "Settings") -> Iterator[Problem]:
    if settings.ingress.kind is IngressKind.NONE:
        keys = ("entry_points", "auth_middleware", "tls_secret")
        yield from _unread(settings, "ingress", keys, "ingress.kind is none")


def _users(settings: "Settings") -> Iterator[Problem]:
    if "ui_users" not in settings.given_secrets:
        return
    why = ""
    if settings.ingress.kind is IngressKind.NONE:
        why = "ingress.kind is none"
    elif middleware := settings.ingress.auth_middleware:
        why = f"ingress.auth_middleware {middleware.namespace}/{middleware.name} asks for logins in their place"
    if why:
        place = place_of("ui_users")
        yield Problem(place, f"is used by nothing: {why}", remove_command(place))


def _unread(settings: "Settings", area: str, keys: tuple[str, ...], why: str) -> Iterator[Problem]:
    model = getattr(settings, area)
    # What is wrong is told already, and not there to be compared.
    for key in (key for key in keys if key in vars(model)):
        if getattr(model, key) != type(model).model_fields[key].get_default(call_default_factory=True):
            place = place_of(area, key)
            written = shown(model.model_dump(mode="json", include={key})[key])
            yield Problem(place, f"is used by nothing: {why}", remove_command(place), written)


UNUSED_RULES = (
    *(_of_prometheus, _of_generated_metrics, _of_grafana, _of_the_demo),
    *(_of_valkey, _of_routes, _users),
)
"""A rule for each part that a stack may be without."""
