"""Rules on tenants: every log has one that Loki knows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .problems import PROJECT, Problem, nearest, remove_command, set_command

if TYPE_CHECKING:
    from .stack import Settings


def tenant_problems(settings: "Settings") -> Iterator[Problem]:
    """Find logs that would have no tenant, or one that Loki's gateway turns away."""
    tenants, area = settings.logging.tenants, settings.telemetry
    place = f"{PROJECT}:telemetry.logs_tenant"
    if len(tenants) > 1 and area.logs_tenant is None and settings.logging.tenants_secret is None:
        yield Problem(
            place,
            f"is missing: logging.tenants names {', '.join(tenants)}, and logs that no namespace tells the tenant of "
            "(telemetry.namespace_tenants), such as those sent by OTLP, need one",
            set_command(place, tenants[0]),
        )
    named = {f"namespace_tenants.{namespace}": tenant for namespace, tenant in area.namespace_tenants.items()}
    if area.logs_tenant is not None:
        named["logs_tenant"] = area.logs_tenant
    for setting, tenant in named.items():
        if tenant not in tenants:
            place = f"{PROJECT}:telemetry.{setting}"
            hint = nearest(tenant, tenants) if tenants else "there are none"
            fix = set_command(place, tenants[0]) if tenants else remove_command(place)
            yield Problem(place, f"is no tenant of logging.tenants: {hint}", fix, tenant)
