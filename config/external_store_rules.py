"""Rules of the stores of logs, traces and metrics that exist already: their addresses, and none of them without one."""

from collections.abc import Callable, Iterator, Sequence

from components._model import placeholder
from components._shown import shown

from .errors import Problem, remove_command, set_command, setting_path
from .namespaces import AREA_NAMESPACES, area_namespaces, namespace_in_url
from .rule import Rule, rule
from .settings import Settings

EXTERNAL = "external"
URLS = {
    "logging": ("url",),
    "tracing": ("otlp_endpoint", "query_url"),
    "metrics": ("remote_write_url", "otlp_url", "query_url"),
}
"""The settings of each area with addresses of its store."""

Need = Callable[[Settings], str]


def _always(_: Settings) -> str:
    return "kind external"


def _never(_: Settings) -> str:
    return ""


def _provisioned(area: str) -> Need:
    def needed_by(settings: Settings) -> str:
        return "provision_datasource" if getattr(settings, area).provision_datasource else ""

    return needed_by


def _generated(settings: Settings) -> str:
    return "kind external" if settings.tracing.in_stack else ""


def _of_external_store(area: str, key: str, needed_by: Need = _never, *reads: str) -> Rule:
    """Return the rule that a setting is of kind `external`, and is set where something needs it."""

    @rule(f"{area}.kind", *reads, f"{area}.{key}")
    def setting_is_of_an_external_store(settings: Settings) -> Iterator[Problem]:
        model = getattr(settings, area)
        kind, value, place = model.kind, getattr(model, key), setting_path(area, key)
        if kind != EXTERNAL and value is not None:
            message = f"must not be set with kind {kind.value}; remove it, or set kind to external"
            yield Problem(place, message, remove_command(place), shown(value))
        if kind == EXTERNAL and not value and (why := needed_by(settings)):
            meaning = str(type(model).model_fields[key].description).partition(" Default:")[0].rstrip(".")
            message = f"is missing: {why} requires {key}; set it. {meaning}"
            yield Problem(place, message, set_command(place, placeholder(key)))

    return setting_is_of_an_external_store


@rule("metrics.kind", "metrics.remote_write_url", "metrics.otlp_url", "tracing.kind")
def _external_metrics_have_an_address(settings: Settings) -> Iterator[Problem]:
    metrics = settings.metrics
    # The stack's own Tempo requires remote write in any case.
    if metrics.kind == EXTERNAL and not (metrics.remote_write_url or metrics.otlp_url or settings.tracing.in_stack):
        place = setting_path("metrics", "remote_write_url")
        message = "is missing: kind external requires remote_write_url or otlp_url; set one of them"
        yield Problem(place, message, set_command(place, placeholder("remote_write_url")))


@rule("metrics.kind", "alerting")
def _alerts_of_an_existing_prometheus_are_notified(settings: Settings) -> Iterator[Problem]:
    alerting = settings.alerting
    notified = alerting.alertmanager_url or alerting.receivers
    if settings.metrics.kind == EXTERNAL and settings.has_alerting and not notified:
        place = setting_path("alerting", "alertmanager_url")
        message = (
            "is missing: metrics.kind external requires the Alertmanager that the existing Prometheus sends alerts to, "
            "which has routes of its own, or alerting.receivers, whose routes are then checked and put into a Secret "
            "for it; set one of them"
        )
        yield Problem(place, message, set_command(place, placeholder("alertmanager_url")))


def _grafana_can_query(area: str, signal: str) -> Rule:
    """Return the rule that the stack's own Grafana has an address for the queries of a signal."""
    uid = f"{signal}_uid"

    @rule("grafana.enabled", f"{area}.provision_datasource", f"datasources.{uid}", f"{area}.kind", f"{area}.query_url")
    def grafana_can_query(settings: Settings) -> Iterator[Problem]:
        model = getattr(settings, area)
        missing = model.kind == EXTERNAL and model.query_url is None and not model.provision_datasource
        if settings.grafana.enabled and missing:
            place = setting_path(area, "query_url")
            yield Problem(
                place,
                "is missing: the stack's own Grafana requires it, as its links refer to datasource "
                f"{getattr(settings.datasources, uid)!r}, which nothing else provisions; set it",
                set_command(place, placeholder("query_url")),
            )

    return grafana_can_query


@rule(
    *(*AREA_NAMESPACES, *(f"{area}.{name}" for area, names in URLS.items() for name in names)),
    "cluster.existing_namespaces",
)
def _namespaces_differ_from_external_stores(settings: Settings) -> Iterator[Problem]:
    external = {
        namespace: area
        for area, names in URLS.items()
        for name in names
        if getattr(settings, area).kind == EXTERNAL
        and (namespace := namespace_in_url(getattr(getattr(settings, area), name) or ""))
    }
    for area, namespace in area_namespaces(settings).items():
        if namespace in external and namespace not in settings.cluster.existing_namespaces:
            place = setting_path(area, "namespace")
            yield Problem(
                place,
                f"is the namespace of the external store of {external[namespace]}: this stack would change its Pod "
                "Security level and delete it on destroy; use another one, or add it to cluster.existing_namespaces",
                set_command(place, area),
                shown(namespace),
            )


EXTERNAL_STORE_RULES: Sequence[Rule] = (
    _of_external_store("logging", "url", _always),
    _of_external_store("logging", "client"),
    _of_external_store("logging", "provision_datasource"),
    _of_external_store("tracing", "otlp_endpoint", _always),
    _of_external_store("tracing", "query_url", _provisioned("tracing"), "tracing.provision_datasource"),
    _of_external_store("tracing", "client"),
    _of_external_store("tracing", "provision_datasource"),
    _of_external_store("metrics", "remote_write_url", _generated, "tracing.kind"),
    _external_metrics_have_an_address,
    _of_external_store("metrics", "otlp_url"),
    _of_external_store("metrics", "query_url", _provisioned("metrics"), "metrics.provision_datasource"),
    _of_external_store("metrics", "client"),
    _of_external_store("metrics", "provision_datasource"),
    _grafana_can_query("tracing", "traces"),
    _grafana_can_query("metrics", "metrics"),
    _alerts_of_an_existing_prometheus_are_notified,
    _namespaces_differ_from_external_stores,
)
"""Addresses of stores that exist already."""
