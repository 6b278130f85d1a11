"""Grafana Loki: log lines in, LogQL out, chunks and index in a bucket, old logs deleted."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pulumi

from .._bucket import Store
from .._guard import guard
from .._merge import value_at
from .._monitors import create_monitor
from .._namespace import create_namespace_if
from .._network_policy import network_policy
from .._outputs import outputs_of
from .._release import release
from .._tls import allowed_changes_warnings, login_warnings
from ..charts import LOKI_IMAGE
from ..urls import log_address_warnings
from .args import LoggingArgs
from .gateway import network_policy_spec
from .modes import LokiMode, LokiRole
from .pod_monitors import pod_monitors
from .ruler import create_rules
from .spec import LoggingSpec
from .update_guard import update_problems, upgrade_problems
from .values import loki_values


class Logging(pulumi.ComponentResource):
    """Grafana Loki with its namespace, behind a gateway that takes lines, OTLP and queries at one address."""

    namespace: pulumi.Output[str]
    """Namespace that Loki runs in."""
    query_url: pulumi.Output[str]
    """URL that Grafana queries logs at."""
    push_url: pulumi.Output[str]
    """URL that takes log lines by Loki's own protocol."""
    otlp_url: pulumi.Output[str]
    """URL that takes logs by OTLP over HTTP, without the path `/v1/logs`."""
    gateway_host: pulumi.Output[str]
    """Host of the gateway, which listens on port 80, or with `tls_secret` on port 443."""

    def __init__(self, name: str, args: LoggingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        place = f'Logging "{name}"'
        spec = LoggingSpec.check(place, args)
        super().__init__("observability:index:Logging", name, {**args}, opts)
        for warning in warnings(spec):
            pulumi.log.warn(warning, self)
        namespace = create_namespace_if(name, spec, spec.namespace, self)

        def problems(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return update_problems(old, new, today=datetime.now(UTC).date(), allowed=spec.allow_changes)

        def upgrades(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return upgrade_problems(old, new, allowed=spec.allow_changes)

        resolved = spec.resolve(place)
        log_address_warnings(resolved, self)

        def warn_of_faults(known: LoggingSpec) -> None:
            for warning in fault_warnings(known):
                pulumi.log.warn(warning, self)

        resolved.apply(warn_of_faults)
        if spec.authenticates:
            network_policy(
                f"{name}-network-policy",
                spec.release_name,
                spec.namespace,
                resolved.apply(network_policy_spec),
                parent=self,
                depends_on=namespace,
            )
        loki = release(
            f"{name}-loki",
            spec,
            namespace=spec.namespace,
            values=resolved.apply(loki_values),
            parent=self,
            depends_on=namespace,
            hooks=guard(f"{name}-loki", problems, upgrades),
        )
        for part, monitor in pod_monitors(spec).items():
            create_monitor(
                f"{name}-{part}-monitor",
                kind="PodMonitor",
                name=f"{spec.release_name}-{part}",
                namespace=spec.namespace,
                labels=resolved.apply(lambda checked: checked.service_monitor_labels),
                spec=monitor,
                release=loki,
                parent=self,
            )
        create_rules(name, spec, resolved, parent=self, depends_on=namespace, loki=loki)

        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.gateway_host = self.namespace.apply(lambda namespace: f"{spec.release_name}-gateway.{namespace}")
        self.query_url = self.gateway_host.apply(lambda host: f"{spec.scheme}://{host}")
        self.push_url = self.gateway_host.apply(lambda host: f"{spec.scheme}://{host}/loki/api/v1/push")
        self.otlp_url = self.gateway_host.apply(lambda host: f"{spec.scheme}://{host}/otlp")
        self.register_outputs(outputs_of(self))


def warnings(spec: LoggingSpec) -> list[str]:
    """Return a warning for each valid argument that costs availability or data, or is deprecated."""
    found = [*login_warnings(spec), *allowed_changes_warnings(spec.allow_changes)]
    if spec.mode is LokiMode.SIMPLE_SCALABLE:
        found.append(
            "mode = simple-scalable: deprecated and removed in Loki 4; migrate to monolithic or distributed with "
            "migrate_from."
        )
    if spec.effective_replication_factor == 2:
        refused = "every write" if spec.ingesters == 2 else "the writes of its streams"
        found.append(
            "replication_factor = 2: a write needs both ingesters (a quorum of 2); while one of the "
            f"{spec.ingesters} replicas of {spec.mode.ingester} is unavailable, by a drain, a rollout or a failure, "
            f"Loki refuses {refused}; set replicas and replication_factor to 3, and one may be unavailable."
        )
    if spec.effective_replication_factor == 1 and spec.ingesters > 1:
        found.append(
            f"replication_factor = 1: each line is held by one of the {spec.ingesters} replicas of "
            f"{spec.mode.ingester}; while a replica is unavailable, its recent lines cannot be read; set 3 replicas "
            "and replication_factor 3."
        )
    if spec.service_monitor and not spec.has_cache_exporters and (spec.chunks_cache_mib or spec.results_cache_mib):
        found.append(
            "service_monitor = true: the caches have no metrics, as the chart has their exporters listen at 0.0.0.0 "
            "alone and ip_families begins with IPv6; use cache_endpoint for caches with metrics."
        )
    if spec.store is Store.FILESYSTEM:
        found.append(
            "store = filesystem: logs are on the volume of one pod, are lost with it, and do not scale; use store s3."
        )
    return found


def fault_warnings(spec: LoggingSpec) -> list[str]:
    """Return a warning for each known fault of the versions of Loki that `spec` installs."""
    pinned = dict(_pinned_tags(spec))
    tags = pinned if "values.loki.image.tag" in pinned else {"chart_version": spec.image_tag, **pinned}
    return [
        f"{argument} = {spec.chart_version if argument == 'chart_version' else tag}: Loki {tag} has a known fault in "
        f"{fault.affected}: {fault.fault}; "
        + (f"use {fault.fixed} or later" if fault.fixed else "no version without it is known")
        + f" ({fault.source})."
        for argument, tag in tags.items()
        for fault in LOKI_IMAGE.faults_of(tag, spec.uses)
    ]


def _pinned_tags(spec: LoggingSpec) -> Iterator[tuple[str, str]]:
    """Yield the tags of Loki's image in the user's values, by argument."""
    for section in ("loki", *(role.section for role in LokiRole if role is not LokiRole.GATEWAY)):
        if tag := value_at(spec.values, (section, "image", "tag")):
            yield f"values.{section}.image.tag", str(tag)
