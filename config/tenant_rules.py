"""Rules on tenants: every log line has one that is defined."""

from collections.abc import Iterator

from components._messages import closest
from components._shown import shown

from .errors import Problem, nearest, remove_command, set_command, setting_path
from .rule import rule
from .settings import Settings


@rule("logging.kind", "logging.tenants", "logging.tenants_secret", "telemetry.logs_tenant")
def _logs_without_a_namespace_have_a_tenant(settings: Settings) -> Iterator[Problem]:
    tenants = settings.logging.tenants
    named_by_login = bool(settings.logging.tenants_secret)
    if settings.logging.in_stack and len(tenants) > 1 and not settings.telemetry.logs_tenant and not named_by_login:
        place = setting_path("telemetry", "logs_tenant")
        yield Problem(
            place,
            f"is missing: logging.tenants names {', '.join(tenants)}, and logs whose namespace names none "
            "(telemetry.namespace_tenants), such as those sent by OTLP, require a tenant; set it",
            set_command(place, tenants[0]),
        )


@rule("logging.kind", "logging.tenants", "telemetry.logs_tenant")
def _logs_tenant_is_defined(settings: Settings) -> Iterator[Problem]:
    if settings.telemetry.logs_tenant:
        yield from _unknown_tenant(settings, setting_path("telemetry", "logs_tenant"), settings.telemetry.logs_tenant)


@rule("logging.kind", "logging.tenants", "telemetry.namespace_tenants")
def _namespace_tenants_are_defined(settings: Settings) -> Iterator[Problem]:
    for namespace, tenant in settings.telemetry.namespace_tenants.items():
        yield from _unknown_tenant(settings, setting_path("telemetry", "namespace_tenants", namespace), tenant)


def _unknown_tenant(settings: Settings, place: str, tenant: str) -> Iterator[Problem]:
    # The tenants of an external Loki are not known.
    tenants = settings.logging.tenants
    if settings.logging.in_stack and tenant not in tenants:
        hint = nearest(tenant, tenants) if tenants else "there are none"
        fix = set_command(place, closest(tenant, tenants) or tenants[0]) if tenants else remove_command(place)
        yield Problem(place, f"must be one of logging.tenants; {hint}", fix, shown(tenant))


TENANT_RULES = (
    _logs_without_a_namespace_have_a_tenant,
    _logs_tenant_is_defined,
    _namespace_tenants_are_defined,
)
"""Rules against logs without a tenant, or with one that Loki's gateway refuses."""
