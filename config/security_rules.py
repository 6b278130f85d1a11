"""Rules on `observability:security`: what it says is possible, and protects what it seems to."""

from collections.abc import Iterator

from components._model import placeholder
from components.security.spec import CertificateSettings

from .errors import PROJECT, Problem, remove_command, set_command, shown
from .namespaces import namespace_in_url
from .rule import rule
from .security import Authentication, Tls
from .settings import Settings

_AREA = f"{PROJECT}:security"


@rule("security.tls", "security.issuer")
def _an_issuer_goes_with_cert_manager(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    by_manager = area.tls is Tls.CERT_MANAGER
    if by_manager and area.issuer is None:
        place = f"{_AREA}.issuer.name"
        sentence = "is missing: tls cert-manager asks an issuer for certificates, one with a CA of its own"
        yield Problem(place, sentence, set_command(place, placeholder("issuer")))
    if area.issuer is not None and not by_manager:
        place = f"{_AREA}.issuer"
        sentence = f"is not used: only tls cert-manager asks an issuer, and tls is {area.tls.value}"
        yield Problem(place, sentence, remove_command(place), shown(area.issuer.name))


@rule("security.certificates", "security.tls")
def _certificates_are_used(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if "certificates" in area.model_fields_set and not area.encrypted:
        place = f"{_AREA}.certificates"
        yield Problem(place, "is not used: tls is none; remove it", remove_command(place))
    if area.tls is Tls.GIVEN:
        for key in sorted(area.certificates.model_fields_set & CertificateSettings.model_fields.keys()):
            place = f"{_AREA}.certificates.{key}"
            yield Problem(
                place, "is not used: tls is given, and cert-manager alone issues; remove it", remove_command(place)
            )


@rule("security.tls", "security.authentication", "cluster.environment")
def _logins_of_production_are_encrypted(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if area.logs_in and not area.encrypted and settings.cluster.production:
        yield _plain(
            "environment production refuses authentication basic without TLS, as passwords would cross the network in "
            "plain text"
        )


@rule("security.logins", "security.authentication")
def _logins_are_used(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if area.logins is not None and not area.logs_in:
        logins = f"{_AREA}.logins"
        sentence = f"is not used: only authentication basic logs in, and it is {area.authentication.value}"
        yield Problem(logins, sentence, remove_command(logins))


@rule("security.metrics_namespaces", "security.authentication")
def _metrics_namespaces_are_used(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if area.metrics_namespaces and area.authentication is Authentication.NONE:
        opened = f"{_AREA}.metrics_namespaces"
        sentence = "is not used: without authentication everybody may read metrics"
        yield Problem(opened, sentence, remove_command(opened))


@rule("security.logins", "security.authentication", "logging.tenants_secret")
def _tenants_who_log_in(settings: Settings) -> Iterator[Problem]:
    logins, secret = settings.security.logins, settings.logging.tenants_secret
    place = f"{_AREA}.logins"
    if not secret:
        if logins is not None and logins.loki is None and settings.security.logs_in:
            sentence = "is missing: the Secret that Loki's gateway checks logins by"
            yield Problem(f"{place}.loki", sentence, set_command(f"{place}.loki", placeholder("loki_logins")))
        return
    if logins is None or not settings.security.logs_in:
        yield Problem(
            f"{PROJECT}:logging.tenants_secret",
            "has Loki ask for logins that the stack does not know: use security.authentication basic and name in "
            "security.logins those of the collectors, of Grafana and of Tempo",
            set_command(f"{_AREA}.authentication", "basic")
            + "\n"
            + set_command(
                place,
                {
                    "collectors": placeholder("collectors_login"),
                    "grafana": placeholder("grafana_login"),
                    "tempo": placeholder("tempo_logins"),
                },
            ),
            shown(secret),
        )
    elif logins.loki is not None:
        sentence = "is not used: logging.tenants_secret takes its place"
        yield Problem(f"{place}.loki", sentence, remove_command(f"{place}.loki"), shown(logins.loki))


@rule("logging.tenants_secret", "telemetry.namespace_tenants")
def _the_login_is_the_tenant(settings: Settings) -> Iterator[Problem]:
    if settings.logging.tenants_secret and settings.telemetry.namespace_tenants:
        named = f"{PROJECT}:telemetry.namespace_tenants"
        sentence = "is not used: with logging.tenants_secret the collectors' login is the tenant of all logs"
        yield Problem(named, sentence, remove_command(named))


@rule("security.senders", "demo.enabled")
def _senders_speak_tls(settings: Settings) -> Iterator[Problem]:
    area = settings.security
    if not area.senders:
        return
    if settings.demo.enabled:
        sentence = "the demo sends in plain text, which the collectors would refuse: turn one of the two off"
        yield Problem(f"{_AREA}.senders", sentence, set_command(f"{PROJECT}:demo.enabled", False), "true")


@rule("security.senders", "logging.traces_endpoint", "telemetry.namespace")
def _loki_sends_its_traces_as_others_do(settings: Settings) -> Iterator[Problem]:
    own = settings.logging.traces_endpoint or ""
    plain = own.startswith("http://") and namespace_in_url(own) == settings.telemetry.namespace
    if settings.security.senders and plain:
        endpoint = f"{PROJECT}:logging.traces_endpoint"
        sentence = "is plain text, which the collectors would refuse with security.senders: turn one of the two off"
        yield Problem(endpoint, sentence, set_command(f"{_AREA}.senders", False), shown(own))


def _plain(sentence: str) -> Problem:
    encrypt = {"tls": "cert-manager", "issuer": {"name": placeholder("issuer")}}
    return Problem(f"{_AREA}.tls", f"{sentence} (use cert-manager, or given)", set_command(_AREA, encrypt), "none")


SECURITY_RULES = (
    _an_issuer_goes_with_cert_manager,
    _certificates_are_used,
    _logins_of_production_are_encrypted,
    _logins_are_used,
    _metrics_namespaces_are_used,
    _tenants_who_log_in,
    _the_login_is_the_tenant,
    _senders_speak_tls,
    _loki_sends_its_traces_as_others_do,
)
"""What cannot be had together, and what is set and used by nothing."""
