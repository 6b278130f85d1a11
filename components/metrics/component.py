"""Prometheus by its operator: scraping, remote write and OTLP, with the exporters of the cluster."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pulumi
from pulumi_kubernetes.admissionregistration.v1 import ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._guard import guard
from .._kubernetes import MANAGED_BY
from .._metrics_gateway import CONFIG_KEY, gateway_name
from .._monitors import create_monitor
from .._namespace import create_namespace_if
from .._network_policy import network_policy
from .._outputs import known_after, outputs_of
from .._release import release
from .._tls import login_warnings
from . import alertmanager
from .args import MetricsArgs, OperatorCrdsArgs
from .gateway import (
    GATEWAY_PORT,
    PORT,
    alertmanager_gateway_name,
    alertmanager_nginx_config,
    alertmanager_policy_spec,
    monitor_spec,
    network_policy_spec,
    nginx_config,
    pod_name,
)
from .monitor_limits import admission_policy, has_limits, policy_binding, policy_name
from .scraping import scrape_configs
from .spec import MetricsSpec, OperatorCrdsSpec
from .update_guard import update_problems
from .values import metrics_values, operator_crds_values


class OperatorCrds(pulumi.ComponentResource):
    """The definitions of the Prometheus operator's custom resources: what has ServiceMonitors is created after them.

    A destroy leaves them, and with them every object of their kinds, in the cluster.
    """

    namespace: pulumi.Output[str]
    """Namespace of the release, known once the definitions are there."""

    def __init__(self, name: str, args: OperatorCrdsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'OperatorCrds "{name}"'
        spec = OperatorCrdsSpec.check(component, args)
        super().__init__("observability:index:OperatorCrds", name, {**args}, opts)
        namespaces = create_namespace_if(name, spec, spec.namespace, self)
        crds = release(
            f"{name}-release",
            spec,
            namespace=spec.namespace,
            values=spec.resolve(component).apply(operator_crds_values),
            parent=self,
            depends_on=namespaces,
        )
        self.namespace = known_after(spec.namespace, crds)
        self.register_outputs(outputs_of(self))


class Metrics(pulumi.ComponentResource):
    """Prometheus with its operator, kube-state-metrics and node-exporter: it scrapes, and receives what is pushed.

    It needs the definitions of `OperatorCrds`.
    """

    namespace: pulumi.Output[str]
    """Namespace that Prometheus runs in."""
    query_url: pulumi.Output[str]
    """URL of the API for queries; with two replicas, each request reaches one of them."""
    remote_write_url: pulumi.Output[str]
    """URL that takes metrics by Prometheus remote write, exemplars included; of the first replica of a pair."""
    further_remote_write_urls: pulumi.Output[Sequence[str]]
    """URLs of remote write of the other replicas: senders write to every one."""
    otlp_url: pulumi.Output[str]
    """URL that takes metrics by OTLP over HTTP, without the path `/v1/metrics`; of the first replica of a pair."""
    further_otlp_urls: pulumi.Output[Sequence[str]]
    """URLs of OTLP of the other replicas: senders write to every one."""
    sidecar_endpoint: pulumi.Output[str]
    """Address that the querier of Thanos finds the sidecars by; empty without `objstore_secret`."""
    alertmanager_service: pulumi.Output[str]
    """Name of the Service of Alertmanager, whose port is 9093; empty without `alertmanager`."""
    alertmanager_url: pulumi.Output[str]
    """URL of Alertmanager, for queries and silences; empty without `alertmanager`."""
    alertmanager_urls: pulumi.Output[Sequence[str]]
    """URLs that senders post every alert to, one for each of several replicas; none without `alertmanager`."""

    def __init__(self, name: str, args: MetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Metrics "{name}"'
        spec = MetricsSpec.check(component, args)
        super().__init__("observability:index:Metrics", name, {**args}, opts)
        for warning in login_warnings(spec):
            pulumi.log.warn(warning, self)
        namespaces = create_namespace_if(name, spec, spec.namespace, self)
        resolved = spec.resolve(component)
        before: list[pulumi.Resource] = list(namespaces)
        if spec.secured:
            config = ConfigMap(
                f"{name}-gateway",
                metadata=ObjectMetaArgs(
                    name=gateway_name(spec.release_name), namespace=spec.namespace, labels=MANAGED_BY
                ),
                data=resolved.apply(lambda checked: {CONFIG_KEY: nginx_config(checked)}),
                opts=pulumi.ResourceOptions(parent=self, depends_on=namespaces),
            )
            before.append(config)

        if spec.alertmanager is not None and spec.tls_secret:
            of_alertmanager = ConfigMap(
                f"{name}-alertmanager-gateway",
                metadata=ObjectMetaArgs(
                    name=alertmanager_gateway_name(spec), namespace=spec.namespace, labels=MANAGED_BY
                ),
                data=resolved.apply(lambda checked: {CONFIG_KEY: alertmanager_nginx_config(checked)}),
                opts=pulumi.ResourceOptions(parent=self, depends_on=namespaces),
            )
            before.append(of_alertmanager)

        def problems(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return update_problems(old, new, allowed=spec.allow_changes)

        prometheus = release(
            f"{name}-prometheus",
            spec,
            namespace=spec.namespace,
            values=resolved.apply(metrics_values),
            parent=self,
            depends_on=before,
            hooks=guard(f"{name}-prometheus", problems),
        )
        _create_scrape_configs(name, spec, resolved, prometheus, self)
        if has_limits(spec):
            _create_admission_policy(name, spec, resolved, self)
        if spec.tls_secret:
            create_monitor(
                f"{name}-monitor",
                name=f"{spec.release_name}-tls",
                namespace=spec.namespace,
                labels={},
                spec=resolved.apply(monitor_spec),
                release=prometheus,
                parent=self,
            )
        if spec.client_namespaces or spec.authenticates:
            network_policy(
                f"{name}-network-policy",
                spec.release_name,
                spec.namespace,
                resolved.apply(network_policy_spec),
                parent=self,
                depends_on=namespaces,
            )
        if spec.alertmanager is not None and spec.alertmanager.admits:
            network_policy(
                f"{name}-alertmanager-network-policy",
                f"{spec.release_name}-alertmanager",
                spec.namespace,
                resolved.apply(_alertmanager_policy),
                parent=self,
                depends_on=namespaces,
                suffix="clients",
            )

        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.query_url = resolved.apply(_service)
        servers = resolved.apply(_servers)
        self.remote_write_url = servers.apply(lambda urls: f"{urls[0]}/api/v1/write")
        self.further_remote_write_urls = servers.apply(lambda urls: [f"{url}/api/v1/write" for url in urls[1:]])
        self.otlp_url = servers.apply(lambda urls: f"{urls[0]}/api/v1/otlp")
        self.further_otlp_urls = servers.apply(lambda urls: [f"{url}/api/v1/otlp" for url in urls[1:]])
        self.sidecar_endpoint = resolved.apply(_sidecar_endpoint)
        service = "" if spec.alertmanager is None else alertmanager.service_name(spec.release_name)
        self.alertmanager_service = known_after(service, prometheus)
        self.alertmanager_url = resolved.apply(_alertmanager_url)
        self.alertmanager_urls = resolved.apply(_alertmanager_urls)
        self.register_outputs(outputs_of(self))


def _create_scrape_configs(
    name: str,
    spec: MetricsSpec,
    resolved: pulumi.Output[MetricsSpec],
    prometheus: pulumi.Resource,
    parent: pulumi.Resource,
) -> None:
    """Create the ScrapeConfigs; their number follows from what is known before outputs are."""
    for config_name, _ in scrape_configs(spec):
        CustomResource(
            f"{name}-{config_name}",
            api_version="monitoring.coreos.com/v1alpha1",
            kind="ScrapeConfig",
            metadata=ObjectMetaArgs(
                name=f"{spec.release_name}-{config_name}", namespace=spec.namespace, labels=MANAGED_BY
            ),
            spec=resolved.apply(partial(_scrape_config, config_name)),
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[prometheus]),
        )


def _create_admission_policy(
    name: str, spec: MetricsSpec, resolved: pulumi.Output[MetricsSpec], parent: pulumi.Resource
) -> None:
    metadata = ObjectMetaArgs(name=policy_name(spec), labels=MANAGED_BY)
    policy: pulumi.Output[Any] = resolved.apply(admission_policy)
    binding: pulumi.Output[Any] = resolved.apply(policy_binding)
    opts = pulumi.ResourceOptions(parent=parent)
    made = ValidatingAdmissionPolicy(f"{name}-namespace-limits", metadata=metadata, spec=policy, opts=opts)
    ValidatingAdmissionPolicyBinding(
        f"{name}-namespace-limits",
        metadata=metadata,
        spec=binding,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[made]),
    )


def _scrape_config(name: str, spec: MetricsSpec) -> Mapping[str, Any]:
    return dict(scrape_configs(spec))[name]


def _service(spec: MetricsSpec) -> str:
    return f"{spec.scheme}://{spec.server}.{spec.namespace}:{PORT}"


def _servers(spec: MetricsSpec) -> list[str]:
    """Return the URL of each replica: of the Service where there is one, else of each pod by its own name."""
    if spec.replicas == 1:
        return [_service(spec)]
    governing = f"prometheus-operated.{spec.namespace}.svc.{spec.cluster_domain}"
    port = GATEWAY_PORT if spec.secured else PORT
    return [
        f"{spec.scheme}://{pod_name(spec.release_name, index)}.{governing}:{port}" for index in range(spec.replicas)
    ]


def _sidecar_endpoint(spec: MetricsSpec) -> str:
    if not spec.has_sidecar:
        return ""
    return f"dnssrv+_grpc._tcp.{spec.release_name}-thanos-discovery.{spec.namespace}.svc.{spec.cluster_domain}"


def _alertmanager_url(spec: MetricsSpec) -> str:
    tls = bool(spec.tls_secret)
    return "" if spec.alertmanager is None else alertmanager.service_url(spec.release_name, spec.namespace, tls=tls)


def _alertmanager_urls(spec: MetricsSpec) -> list[str]:
    own = spec.alertmanager
    place = (spec.release_name, spec.namespace, spec.cluster_domain)
    return [] if own is None else alertmanager.sender_urls(own, *place, tls=bool(spec.tls_secret))


def _alertmanager_policy(spec: MetricsSpec) -> dict[str, Any]:
    own = spec.alertmanager
    tls = bool(spec.tls_secret)
    return {} if own is None else alertmanager_policy_spec(own, spec.release_name, spec.namespace, tls=tls)
