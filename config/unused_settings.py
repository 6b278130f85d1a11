"""Settings that have no effect, given another setting: they are refused."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from components._model import StrictModel
from components._shown import shown
from components.alerting.notifications import NotificationSettings
from components.caching.spec import CacheSettings
from components.datasources.spec import DatasourcesSettings
from components.demo.spec import DemoSettings
from components.grafana.spec import GrafanaSettings
from components.ingress.spec import BasicAuthSettings, UiRouteSettings
from components.logging.spec import LoggingSettings
from components.metrics.spec import MetricsSettings
from components.probes.spec import ProbesSettings
from components.tracing.spec import TracingSettings

from .alerting import AlertingArea
from .caching import CacheKind
from .errors import Problem, remove_command, setting_path
from .ingress import IngressKind
from .metrics import MetricsKind
from .rule import Rule, rule
from .settings import Settings

Reason = Callable[[Settings], str]


@dataclass(frozen=True)
class _Unused:
    """Settings that others may leave without effect."""

    depends_on: Sequence[str]
    reason: Reason
    """Why they have no effect; empty where they have one."""
    settings: Mapping[str, Iterable[str]]
    """Fields by area."""

    def rules(self) -> Iterator[Rule]:
        """Yield a rule for each of the settings."""
        return (self._rule(area, field) for area, fields in self.settings.items() for field in fields)

    def _rule(self, area: str, field: str) -> Rule:
        @rule(*self.depends_on, f"{area}.{field}")
        def setting_is_used(settings: Settings) -> Iterator[Problem]:
            if why := self.reason(settings):
                yield from _unused(getattr(settings, area), setting_path(area, field), field, why)

        return setting_is_used


def _without_prometheus(settings: Settings) -> str:
    metrics = settings.metrics
    why = f"metrics.kind is {metrics.kind.value}, and this is a setting of the Prometheus of the stack"
    return "" if metrics.in_stack else why


def _without_rules(settings: Settings) -> str:
    why = f"metrics.kind is {settings.metrics.kind.value}, and the stack states no rules (observability:alerting)"
    return "" if settings.has_alerting else why


def _with_another_alertmanager(settings: Settings) -> str:
    return "alerting.alertmanager_url is set, and the Alertmanager there has its own" * bool(
        settings.alerting.alertmanager_url
    )


def _without_own_alertmanager(settings: Settings) -> str:
    why = f"metrics.kind is {settings.metrics.kind.value}, and the stack runs no Alertmanager"
    return _with_another_alertmanager(settings) if settings.metrics.in_stack else why


def _without_loki(settings: Settings) -> str:
    why = "logging.kind is external, and this is a setting of the Loki of the stack"
    return "" if settings.logging.in_stack else why


def _tenant_of_client(settings: Settings) -> str:
    return "" if settings.logging.in_stack else "logging.kind is external, whose tenant is logging.client.tenant"


def _without_tempo(settings: Settings) -> str:
    why = "tracing.kind is external, and this is a setting of the Tempo of the stack"
    return "" if settings.tracing.in_stack else why


def _tempo_without_metrics(settings: Settings) -> str:
    return _without_metrics(settings) if settings.tracing.in_stack else ""


def _without_metrics(settings: Settings) -> str:
    none = settings.metrics.kind is MetricsKind.NONE
    return "metrics.kind is none, so there are no metrics" if none else ""


def _datasources_without_metrics(settings: Settings) -> str:
    return _without_metrics(settings) if settings.provisioned_datasources else ""


def _without_datasources(settings: Settings) -> str:
    return "" if settings.provisioned_datasources else "the stack creates no datasource (provision_datasource)"


def _without_grafana(settings: Settings) -> str:
    return "" if settings.grafana.enabled else "grafana.enabled is false"


def _without_probes(settings: Settings) -> str:
    return "" if settings.probes.enabled else "probes.targets is empty"


def _without_demo(settings: Settings) -> str:
    return "" if settings.demo.enabled else "demo.enabled is false"


def _without_valkey(settings: Settings) -> str:
    kind = settings.caching.kind
    return "" if kind is CacheKind.VALKEY else f"caching.kind is {kind}"


def _with_valkey(settings: Settings) -> str:
    valkey = settings.caching.kind is CacheKind.VALKEY and settings.logging.in_stack
    return "caching.kind is valkey, which replaces that cache and has caching.size_mib" if valkey else ""


def _without_routes(settings: Settings) -> str:
    return "ingress.kind is none" if settings.ingress.kind is IngressKind.NONE else ""


_PROVISIONED = (
    "grafana.enabled",
    *(f"{area}.{name}" for area in ("logging", "tracing", "metrics") for name in ("kind", "provision_datasource")),
    *("logging.url", "tracing.query_url", "metrics.query_url"),
)
"""The settings that decide which datasources the stack creates."""

_OF_RULES = ("external_labels",)
"""Settings of Prometheus that rules for an existing one are checked with too."""

_UNUSED = (
    _Unused(
        ("logging.kind",),
        _without_loki,
        {"logging": ("namespace", "rules_directory", *LoggingSettings.model_fields), "retention": ("logs",)},
    ),
    _Unused(("logging.kind",), _tenant_of_client, {"telemetry": ("logs_tenant",)}),
    _Unused(
        ("tracing.kind",),
        _without_tempo,
        {"tracing": ("namespace", *TracingSettings.model_fields), "retention": ("traces",)},
    ),
    _Unused(
        ("metrics.kind",),
        _without_prometheus,
        {"metrics": ("long_term", *sorted(MetricsSettings.model_fields.keys() - _OF_RULES))},
    ),
    _Unused(
        ("metrics.kind", "alerting"),
        _without_rules,
        {"metrics": ("namespace", *_OF_RULES), "retention": ("metrics",)},
    ),
    _Unused(
        ("metrics.kind",),
        _without_metrics,
        {"alerting": sorted(AlertingArea.model_fields.keys() - {"alertmanager"})},
    ),
    _Unused(("metrics.kind", "alerting.alertmanager_url"), _without_own_alertmanager, {"alerting": ("alertmanager",)}),
    _Unused(
        ("alerting.alertmanager_url",), _with_another_alertmanager, {"alerting": NotificationSettings.model_fields}
    ),
    _Unused(
        ("metrics.kind", "tracing.kind"),
        _tempo_without_metrics,
        {"tracing": ("processors", "span_metrics_dimensions", "service_graph_dimensions", "external_labels")},
    ),
    _Unused(
        _PROVISIONED,
        _datasources_without_metrics,
        {
            "datasources": (
                *("metrics_uid", "metrics_name", "metrics_type", "metrics_queries", "metrics_tags", "exemplar_labels"),
            ),
        },
    ),
    _Unused(_PROVISIONED, _without_datasources, {"datasources": DatasourcesSettings.model_fields}),
    _Unused(("grafana.enabled",), _without_grafana, {"grafana": GrafanaSettings.model_fields}),
    _Unused(
        ("probes.targets",),
        _without_probes,
        {"probes": sorted({"namespace", *ProbesSettings.model_fields} - {"targets"})},
    ),
    _Unused(("demo.enabled",), _without_demo, {"demo": ("namespace", *DemoSettings.model_fields)}),
    _Unused(("caching.kind",), _without_valkey, {"caching": ("namespace", *CacheSettings.model_fields)}),
    _Unused(("caching.kind", "logging.kind"), _with_valkey, {"logging": ("chunks_cache_mib", "results_cache_mib")}),
    _Unused(
        ("ingress.kind",),
        _without_routes,
        # Domain and scheme are of Grafana's own URL too.
        {
            "ingress": sorted(
                {
                    *("auth_middleware", "namespace", "source_ranges"),
                    *UiRouteSettings.model_fields,
                    *BasicAuthSettings.model_fields,
                }
                - {"https"}
            )
        },
    ),
)


@rule("ingress.kind", "ingress.auth_middleware", "secrets")
def _ui_users_are_used(settings: Settings) -> Iterator[Problem]:
    if "ui_users" not in settings.configured_secrets:
        return
    why = ""
    if settings.ingress.kind is IngressKind.NONE:
        why = "ingress.kind is none"
    elif middleware := settings.ingress.auth_middleware:
        why = f"ingress.auth_middleware {middleware.namespace}/{middleware.name} authenticates in their place"
    if why:
        place = setting_path("ui_users")
        yield Problem(place, f"is not used: {why}; remove it", remove_command(place))


def _unused(area: StrictModel, place: str, field: str, why: str) -> Iterator[Problem]:
    # A default in the stack file has no effect either way.
    default = type(area).model_fields[field].get_default(call_default_factory=True)
    value = getattr(area, field)
    if field in area.model_fields_set and value != default:
        yield Problem(place, f"is not used: {why}; remove it", remove_command(place), shown(value))


UNUSED_SETTINGS_RULES = (*(rule for unused in _UNUSED for rule in unused.rules()), _ui_users_are_used)
"""One rule for each setting that may have no effect."""
