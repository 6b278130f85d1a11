"""The part of `Logging`'s arguments that says what Loki does beside keeping logs: tenants, rules, traces of itself."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from .._spec import rule
from ..units import OptionalHttpUrl
from .spec_store import StoreSpec


def _tenant_name(name: str) -> str:
    """Accept what Loki takes for the name of a tenant, and as the name of its directory in the bucket."""
    if not re.fullmatch(r"[0-9A-Za-z!\-_.*'()]{1,150}", name):
        raise ValueError("Loki takes 1 to 150 letters, digits and !-_.*'() for a tenant: use no other characters")
    if name in (".", ".."):
        raise ValueError("the name of a tenant becomes a path in the bucket: use another than . and ..")
    return name


Tenant = Annotated[str, AfterValidator(_tenant_name)]


class FeaturesSpec(StoreSpec):
    """Tenants, rules on logs, and Loki's own traces."""

    tenants: tuple[Tenant, ...] = ()
    tenants_secret: str = ""
    ruler: bool = False
    alertmanager_url: OptionalHttpUrl = ""
    traces_endpoint: OptionalHttpUrl = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """What every process of Loki finds in its environment: where it sends its own traces."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.traces_endpoint} if self.traces_endpoint else {}

    @rule("tenants_secret", "tenants")
    def _logins_are_of_tenants(self) -> str | None:
        if self.tenants_secret and not self.tenants:
            return "the users in it would be tenants of a Loki that has none: name them in tenants"
        return None

    @rule("tenants")
    def _a_tenant_is_named_once(self) -> str | None:
        twice = sorted({name for name in self.tenants if self.tenants.count(name) > 1})
        return f"{', '.join(twice)} is named twice: name each tenant once" if twice else None

    @rule("alertmanager_url", "ruler")
    def _alerts_have_a_receiver(self) -> str | None:
        if self.ruler and not self.alertmanager_url:
            return "rules that fire would reach nobody: give the URL of an Alertmanager, or set ruler to false"
        if self.alertmanager_url and not self.ruler:
            return "nothing evaluates rules that could fire: set ruler to true, or remove alertmanager_url"
        return None

    @rule("traces_endpoint", "chart_version", "values")
    def _this_loki_can_trace(self) -> str | None:
        # https://github.com/grafana/loki/issues/21588
        own_image = ((self.values.get("loki") or {}).get("image") or {}).get("tag")
        if self.traces_endpoint and not self.chart_version.startswith("6.") and not own_image:
            return (
                f"the Loki of chart {self.chart_version} fails to start its tracing and would send none: use "
                "chart_version 6.51.0, or name an image that can in values loki.image.tag"
            )
        return None
