"""The Kubernetes objects that bring rules to the ruler: ConfigMaps for its sidecar, or a Job that fills the bucket."""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import pulumi
from pulumi_kubernetes.batch.v1 import Job
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .ruler import DIRECTORY, RULE_LABEL, SIDECAR_DIRECTORY
from .spec import LoggingSpec
from .workload import resources

HTTP_PORT = 3100
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")
_DIGEST = 10


def create_rules(
    name: str,
    spec: LoggingSpec,
    known: "pulumi.Output[LoggingSpec]",
    *,
    parent: pulumi.Resource,
    homes: Sequence[pulumi.Resource],
    loki: pulumi.Resource,
) -> None:
    """Create what brings the rules of `spec` to its ruler; nothing where it has none.

    `homes` is the namespace, `loki` the release that takes rules by its API.
    """
    within = pulumi.ResourceOptions(parent=parent, depends_on=list(homes))
    maps = []
    for tenant, files in spec.rules_by_tenant.items():
        if files:
            maps.append(
                ConfigMap(
                    f"{name}-rules-{_slug(tenant)}",
                    metadata=known.apply(partial(_map_metadata, tenant=tenant)),
                    data=files,
                    opts=within,
                )
            )
    if spec.rule_objects:
        # `Any`: mypy runs out of memory on the SDK's nested types of a pod when it is to prove this dict one of them.
        specification: pulumi.Output[Any] = known.apply(job_spec)
        Job(
            f"{name}-rules",
            metadata=known.apply(_job_metadata),
            spec=specification,
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[*homes, *maps, loki], delete_before_replace=True),
        )


def map_name(spec: LoggingSpec, tenant: str) -> str:
    """Name the ConfigMap of a tenant's files.

    For a Job the name changes with the content: the kubelet may give a new pod what an old name held a minute ago.
    """
    stem = f"{spec.release_name}-rules-{_slug(tenant)}"
    return f"{stem}-{_digest(spec.rules_by_tenant[tenant])}" if spec.rule_objects else stem


def job_name(spec: LoggingSpec) -> str:
    """Name the Job after all that it does: Kubernetes changes no Job, so another one takes its place."""
    return f"{spec.release_name}-rules-{_digest(job_spec(spec))}"


def job_spec(spec: LoggingSpec) -> dict[str, Any]:
    """Specify the Job that makes the rules in the bucket those of `spec`, with a container for each tenant.

    It is not deleted when it is done, which would look like somebody else's change to the next update.
    """
    tenants = list(spec.rules_by_tenant.items())
    volumes = [
        {"name": f"rules-{number}", "configMap": {"name": map_name(spec, tenant)}}
        for number, (tenant, files) in enumerate(tenants)
        if files
    ]
    return {
        "backoffLimit": 6,
        "activeDeadlineSeconds": spec.timeout_seconds,
        "template": {
            "metadata": {
                "labels": {**MANAGED_BY, **_labels(spec)},
                "annotations": {"observability/rules-bucket": _place(spec)},
            },
            "spec": {
                "restartPolicy": "Never",
                "automountServiceAccountToken": False,
                "nodeSelector": dict(spec.node_selector),
                "tolerations": [dict(toleration) for toleration in spec.tolerations],
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 10001,
                    "runAsGroup": 10001,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    _container(spec, number, tenant, bool(files)) for number, (tenant, files) in enumerate(tenants)
                ],
                "volumes": volumes,
            },
        },
    }


def ruler_host(spec: LoggingSpec) -> str:
    """Give the Service of the workload that evaluates rules.

    Not the gateway, which may ask for a login. Where nothing but the gateway and Loki itself may reach Loki's pods, the
    Job's label of the instance lets it in.
    """
    role = spec.mode.ruler
    return spec.release_name if role.section == "singleBinary" else f"{spec.release_name}-{role}"


def _container(spec: LoggingSpec, number: int, tenant: str, has_files: bool) -> dict[str, Any]:
    directory = f"{DIRECTORY}/{number}"
    address = f"--address=http://{ruler_host(spec)}.{spec.namespace}:{HTTP_PORT}"
    # Without a directory, lokitool deletes every rule of the tenant.
    files = [f"--rule-dirs={directory}"] if has_files else []
    mounts = [{"name": f"rules-{number}", "mountPath": directory, "readOnly": True}] if has_files else []
    return {
        "name": f"sync-{number}",
        "image": spec.lokitool_image,
        "command": ["lokitool", "rules", "sync", address, f"--id={tenant}", *files],
        "resources": resources("20m", "64Mi"),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": mounts,
    }


def _map_metadata(spec: LoggingSpec, tenant: str) -> ObjectMetaArgs:
    watched = spec.rule_config_maps
    return ObjectMetaArgs(
        name=map_name(spec, tenant),
        namespace=spec.namespace,
        labels={**MANAGED_BY, **_labels(spec), **({RULE_LABEL: ""} if watched else {})},
        annotations={SIDECAR_DIRECTORY: f"{DIRECTORY}/{tenant}"} if watched and spec.tenants else None,
    )


def _job_metadata(spec: LoggingSpec) -> ObjectMetaArgs:
    return ObjectMetaArgs(
        name=job_name(spec),
        namespace=spec.namespace,
        labels={**MANAGED_BY, **_labels(spec)},
        annotations={"pulumi.com/skipAwait": "true"} if spec.skip_await else None,
    )


def _labels(spec: LoggingSpec) -> dict[str, str]:
    return {"app.kubernetes.io/name": f"{spec.release_name}-rules", "app.kubernetes.io/instance": spec.release_name}


def _place(spec: LoggingSpec) -> str:
    return f"{spec.endpoint}/{spec.bucket_of_rules}"


def _slug(tenant: str) -> str:
    return tenant if _LABEL.fullmatch(tenant) else _digest(tenant)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:_DIGEST]
