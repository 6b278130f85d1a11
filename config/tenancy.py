"""Rules on tenants: every log has one that Loki knows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from components._sentences import closest

from .problems import Problem, nearest, place_of, remove_command, set_command, shown

if TYPE_CHECKING:
    from .stack import Settings


def _logs_that_no_namespace_tells_the_tenant_of_have_one(settings: "Settings") -> Iterator[Problem]:
    tenants = settings.logging.tenants
    told_by_login = settings.logging.tenants_secret is not None
    if len(tenants) > 1 and settings.telemetry.logs_tenant is None and not told_by_login:
        place = place_of("telemetry", "logs_tenant")
        yield Problem(
            place,
            f"is missing: logging.tenants names {', '.join(tenants)}, and logs that no namespace tells the tenant of "
            "(telemetry.namespace_tenants), such as those sent by OTLP, need one",
            set_command(place, tenants[0]),
        )


def _logs_go_to_a_tenant_there_is(settings: "Settings") -> Iterator[Problem]:
    if settings.telemetry.logs_tenant is not None:
        yield from _stranger(settings, place_of("telemetry", "logs_tenant"), settings.telemetry.logs_tenant)


def _namespaces_belong_to_tenants_there_are(settings: "Settings") -> Iterator[Problem]:
    for namespace, tenant in settings.telemetry.namespace_tenants.items():
        yield from _stranger(settings, place_of("telemetry", "namespace_tenants", namespace), tenant)


def _stranger(settings: "Settings", place: str, tenant: str) -> Iterator[Problem]:
    tenants = settings.logging.tenants
    if tenant not in tenants:
        hint = nearest(tenant, tenants) if tenants else "there are none"
        fix = set_command(place, closest(tenant, tenants) or tenants[0]) if tenants else remove_command(place)
        yield Problem(place, f"is no tenant of logging.tenants: {hint}", fix, shown(tenant))


TENANT_RULES = (
    _logs_that_no_namespace_tells_the_tenant_of_have_one,
    _logs_go_to_a_tenant_there_is,
    _namespaces_belong_to_tenants_there_are,
)
"""Each finds logs that would have no tenant, or one that Loki's gateway turns away."""
