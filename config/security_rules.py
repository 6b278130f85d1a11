"""Rules on `observability:security`: its settings fit together, and none is without effect."""

from collections.abc import Iterable, Iterator

from components._model import placeholder
from components._shown import shown
from components.certificates.spec import CertificateSettings

from .errors import PROJECT, Problem, remove_command, set_command
from .namespaces import namespace_in_url
from .rule import rule
from .security import Authentication, Tls
from .settings import Settings

_AREA = f"{PROJECT}:security"
_OWN_STORES = ("logging.kind", "tracing.kind", "metrics.kind")
"""The settings that decide which stores the stack runs."""
_LOGINS_OF_METRICS = {"generator": ("metrics", "tracing"), "prometheus": ("metrics",)}
"""The logins of clients of the stack's own Prometheus, and the areas whose stores they are for."""


@rule("security.tls", "security.issuer")
def _issuer_is_of_cert_manager(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    by_manager = area.tls is Tls.CERT_MANAGER
    if by_manager and area.issuer is None:
        place = f"{_AREA}.issuer.name"
        sentence = "is missing: tls cert-manager requires an issuer with a CA of its own; set its name"
        yield Problem(place, sentence, set_command(place, placeholder("issuer")))
    if area.issuer is not None and not by_manager:
        place = f"{_AREA}.issuer"
        sentence = f"is not used: tls is {area.tls.value}, and only cert-manager has an issuer; remove it"
        yield Problem(place, sentence, remove_command(place), shown(area.issuer.name))


@rule("security.certificates", "security.tls", "logging.kind", "tracing.kind")
def _certificates_are_used(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if "certificates" in area.model_fields_set and not area.uses_tls:
        place = f"{_AREA}.certificates"
        yield Problem(place, "is not used: tls is none; remove it", remove_command(place), shown(area.certificates))
    for name, store in (("loki", "logging"), ("tempo", "tracing")):
        if area.uses_tls and name in area.certificates.model_fields_set and not getattr(settings, store).in_stack:
            place = f"{_AREA}.certificates.{name}"
            sentence = f"is not used: {store}.kind is external; remove it"
            yield Problem(place, sentence, remove_command(place), shown(getattr(area.certificates, name)))
    if area.tls is Tls.EXISTING:
        for key in sorted(area.certificates.model_fields_set & CertificateSettings.model_fields.keys()):
            place = f"{_AREA}.certificates.{key}"
            yield Problem(
                place,
                "is not used: tls is existing, and only cert-manager issues; remove it",
                remove_command(place),
                shown(getattr(area.certificates, key)),
            )


@rule("security.tls", "security.authentication", "cluster.environment")
def _logins_of_production_are_encrypted(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if area.uses_basic_auth and not area.uses_tls and settings.cluster.production:
        encrypt = {"tls": "cert-manager", "issuer": {"name": placeholder("issuer")}}
        yield Problem(
            f"{_AREA}.tls",
            "must not be none with environment production and authentication basic, as passwords would cross the "
            "network in plain text; use cert-manager, or existing",
            set_command(_AREA, encrypt),
            shown(area.tls),
        )


@rule("security.logins", "security.authentication")
def _logins_are_used(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if area.logins is not None and not area.uses_basic_auth:
        logins = f"{_AREA}.logins"
        sentence = f"is not used: authentication is {area.authentication.value}, and only basic has logins; remove it"
        yield Problem(logins, sentence, remove_command(logins), shown(area.logins))


@rule("security.metrics_namespaces", "security.authentication", "logging.kind", "tracing.kind")
def _metrics_namespaces_are_used(settings: Settings) -> Iterator[Problem]:
    area, own = settings.security, settings.logging.in_stack or settings.tracing.in_stack
    if area.metrics_namespaces and (area.authentication is Authentication.NONE or not own):
        opened = f"{_AREA}.metrics_namespaces"
        reason = "without authentication every pod may read metrics"
        sentence = f"is not used: {reason if own else 'the stack runs no Loki and no Tempo'}; remove it"
        yield Problem(opened, sentence, remove_command(opened), shown(area.metrics_namespaces))


@rule("security.logins", "security.authentication", "metrics.kind", "tracing.kind")
def _logins_of_metrics_are_known(settings: Settings) -> Iterator[Problem]:
    logins = settings.security.logins
    if logins is None or not settings.security.uses_basic_auth:
        return
    for key, areas in _LOGINS_OF_METRICS.items():
        place, value = f"{_AREA}.logins.{key}", getattr(logins, key)
        external = _external(settings, areas)
        if not external and value is None:
            sentence = "is missing: the stack's own Prometheus requires logins of its clients; set it"
            yield Problem(place, sentence, set_command(place, placeholder(f"{key}_logins")))
        elif external and value is not None:
            sentence = f"is not used: {external[0]}.kind is {getattr(settings, external[0]).kind.value}; remove it"
            yield Problem(place, sentence, remove_command(place), shown(value))


def _external(settings: Settings, areas: Iterable[str]) -> list[str]:
    """Return the areas whose store is not the stack's own."""
    return [area for area in areas if not getattr(settings, area).in_stack]


@rule("security.tls", "security.authentication", "security.receiver_tls", *_OWN_STORES)
def _security_is_of_own_stores(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if settings.has_own_store:
        return
    external = "is not used: the stack runs no Loki, no Tempo and no Prometheus; external stores have a client each"
    if area.uses_basic_auth or (area.presents_certificates and not area.receiver_tls):
        place = f"{_AREA}.authentication"
        yield Problem(place, f"{external}; remove it", remove_command(place), shown(area.authentication))
    if area.uses_tls and not area.receiver_tls:
        place = f"{_AREA}.tls"
        yield Problem(place, f"{external}; remove it, or set receiver_tls", remove_command(place), shown(area.tls))


@rule("security.logins", "security.authentication", "logging.tenants_secret", *_OWN_STORES)
def _server_logins_are_those_of_own_stores(settings: Settings) -> Iterator[Problem]:
    logins = settings.security.logins
    if logins is None or not settings.security.uses_basic_auth or not settings.has_own_store:
        return
    servers = (("loki", "logging", logins.loki), ("tempo", "tracing", logins.tempo))
    for server, area, secret in servers:
        place, own = f"{_AREA}.logins.{server}", getattr(settings, area).in_stack
        named_by_login = server == "loki" and bool(settings.logging.tenants_secret)
        if own and not named_by_login and secret is None:
            sentence = f"is missing: {server.capitalize()}'s gateway requires a Secret with .htpasswd; set it"
            yield Problem(place, sentence, set_command(place, placeholder(f"{server}_logins")))
        elif not own and secret is not None:
            yield Problem(
                place, f"is not used: {area}.kind is external; remove it", remove_command(place), shown(secret)
            )


@rule("security.logins", "security.authentication", "logging.tenants_secret", *_OWN_STORES)
def _tenant_logins_are_known(settings: Settings) -> Iterator[Problem]:
    logins, secret = settings.security.logins, settings.logging.tenants_secret
    place = f"{_AREA}.logins"
    if not secret or not settings.logging.in_stack:
        return
    if logins is None or not settings.security.uses_basic_auth:
        yield Problem(
            f"{PROJECT}:logging.tenants_secret",
            "requires existing logins, as the stack cannot generate those of tenants; set security.authentication to "
            "basic, and security.logins to the Secrets of the collectors, Grafana, Tempo and Prometheus",
            set_command(f"{_AREA}.authentication", "basic")
            + "\n"
            + set_command(
                place,
                {
                    "collectors": placeholder("collectors_login"),
                    "grafana": placeholder("grafana_login"),
                    **({"tempo": placeholder("tempo_logins")} if settings.tracing.in_stack else {}),
                    **{
                        key: placeholder(f"{key}_logins")
                        for key, areas in _LOGINS_OF_METRICS.items()
                        if not _external(settings, areas)
                    },
                },
            ),
            shown(secret),
        )
    elif logins.loki is not None:
        sentence = "is not used: logging.tenants_secret replaces it; remove it"
        yield Problem(f"{place}.loki", sentence, remove_command(f"{place}.loki"), shown(logins.loki))


@rule("logging.kind", "logging.tenants_secret", "telemetry.namespace_tenants")
def _namespace_tenants_exclude_tenant_logins(settings: Settings) -> Iterator[Problem]:
    if settings.logging.in_stack and settings.logging.tenants_secret and settings.telemetry.namespace_tenants:
        named = f"{PROJECT}:telemetry.namespace_tenants"
        sentence = "is not used: with logging.tenants_secret the collectors' login is the tenant of all logs; remove it"
        yield Problem(named, sentence, remove_command(named), shown(settings.telemetry.namespace_tenants))


@rule("security.receiver_tls", "demo.enabled")
def _demo_excludes_receiver_tls(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if not area.receiver_tls:
        return
    if settings.demo.enabled:
        sentence = "must not be set with demo.enabled, as the demo sends in plain text; disable one of them"
        yield Problem(f"{_AREA}.receiver_tls", sentence, set_command(f"{PROJECT}:demo.enabled", False), shown(True))


@rule("security.receiver_tls", "logging.kind", "logging.traces_endpoint", "telemetry.namespace")
def _loki_sends_traces_by_receiver_tls(settings: Settings) -> Iterator[Problem]:
    own = settings.logging.traces_endpoint or ""
    plain = own.startswith("http://") and namespace_in_url(own) == settings.telemetry.namespace
    if settings.security.receiver_tls and settings.logging.in_stack and plain:
        endpoint = f"{PROJECT}:logging.traces_endpoint"
        sentence = "must not be in plain text with security.receiver_tls; disable one of them"
        yield Problem(endpoint, sentence, set_command(f"{_AREA}.receiver_tls", False), shown(own))


SECURITY_RULES = (
    _issuer_is_of_cert_manager,
    _certificates_are_used,
    _logins_of_production_are_encrypted,
    _logins_are_used,
    _metrics_namespaces_are_used,
    _logins_of_metrics_are_known,
    _security_is_of_own_stores,
    _server_logins_are_those_of_own_stores,
    _tenant_logins_are_known,
    _namespace_tenants_exclude_tenant_logins,
    _demo_excludes_receiver_tls,
    _loki_sends_traces_by_receiver_tls,
)
"""Rules against settings that exclude each other or have no effect."""
