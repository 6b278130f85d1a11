"""Grafana, with the datasources and dashboards that labelled ConfigMaps hold."""

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_random import RandomPassword

from .._kubernetes import MANAGED_BY
from .._monitors import create_monitor
from .._namespace import create_namespace_if
from .._outputs import known_after, outputs_of
from .._rbac import create_read_role
from .._release import release
from .args import GrafanaArgs
from .spec import GENERATED_PASSWORD_KEY, GrafanaSpec
from .values import PORT, grafana_values, service_monitor_spec


class Grafana(pulumi.ComponentResource):
    """Grafana, with the datasources and dashboards of the labelled ConfigMaps in the cluster.

    Datasources are labelled `grafana_datasource`, dashboards `grafana_dashboard`, their folder in the annotation
    `grafana_folder`. Anonymous access is disabled.
    """

    namespace: pulumi.Output[str]
    """Namespace that Grafana runs in."""
    url: pulumi.Output[str]
    """Address within the cluster."""
    service: pulumi.Output[str]
    """Name of the Service."""
    port: pulumi.Output[int]
    """Port of the Service."""
    admin_secret: pulumi.Output[str]
    """Name of the Secret that holds the password of the administrator."""

    def __init__(self, name: str, args: GrafanaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Grafana "{name}"'
        spec = GrafanaSpec.check(component, args)
        super().__init__("observability:index:Grafana", name, {**args}, opts)
        resolved = spec.resolve(component)
        dependencies = create_namespace_if(name, spec, spec.namespace, self)
        if spec.admin is None:
            dependencies.append(self._generated_password(name, spec, dependencies))
        dependencies += create_read_role(
            f"{name}-sidecars",
            resolved.apply(lambda spec: spec.cluster_role),
            {"": ["configmaps"]},
            service_account=resolved.apply(lambda spec: spec.release_name),
            namespace=resolved.apply(lambda spec: spec.namespace),
            parent=self,
        )
        grafana = release(
            f"{name}-grafana",
            spec,
            namespace=spec.namespace,
            values=resolved.apply(grafana_values),
            parent=self,
            depends_on=dependencies,
        )
        if spec.service_monitor:
            # The chart's own always has the label `release`, with the name of its release.
            create_monitor(
                f"{name}-service-monitor",
                name=spec.release_name,
                namespace=spec.namespace,
                labels=spec.service_monitor_labels,
                spec=service_monitor_spec(spec),
                release=grafana,
                parent=self,
            )
        self.namespace = known_after(spec.namespace, grafana)
        self.service = known_after(spec.release_name, grafana)
        self.port = pulumi.Output.from_input(PORT)
        self.url = known_after(
            resolved.apply(lambda spec: f"http://{spec.release_name}.{spec.namespace}{spec.path}"), grafana
        )
        self.admin_secret = pulumi.Output.from_input(spec.password_secret)
        self.register_outputs(outputs_of(self))

    def _generated_password(self, name: str, spec: GrafanaSpec, dependencies: list[pulumi.Resource]) -> Secret:
        password = RandomPassword(
            f"{name}-admin-password", length=32, special=False, opts=pulumi.ResourceOptions(parent=self)
        )
        return Secret(
            f"{name}-admin",
            metadata=ObjectMetaArgs(name=spec.password_secret, namespace=spec.namespace, labels=MANAGED_BY),
            string_data={"admin-user": spec.admin_user, GENERATED_PASSWORD_KEY: password.result},
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(dependencies)),
        )
