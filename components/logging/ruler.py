"""The ruler, which evaluates rules on logs and sends alerts to an Alertmanager: its values and the objects with rules.

Rules come from ConfigMaps by a sidecar, or from a bucket, where a Job puts them by the ruler's API; never from both.
"""

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

from .._ip_families import sidecar_probe
from .._kubernetes import MANAGED_BY
from .._pods import pod_fields
from .._tenants import THE_ONLY_TENANT
from .._workload import non_root, resources
from .spec import LoggingSpec

HTTP_PORT = 3100
_SIDECAR_HEALTH_PORT = 8080

_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")
_DIGEST_LENGTH = 10

RULE_LABEL = "loki_rule"
"""Label of the ConfigMaps that hold rules, each key a file of rule groups."""

SIDECAR_DIRECTORY_ANNOTATION = "k8s-sidecar-target-directory"
"""Annotation of a ConfigMap that names the directory of its tenant."""

_VOLUME, _CERTIFICATES = "alertmanager-client", "/alertmanager-client"

DIRECTORY = "/rules"
"""The directory of rules, with a directory for each tenant in it."""

NO_RULES = {
    "ruler": {
        "storage": {"type": "local", "local": {"directory": "/loki/rules"}},
        "rule_path": "/var/loki/rules-temp",
    }
}
"""Keeps the ruler that every Loki starts from the bucket, where it would list a path outside `object_prefix`.

The directory is an empty one of Loki's image: reading a missing one logs an error each time.
"""


def ruler_config(spec: LoggingSpec) -> dict[str, Any]:
    """Return Loki's configuration of the ruler, merged over the chart's."""
    if not spec.ruler:
        return NO_RULES
    # The chart configures the storage of rules in a bucket, as it does that of chunks.
    local = {"storage": {"type": "local", "local": {"directory": DIRECTORY}}} if spec.rules_from_config_maps else {}
    labels = {"external_labels": dict(spec.ruler_external_labels)} if spec.ruler_external_labels else {}
    client = _client(spec) if spec.alertmanager_server_name else {}
    url = spec.alertmanager_url
    return {"ruler": {**local, "alertmanager_url": url, **client, "enable_sharding": True, **labels}}


def _client(spec: LoggingSpec) -> dict[str, Any]:
    own = {"tls_cert_path": f"{_CERTIFICATES}/tls.crt", "tls_key_path": f"{_CERTIFICATES}/tls.key"}
    files = {"tls_ca_path": f"{_CERTIFICATES}/ca.crt", **(own if spec.client_certificates else {})}
    return {"alertmanager_client": {**files, "tls_server_name": str(spec.alertmanager_server_name)}}


def client_volumes(spec: LoggingSpec) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the volume of the certificate with which the ruler sends alerts, and its mount; none without one."""
    if not spec.alertmanager_server_name:
        return [], []
    volume = {"name": _VOLUME, "secret": {"secretName": spec.tls_secret}}
    return [volume], [{"name": _VOLUME, "mountPath": _CERTIFICATES, "readOnly": True}]


def ruler_values(spec: LoggingSpec) -> dict[str, Any]:
    """Return the values that enable or disable the ruler and the sidecar in its pods."""
    if not spec.rules_from_config_maps:
        no_sidecar = {"sidecar": False} if spec.ruler else {}
        return {"ruler": {"enabled": spec.ruler, **no_sidecar}, "sidecar": {"rules": {"enabled": False}}}
    return {
        "ruler": {"enabled": True, "sidecar": True},
        "sidecar": {
            "resources": resources("20m", "96Mi"),
            **_sidecar_probes(spec),
            "rules": {
                "enabled": True,
                "label": RULE_LABEL,
                "labelValue": "",
                "folder": DIRECTORY if spec.tenants else f"{DIRECTORY}/{THE_ONLY_TENANT}",
                "resource": "configmap",
            },
        },
    }


def _sidecar_probes(spec: LoggingSpec) -> dict[str, Any]:
    """Return the probes of the sidecar where those of the chart, by HTTP, would fail; version 6 has none."""
    if not spec.listens_on_ipv6 or spec.chart_is_v6:
        return {}
    probe = {"httpGet": None, **sidecar_probe(spec, _SIDECAR_HEALTH_PORT)}
    return {"livenessProbe": probe, "readinessProbe": probe}


def create_rules(
    name: str,
    spec: LoggingSpec,
    resolved: "pulumi.Output[LoggingSpec]",
    *,
    parent: pulumi.Resource,
    depends_on: Sequence[pulumi.Resource],
    loki: pulumi.Resource,
) -> None:
    """Create the ConfigMaps with the rules of `spec`, and the Job that copies them to the bucket through `loki`."""
    options = pulumi.ResourceOptions(parent=parent, depends_on=list(depends_on))
    config_maps = []
    for tenant, files in spec.rules_by_tenant.items():
        if files:
            config_maps.append(
                ConfigMap(
                    f"{name}-rules-{_slug(tenant)}",
                    metadata=resolved.apply(partial(_config_map_metadata, tenant=tenant)),
                    data=files,
                    opts=options,
                )
            )
    if spec.rules_in_bucket:
        # `Any`: mypy runs out of memory on the SDK's nested types of a pod when it is to prove this dict one of them.
        job: pulumi.Output[Any] = resolved.apply(job_spec)
        Job(
            f"{name}-rules",
            metadata=resolved.apply(_job_metadata),
            spec=job,
            opts=pulumi.ResourceOptions(
                parent=parent, depends_on=[*depends_on, *config_maps, loki], delete_before_replace=True
            ),
        )


def config_map_name(spec: LoggingSpec, tenant: str) -> str:
    """Return the name of the ConfigMap with a tenant's files.

    For a Job it changes with the content: the kubelet may mount the cached content of a name into a new pod.
    """
    stem = f"{spec.release_name}-rules-{_slug(tenant)}"
    return f"{stem}-{_digest(spec.rules_by_tenant[tenant])}" if spec.rules_in_bucket else stem


def job_name(spec: LoggingSpec) -> str:
    """Return the name of the Job, which changes with its immutable specification, so that another Job replaces it."""
    return f"{spec.release_name}-rules-{_digest(job_spec(spec))}"


def job_spec(spec: LoggingSpec) -> dict[str, Any]:
    """Return the Job that syncs the rules in the bucket with those of `spec`, with a container for each tenant.

    It is kept when it has completed: a deleted one would be drift to the next update.
    """
    tenants = list(spec.rules_by_tenant.items())
    volumes = [
        {"name": f"rules-{number}", "configMap": {"name": config_map_name(spec, tenant)}}
        for number, (tenant, files) in enumerate(tenants)
        if files
    ]
    return {
        "backoffLimit": 6,
        "activeDeadlineSeconds": spec.timeout_seconds,
        "template": {
            "metadata": {
                "labels": {**MANAGED_BY, **_labels(spec)},
                "annotations": {"observability/rules-bucket": _bucket_url(spec)},
            },
            "spec": {
                "restartPolicy": "Never",
                "automountServiceAccountToken": False,
                **pod_fields(spec),
                "securityContext": non_root(10001),
                "containers": [
                    _container(spec, number, tenant, bool(files)) for number, (tenant, files) in enumerate(tenants)
                ],
                "volumes": volumes,
            },
        },
    }


def ruler_host(spec: LoggingSpec) -> str:
    """Return the Service of the workload that evaluates rules.

    The gateway may require a login. Where a NetworkPolicy allows only the release itself, the Job's instance label
    admits it.
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


def _config_map_metadata(spec: LoggingSpec, tenant: str) -> ObjectMetaArgs:
    for_sidecar = spec.rules_from_config_maps
    return ObjectMetaArgs(
        name=config_map_name(spec, tenant),
        namespace=spec.namespace,
        labels={**MANAGED_BY, **_labels(spec), **({RULE_LABEL: ""} if for_sidecar else {})},
        annotations={SIDECAR_DIRECTORY_ANNOTATION: f"{DIRECTORY}/{tenant}"} if for_sidecar and spec.tenants else None,
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


def _bucket_url(spec: LoggingSpec) -> str:
    return f"{spec.endpoint}/{spec.effective_ruler_bucket}"


def _slug(tenant: str) -> str:
    return tenant if _DNS_LABEL.fullmatch(tenant) else _digest(tenant)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:_DIGEST_LENGTH]
