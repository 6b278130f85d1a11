"""Grafana, with the datasources and dashboards that labelled ConfigMaps hold."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_random import RandomPassword

from .._known import after
from .._merge import deep_merge
from .._namespace import own_namespace
from .._pod_security import MANAGED_BY
from .._release import release
from .access import let_sidecars_read_config_maps
from .monitor import service_monitor
from .spec import GENERATED_PASSWORD_KEY, GrafanaSpec
from .values import PORT, grafana_values


class GrafanaArgs(TypedDict):
    """Arguments of `Grafana`."""

    namespace: pulumi.Input[str]
    """Namespace that Grafana runs in."""
    create_namespace: NotRequired[bool]
    """Whether the component creates the namespace. Default: true."""
    pod_security: NotRequired[str]
    """Pod Security level enforced in a created namespace: `restricted`, `baseline` or `privileged`. Default:
    `restricted`, which Grafana meets."""
    protect_namespace: NotRequired[bool]
    """Whether a created namespace, and with it the volume, is protected from deletion. Default: false."""
    release_name: NotRequired[str]
    """Name of the Helm release, the Service and the ServiceAccount. Default: `grafana`."""
    chart_version: NotRequired[str]
    """Version of the chart `grafana`. Default: the newest supported one."""
    charts_dir: NotRequired[str]
    """Directory that holds the chart as `<chart>-<version>` or `.tgz`. Default: the chart's own repository."""
    values: NotRequired[Mapping[str, Any]]
    """Chart values laid over those of the component, for what it has no argument for. Default: none."""
    max_history: NotRequired[int]
    """How many revisions of the release Helm keeps. Default: 2."""
    timeout_seconds: NotRequired[int]
    """How long an installation or upgrade may take, in seconds. Default: 600."""
    atomic: NotRequired[bool]
    """Whether a failed upgrade is rolled back at once. Default: false."""
    skip_await: NotRequired[bool]
    """Whether to go on without waiting for the pod to be ready. Default: false."""
    root_url: NotRequired[pulumi.Input[str]]
    """Address that users open, such as `https://grafana.example.org` or, under a path, `https://example.org/grafana`.
    Redirects and links in alerts need it. Default: none."""
    admin_user: NotRequired[pulumi.Input[str]]
    """Name of the administrator. Default: `admin`."""
    admin_secret: NotRequired[str]
    """Existing Secret of the namespace that holds the password of the administrator. Default: one is generated.

    Grafana takes the password when it first starts on an empty volume. Where it is changed later, change it in Grafana
    too (`grafana cli admin reset-admin-password`): the sidecars log in with the one of the Secret."""
    admin_secret_key: NotRequired[pulumi.Input[str]]
    """Key of `admin_secret` that holds the password. Default: `admin-password`."""
    persistence: NotRequired[pulumi.Input[bool]]
    """Whether users, preferences and dashboards made by hand are kept on a volume. Default: true."""
    volume_size: NotRequired[pulumi.Input[str]]
    """Size of the volume, at least `1Gi`. Default: `2Gi`."""
    storage_class: NotRequired[pulumi.Input[str]]
    """Storage class of the volume. Default: the cluster's."""
    node_selector: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the nodes to run on. Default: any node."""
    tolerations: NotRequired[pulumi.Input[Sequence[Mapping[str, Any]]]]
    """Taints to tolerate, as in a pod. Default: none."""
    cpu: NotRequired[pulumi.Input[str]]
    """CPU request of Grafana itself. Default: `100m`."""
    memory: NotRequired[pulumi.Input[str]]
    """Memory request and limit of Grafana itself; each of its two sidecars takes 128Mi more. Default: `512Mi`."""
    native_sidecars: NotRequired[bool]
    """Whether datasources are loaded before Grafana starts, by a sidecar that starts first; needs Kubernetes 1.29.
    Otherwise they are there a little after Grafana. Default: true."""
    datasource_namespaces: NotRequired[pulumi.Input[Sequence[str]]]
    """Namespaces whose ConfigMaps are read as datasources. Grafana does not start with two that are the default one, as
    kube-prometheus-stack's own is: where that runs too, give `namespaces` of `Datasources`. Default: all namespaces."""
    tls_secret: NotRequired[pulumi.Input[str]]
    """Secret of the namespace with `ca.crt`, `tls.crt` and `tls.key`, laid into `/etc/grafana-tls` for datasources that
    name this as their `tls_directory`. Default: none.

    Grafana reads the files when it loads its datasources: restart it after a certificate was renewed. The Deployment
    bears the annotation by which Stakater's Reloader does so, where that runs."""
    login_secret: NotRequired[pulumi.Input[str]]
    """The same with `username` and `password`, in `/etc/grafana-login`, for the `login_directory` of datasources.
    Default: none."""
    service_monitor: NotRequired[bool]
    """Whether to create a ServiceMonitor; its CRD must be there. Default: false."""
    service_monitor_labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the ServiceMonitor, by which the operator's Prometheus picks it up: kube-prometheus-stack's wants
    `release`, with the name of its own release. Default: none."""


class Grafana(pulumi.ComponentResource):
    """Grafana, with the datasources and dashboards of the ConfigMaps in the cluster that bear its labels.

    Datasources are labelled `grafana_datasource`, dashboards `grafana_dashboard`, their folder in the annotation
    `grafana_folder`. Nobody reads anything without logging in.
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
        spec = GrafanaSpec.check(component, args, GrafanaArgs)
        super().__init__("observability:index:Grafana", name, {**args}, opts)
        known = spec.resolve(component)
        needed = own_namespace(name, spec, spec.namespace, self)
        if not spec.admin_secret:
            needed.append(self._generated_password(name, spec, needed))
        needed += let_sidecars_read_config_maps(name, known, parent=self)
        installed = release(
            f"{name}-grafana",
            spec,
            namespace=spec.namespace,
            values=known.apply(lambda spec: deep_merge(grafana_values(spec), spec.values)),
            parent=self,
            depends_on=needed,
        )
        if spec.service_monitor:
            service_monitor(f"{name}-service-monitor", spec, parent=self, depends_on=[installed])
        self.namespace = after(spec.namespace, installed)
        self.service = after(spec.release_name, installed)
        self.port = pulumi.Output.from_input(PORT)
        self.url = after(known.apply(lambda spec: f"http://{spec.release_name}.{spec.namespace}{spec.path}"), installed)
        self.admin_secret = pulumi.Output.from_input(spec.password_secret)
        self.register_outputs(
            {
                "namespace": self.namespace,
                "url": self.url,
                "service": self.service,
                "port": self.port,
                "adminSecret": self.admin_secret,
            }
        )

    def _generated_password(self, name: str, spec: GrafanaSpec, needed: list[pulumi.Resource]) -> Secret:
        password = RandomPassword(
            f"{name}-admin-password", length=32, special=False, opts=pulumi.ResourceOptions(parent=self)
        )
        return Secret(
            f"{name}-admin",
            metadata=ObjectMetaArgs(name=spec.password_secret, namespace=spec.namespace, labels=MANAGED_BY),
            string_data={"admin-user": spec.admin_user, GENERATED_PASSWORD_KEY: password.result},
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(needed)),
        )
