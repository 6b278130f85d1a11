"""A Helm release with the same options for every chart."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.helm.v3 import Release, RepositoryOptsArgs

from ._merge import deep_merge
from ._release_spec import ReleaseSpec


def release(
    resource_name: str,
    spec: ReleaseSpec,
    *,
    namespace: pulumi.Input[str],
    values: pulumi.Input[Mapping[str, Any]],
    parent: pulumi.Resource,
    depends_on: Sequence[pulumi.Resource] = (),
    hooks: pulumi.ResourceHookBinding | None = None,
    release_name: str = "",
    own_values: bool = True,
    aliases: Sequence[str] = (),
) -> Release:
    """Install the chart of `spec` with `values` under `spec.values`, from its repository or from `charts_dir`.

    A failed first install removes the resources that it created (`cleanup_on_fail`), so that the next `up` can install
    again. A replacement uninstalls first: Helm rejects a second release of one name. `release_name` is that of a second
    release of the component, which takes `spec.values` with `own_values` alone; `aliases` are earlier resource names.
    """
    chart = spec.chart
    local = chart.local_path(spec.chart_version, spec.charts_dir) if spec.charts_dir else ""
    if local and (difference := chart.difference(spec.chart_version, local)):
        pulumi.log.warn(difference, parent)
    return Release(
        resource_name,
        name=release_name or spec.release_name,
        namespace=namespace,
        chart=local or chart.name,
        version=spec.chart_version,
        repository_opts=None if local else RepositoryOptsArgs(repo=chart.repository(spec.chart_version)),
        values=pulumi.Output.all(values, spec.values if own_values else {}).apply(lambda both: deep_merge(*both)),
        max_history=spec.max_history,
        timeout=spec.timeout_seconds,
        atomic=spec.atomic,
        cleanup_on_fail=True,
        skip_await=spec.skip_await,
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=list(depends_on),
            hooks=hooks,
            delete_before_replace=True,
            aliases=[pulumi.Alias(name=alias) for alias in aliases],
        ),
    )
