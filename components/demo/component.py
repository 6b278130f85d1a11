"""The generator of telemetry as a Deployment, with its script in a ConfigMap."""

from typing import Any

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .._namespace import create_namespace_if
from .._outputs import outputs_of
from ..urls import log_address_warnings
from .args import DemoArgs
from .spec import DemoSpec
from .workload import SCRIPT_FILE, SERVICE, deployment_spec, script


class Demo(pulumi.ComponentResource):
    """Two simulated services that send a trace, its logs and its latencies every few seconds."""

    namespace: pulumi.Output[str]
    """Namespace of the generator."""

    service_name: pulumi.Output[str]
    """`service.name` of the service in which every trace begins."""

    def __init__(self, name: str, args: DemoArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Demo "{name}"'
        spec = DemoSpec.check(component, args)
        super().__init__("observability:index:Demo", name, {**args}, opts)
        resolved = spec.resolve(component)
        log_address_warnings(resolved, self)
        namespaces = create_namespace_if(name, spec, spec.namespace, self)
        labels = {**MANAGED_BY, "app.kubernetes.io/name": spec.workload_name}
        program = ConfigMap(
            f"{name}-script",
            metadata=ObjectMetaArgs(name=spec.workload_name, namespace=spec.namespace, labels=labels),
            data={SCRIPT_FILE: script()},
            opts=pulumi.ResourceOptions(parent=self, depends_on=namespaces),
        )
        # `Any`: mypy runs out of memory on the SDK's nested types of a pod when it checks this dict against them.
        specification: pulumi.Output[Any] = resolved.apply(deployment_spec)
        Deployment(
            f"{name}-generator",
            metadata=ObjectMetaArgs(name=spec.workload_name, namespace=spec.namespace, labels=labels),
            spec=specification,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*namespaces, program]),
        )
        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.service_name = pulumi.Output.from_input(SERVICE)
        self.register_outputs(outputs_of(self))
