"""The datasources that a checked specification asks for, with their links."""

from collections.abc import Mapping

from .checks import SERVICE_GRAPH_METRIC
from .model import (
    ExemplarLink,
    Provisioned,
    ProvisionedLoki,
    ProvisionedPrometheus,
    ProvisionedTempo,
    ServiceMap,
)
from .serialise import provisioning_file
from .spec import DatasourcesSpec


def provisioned_datasources(spec: DatasourcesSpec) -> dict[str, Provisioned]:
    """Return the datasources to create, by signal."""
    made: Mapping[str, Provisioned | None] = {
        "logs": _loki(spec),
        "traces": _tempo(spec),
        "metrics": _prometheus(spec),
    }
    return {signal: provisioned for signal, provisioned in made.items() if provisioned is not None}


def provisioning_files(spec: DatasourcesSpec) -> dict[str, str]:
    """Return the content of each file, by signal."""
    return {
        signal: provisioning_file(
            provisioned,
            default=provisioned.datasource.uid == spec.default_datasource,
            recreate=provisioned.datasource.uid in spec.changed_uids,
        )
        for signal, provisioned in provisioned_datasources(spec).items()
    }


def _loki(spec: DatasourcesSpec) -> ProvisionedLoki | None:
    if (loki := spec.loki) is None:
        return None
    return ProvisionedLoki(
        loki,
        spec.logs_url,
        traces=spec.trace_links(),
        max_lines=spec.max_lines,
        tenants=tuple(spec.logs_tenants),
        authentication=spec.authentication(spec.logs_url),
    )


def _tempo(spec: DatasourcesSpec) -> ProvisionedTempo | None:
    if (tempo := spec.tempo) is None:
        return None
    prometheus = spec.prometheus
    graph_is_written = spec.provided_metrics.has(SERVICE_GRAPH_METRIC)
    return ProvisionedTempo(
        tempo,
        spec.traces_url,
        logs=spec.logs_link(),
        metrics=spec.metrics_link(),
        service_map=ServiceMap(prometheus) if prometheus and graph_is_written else None,
        streaming=spec.streaming,
        authentication=spec.authentication(spec.traces_url),
    )


def _prometheus(spec: DatasourcesSpec) -> ProvisionedPrometheus | None:
    if (prometheus := spec.prometheus) is None or not spec.provision_metrics:
        return None
    tempo = spec.tempo
    return ProvisionedPrometheus(
        prometheus,
        spec.metrics_url,
        scrape_interval=spec.scrape_interval,
        exemplars=tuple(ExemplarLink(tempo, label) for label in spec.exemplar_labels) if tempo else (),
    )
