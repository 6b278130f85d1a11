"""The part of `Logging`'s arguments that says what Loki does beside keeping logs: tenants, rules, traces of itself."""

from collections.abc import Mapping

from .._objects import OptionalObjectName
from .._security.spec import LEAVE_OUT, SecuritySpec, given, locked_out_metrics
from .._spec import rule
from .._tenants import Tenant
from ..units import OptionalHttpUrl
from .spec_store import StoreSpec

KEPT_BY_GATEWAY = {
    **{
        f"gateway.nginxConfig.{key}": LEAVE_OUT
        for key in ("file", "httpSnippet", "locationSnippet", "serverSnippet", "ssl")
    },
    "gateway.basicAuth": "use the argument logins_secret or tenants_secret",
    "gateway.enabled": LEAVE_OUT,
    "gateway.extraVolumes": LEAVE_OUT,
    "gateway.extraVolumeMounts": LEAVE_OUT,
    "gateway.service.port": "clients use 443 with tls_secret, and 80 without",
}
"""Chart values that would replace what clients are asked by, each with the way out."""


class FeaturesSpec(StoreSpec, SecuritySpec):
    """Tenants, rules on logs, what clients must show, and Loki's own traces."""

    tenants: tuple[Tenant, ...] = ()
    tenants_secret: OptionalObjectName = ""
    ruler: bool = False
    alertmanager_url: OptionalHttpUrl = ""
    traces_endpoint: OptionalHttpUrl = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """What every process of Loki finds in its environment: where it sends its own traces."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.traces_endpoint} if self.traces_endpoint else {}

    @property
    def authenticates(self) -> bool:
        """Whether clients must prove who they are: as a tenant, or by what every component can ask for."""
        return super().authenticates or given(self.tenants_secret)

    @property
    def kept_values(self) -> Mapping[str, str]:
        """The parts of the gateway that ask clients for proof."""
        return KEPT_BY_GATEWAY if self.secured else {}

    @rule("logins_secret", "tenants_secret")
    def _a_login_is_a_tenant_or_is_not(self) -> str | None:
        if self.logins_secret and self.tenants_secret:
            return (
                "with tenants_secret a user is one tenant, with logins_secret any user names any tenant: leave one of "
                "them out"
            )
        return None

    @rule("metrics_namespaces", "service_monitor", "client_certificates", "logins_secret", "tenants_secret")
    def _prometheus_is_not_locked_out(self) -> str | None:
        if self.service_monitor and self.authenticates:
            return locked_out_metrics(self.metrics_namespaces)
        return None

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
