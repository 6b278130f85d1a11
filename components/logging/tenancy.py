"""Tenants: whose logs are whose, and how the gateway finds out.

Loki believes the header `X-Scope-OrgID`. So the gateway lets no other than the listed tenants pass, or, where it has
logins, takes the user for the tenant whatever the header says.
"""

import re
from typing import Any

from .spec import LoggingSpec


def tenant_config(spec: LoggingSpec) -> dict[str, Any]:
    """Give the part of Loki's configuration that tells tenants apart, and lets one query read several."""
    if not spec.tenants:
        return {"auth_enabled": False}
    return {"auth_enabled": True, "querier": {"multi_tenant_queries_enabled": True}}


def tenant_gateway(spec: LoggingSpec) -> dict[str, Any]:
    """Give the part of the gateway's values that tells tenants apart."""
    if not spec.tenants:
        return {}
    if spec.tenants_secret:
        # In each location: one with headers of its own inherits none of the server's.
        return {
            "basicAuth": {"enabled": True, "existingSecret": spec.tenants_secret},
            "nginxConfig": {"locationSnippet": "proxy_set_header X-Scope-OrgID $remote_user;"},
        }
    return {
        "nginxConfig": {
            "httpSnippet": known_tenants(spec.tenants),
            "locationSnippet": "if ($stranger) { return 403; }",
        }
    }


def known_tenants(tenants: tuple[str, ...]) -> str:
    """Write nginx maps that set `$stranger` for a request, but a probe, that names another than a known tenant."""
    names = "|".join(re.escape(tenant) for tenant in tenants)
    return "\n".join(
        [
            "map $http_x_scope_orgid $tenant_known {",
            "  default 0;",
            f'  "~^({names})(\\|({names}))*$" 1;',
            "}",
            'map "$tenant_known $uri" $stranger {',
            "  default 0;",
            '  "~^0 /." 1;',
            "}",
        ]
    )
