"""Loki, Tempo and Prometheus as datasources of Grafana, linked to each other."""

from collections.abc import Sequence

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .._namespace import create_namespace
from .._namespace_spec import PodSecurity
from .._outputs import known_after, outputs_of
from ..urls import log_address_warnings
from .args import DatasourcesArgs
from .provisioning import provisioning_files
from .spec import DatasourcesSpec


class Datasources(pulumi.ComponentResource):
    """Datasources as labelled ConfigMaps, one each, which the sidecar of any Grafana in the cluster loads.

    A link to a label or metric that nothing in the stack provides is an error at preview.
    """

    logs_uid: pulumi.Output[str]
    """Uid of Loki; empty where the stack has no logs."""
    traces_uid: pulumi.Output[str]
    """Uid of Tempo; empty where the stack has no traces."""
    metrics_uid: pulumi.Output[str]
    """Uid of Prometheus; empty where there are no metrics."""
    config_maps: pulumi.Output[Sequence[str]]
    """Names of the ConfigMaps."""
    namespaces: pulumi.Output[Sequence[str]]
    """Namespaces of the ConfigMaps, sorted: where a Grafana that looks for datasources must look."""

    def __init__(self, name: str, args: DatasourcesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Datasources "{name}"'
        spec = DatasourcesSpec.check(component, args)
        super().__init__("observability:index:Datasources", name, {**args}, opts)
        resolved = spec.resolve(component)
        log_address_warnings(resolved, self)
        files = resolved.apply(provisioning_files)
        created = []
        if spec.create_namespace:
            created.append(create_namespace(f"{name}-namespace", spec.namespace, PodSecurity.RESTRICTED, parent=self))
        datasources = {
            "logs": (spec.logs_uid if spec.provision_logs else "", spec.logs_namespace),
            "traces": (spec.traces_uid if spec.provision_traces else "", spec.traces_namespace),
            "metrics": (spec.metrics_uid if spec.provision_metrics else "", spec.metrics_namespace),
        }
        config_maps: dict[str, pulumi.Resource] = {}
        namespaces: list[pulumi.Input[str]] = []
        for signal, (uid, signal_namespace) in datasources.items():
            if not uid:
                continue
            namespaces.append(signal_namespace or spec.namespace)
            object_name = f"grafana-datasource-{uid.lower().replace('_', '-').strip('-')}"
            config_maps[object_name] = ConfigMap(
                f"{name}-{signal}",
                metadata=ObjectMetaArgs(
                    name=object_name,
                    namespace=namespaces[-1],
                    labels={**MANAGED_BY, "grafana_datasource": "1"},
                ),
                # The sidecar keeps the files of all ConfigMaps in one directory: equal names overwrite each other.
                data={f"{object_name}.yaml": files[signal]},
                opts=pulumi.ResourceOptions(parent=self, depends_on=created),
            )
        self.logs_uid = pulumi.Output.from_input(spec.logs_uid)
        self.traces_uid = pulumi.Output.from_input(spec.traces_uid)
        self.metrics_uid = pulumi.Output.from_input(spec.metrics_uid)
        self.config_maps = known_after(list(config_maps), *config_maps.values())
        self.namespaces = known_after(
            pulumi.Output.all(*namespaces).apply(lambda resolved: sorted(set(resolved))), *config_maps.values()
        )
        self.register_outputs(outputs_of(self))
