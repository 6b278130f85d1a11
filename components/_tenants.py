"""Names of Loki's tenants, and the header that a request names them in."""

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

HEADER = "X-Scope-OrgID"
"""The header that Loki reads the tenant from."""

THE_ONLY_TENANT = "fake"
"""Tenant of all requests while Loki has no tenants."""

_NAME = re.compile(r"[0-9A-Za-z!\-_.*'()]{1,150}")


def header_value(tenants: Sequence[str]) -> str:
    """Return the header of a query of several tenants."""
    return "|".join(tenants)


def _tenant_name(name: str) -> str:
    """Return `name`; raise `ValueError` if Loki rejects it as a tenant or as a directory of the bucket."""
    if not _NAME.fullmatch(name):
        raise ValueError(
            "must be 1 to 150 letters, digits and !-_.*'(), as Loki requires of a tenant; use no other characters"
        )
    if name in (".", ".."):
        raise ValueError("must not be . or .., as the name of a tenant becomes a path in the bucket; choose another")
    return name


Tenant = Annotated[str, AfterValidator(_tenant_name)]
"""A name that Loki accepts for a tenant."""

OptionalTenant = Annotated[str, AfterValidator(lambda name: _tenant_name(name) if name else name)]
"""A `Tenant`, or the empty string where there is none."""
