"""The part of `Logging`'s arguments that says what Loki does beside keeping logs: rules, and traces of itself."""

from collections.abc import Mapping

from .._spec import rule
from ..units import OptionalHttpUrl
from .spec_store import StoreSpec


class FeaturesSpec(StoreSpec):
    """Rules on logs and Loki's own traces."""

    ruler: bool = False
    alertmanager_url: OptionalHttpUrl = ""
    traces_endpoint: OptionalHttpUrl = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """What every process of Loki finds in its environment: where it sends its own traces."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.traces_endpoint} if self.traces_endpoint else {}

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
