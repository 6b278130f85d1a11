"""The Collector's configuration: receivers, processors, connectors and exporters of a role, by pipelines.

Names are those of https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0. Logins, headers and
TLS are files of mounted Secrets: the configuration holds no secret. A component has the name of what it was declared
for; names that the configuration itself adds hold a `_`, which no declared name has.

No entry waits in memory alone on its way from a file to a store: the receiver hands over synchronously (the gate
`stanza.synchronousLogEmitter` of the command line), waits where the queue on disk is full, and tries again without
limit; batches are made of what the queue has stored. After a kill lines are repeated, which Loki stores once, as their
timestamps are the runtime's. What can be lost is what waits to be joined: the newest entry of each stream with
`multiline`, for at most `containers.MULTILINE_WAIT`, and the beginning of a line whose end the runtime has not written.
A Collector that is asked to end, and not killed, while the queue is full loses what its reader waits with, up to 100
lines of each file: the queue is that large so that it rarely is.
"""

from collections.abc import Iterable, Mapping

import yaml

from ..._collector_roles import Role
from ..._merge import deep_merge
from ..labels import processors_of
from ..model import PipelineProcessor, PipelineSource, SourceKind
from ..ottl import quote
from ..pipelines import LOKI, PROMETHEUS, Flow, flows_of
from ..spec import TelemetrySpec
from ..workload import holds_lease
from .containers import STORAGE
from .exporters import Exporter, Exporters, fit_into_volume, has_storage
from .processors import (
    METRICS_OF_SPANS,
    OWN_BEGINNING,
    declared_processor,
    first_processors,
    metrics_of_spans,
    moved_labels,
    named_metrics,
)
from .receivers import LEADER_ELECTOR, leader_elector, listening, receiver
from .variables import Config, escaped

STORAGE_DIRECTORY = "/var/lib/otelcol"
HEALTH_PORT = 13133
METRICS_PORT = 8888


def collector_text(spec: TelemetrySpec, role: Role) -> str:
    """Return the configuration that the ConfigMap of a role holds."""
    return yaml.safe_dump(collector_config(spec, role), sort_keys=False, allow_unicode=True, width=2**20)


def collector_config(spec: TelemetrySpec, role: Role) -> Config:
    """Return the configuration of a role; that of the agents has the user's own merged into it."""
    config: Config = escaped(_Writer(spec, role).config())
    if spec.raw_config and role is Role.AGENTS:
        raw = yaml.safe_load(spec.raw_config)
        extensions = [*config["service"]["extensions"], *raw.get("service", {}).get("extensions", [])]
        config = deep_merge(config, raw)
        config["service"]["extensions"] = list(dict.fromkeys(extensions))
    return config


class _Writer:
    """The components of a role while its pipelines are written, each once by its name."""

    def __init__(self, spec: TelemetrySpec, role: Role) -> None:
        self.spec, self.role = spec, role
        self.components: dict[str, Config] = {
            "receivers": {},
            "processors": {},
            "connectors": {},
            "exporters": {},
            "extensions": {"health_check": listening(spec, HEALTH_PORT)},
        }
        self.pipelines: Config = {}

    def config(self) -> Config:
        """Return the whole configuration."""
        spec = self.spec
        if holds_lease(spec, self.role):
            self._add("extensions", {LEADER_ELECTOR: leader_elector(spec, self.role)})
        if has_storage(spec, self.role):
            self._add("extensions", {STORAGE: _STORAGE})
        for flow in flows_of(spec, self.role):
            self._flow(flow)
        if self.role is Role.GATEWAY:
            self.components["exporters"] = fit_into_volume(spec, self.components["exporters"])
        own_metrics = {"prometheus": {"host": spec.any_address.strip("[]"), "port": METRICS_PORT}}
        return {
            **{kind: found for kind, found in self.components.items() if found},
            "service": {
                "telemetry": {
                    "logs": {"level": spec.log_level.value},
                    "metrics": {"readers": [{"pull": {"exporter": own_metrics}}]},
                },
                "extensions": list(self.components["extensions"]),
                "pipelines": self.pipelines,
            },
        }

    def _add(self, kind: str, found: Config) -> list[str]:
        """Add components and return their names; one of several signals has the statements of each."""
        known = self.components[kind]
        for name, config in found.items():
            known[name] = deep_merge(known.get(name, {}), config)
        return list(found)

    def _pipeline(
        self, name: str, receivers: Iterable[str], processors: Iterable[str], exporters: Iterable[str]
    ) -> None:
        self.pipelines[name] = {
            "receivers": list(receivers),
            "processors": list(processors),
            "exporters": list(exporters),
        }

    def _flow(self, flow: Flow) -> None:
        """Add the pipelines of a flow: one, unless its sources begin differently or metrics are made on its way."""
        name = f"{flow.signal.value}/{flow.name}"
        heads = self._heads(flow)
        if not heads:
            return
        if len(heads) == 1:
            [(receivers, processors)] = heads.values()
        else:
            joined = self._forward(f"{flow.name}_joined")
            for part, head in heads.items():
                self._pipeline(f"{name}_{part}", *head, joined)
            receivers, processors = joined, []
        declared = processors_of(self.spec, flow)
        making: list[str] = []
        parts = 0
        for processor_name, processor in declared.items():
            if processor.kind in METRICS_OF_SPANS:
                making += self._metrics_of_spans(processor_name, processor)
                continue
            if making:
                parts += 1
                following = self._forward(f"{flow.name}_{parts}")
                self._pipeline(f"{name}_{parts}", receivers, processors, [*making, *following])
                receivers, processors, making = following, [], []
            processors = processors + self._add(
                "processors", declared_processor(processor_name, processor, flow.signal)
            )
        processors = processors + self._add("processors", moved_labels(flow.name, declared))
        self._pipeline(name, receivers, processors, [*making, *self._destinations(flow)])

    def _heads(self, flow: Flow) -> dict[str, tuple[list[str], list[str]]]:
        """Return the receivers and the first processors of each part of the sources that begins in its own way."""
        parts: dict[str, dict[str, PipelineSource]] = {}
        receivers: dict[str, list[str]] = {}
        for name, source in flow.sources.items():
            if found := receiver(self.spec, name, source, flow):
                part = source.kind.value if source.kind in OWN_BEGINNING else "received"
                if source.kind is SourceKind.EVENTS:
                    part = f"{part}_{name}"
                parts.setdefault(part, {})[name] = source
                receivers.setdefault(part, []).extend(self._add("receivers", dict([found])))
        return {
            part: (
                receivers[part],
                self._add("processors", first_processors(self.spec, self.role, flow.signal, sources)),
            )
            for part, sources in parts.items()
        }

    def _forward(self, name: str) -> list[str]:
        return self._add("connectors", {f"forward/{name}": {}})

    def _metrics_of_spans(self, name: str, processor: PipelineProcessor) -> list[str]:
        """Add what makes metrics of spans, and their pipeline to the metrics store of the stack."""
        connector = self._add("connectors", metrics_of_spans(name, processor))
        named = self._add("processors", named_metrics(self.spec, self.role))
        exporters = Exporters(self.spec, self.role, files=False).to(PROMETHEUS, None)
        self._pipeline(f"metrics/{name}_of_spans", connector, named, self._exporters(exporters))
        return connector

    def _destinations(self, flow: Flow) -> list[str]:
        """Add the exporters of a flow, or the connector that sends lines of namespaces to the tenants of Loki."""
        exporters = Exporters(self.spec, self.role, files=flow.reads(SourceKind.CONTAINERS))
        found: list[str] = []
        for name, destination in flow.destinations.items():
            names = self._exporters(exporters.to(name, destination))
            by_tenant = name == LOKI and self.spec.namespace_tenants and exporters.files
            found += self._tenants(flow, exporters, names) if by_tenant else names
        return found

    def _exporters(self, found: Iterable[Exporter]) -> list[str]:
        names: list[str] = []
        for exporter in found:
            self._add("extensions", exporter.extensions)
            names += self._add("exporters", {exporter.name: exporter.config})
        return names

    def _tenants(self, flow: Flow, exporters: Exporters, default: list[str]) -> list[str]:
        tenants: Mapping[str, str] = self.spec.namespace_tenants
        pipelines = {tenant: f"logs/{flow.name}_tenant_{tenant}" for tenant in sorted({*tenants.values()})}
        table = [
            {
                "context": "resource",
                "condition": f'resource.attributes["k8s.namespace.name"] == {quote(namespace)}',
                "pipelines": [pipelines[tenant]],
            }
            for namespace, tenant in sorted(tenants.items())
        ]
        others = f"logs/{flow.name}_default"
        routes = {"error_mode": "ignore", "default_pipelines": [others], "table": table}
        router = self._add("connectors", {f"routing/{flow.name}": routes})
        self._pipeline(others, router, [], default)
        for tenant, pipeline in pipelines.items():
            self._pipeline(pipeline, router, [], self._exporters([exporters.loki(tenant, f"_{tenant}")]))
        return router


_STORAGE = {
    "directory": STORAGE_DIRECTORY,
    "timeout": "10s",
    # A file that a crash of the node has damaged must not keep the collector from starting.
    "recreate": True,
    "compaction": {"directory": STORAGE_DIRECTORY, "on_start": True, "on_rebound": True},
}
