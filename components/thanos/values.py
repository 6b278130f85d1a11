"""The chart values of Thanos."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from .._merge import deep_merge
from .._pods import pod_values, pull_secrets
from .._workload import GO_SHARE_OF_MEMORY
from ..metrics.spec import OBJSTORE_KEY
from .caches import index_cache_flags, response_cache_flags
from .flags import RESOLUTIONS
from .gateway import client_files
from .roles import ThanosRole
from .spec import ThanosSpec
from .workloads import replication_factor, workload, workload_values

REPOSITORY = "thanos/thanos"
"""The repository of the chart's image in every registry: it has no value for the registry alone."""
EXEMPLARS = 100_000
"""Number of exemplars that each ingestor keeps in memory; by itself it keeps none."""


def thanos_values(spec: ThanosSpec) -> dict[str, Any]:
    """Return the values of the chart, which contain the Secret of the object store by name only."""
    values: dict[str, Any] = {
        "fullnameOverride": spec.release_name,
        "objstoreConfig": {"create": False, "name": spec.objstore_secret, "key": OBJSTORE_KEY},
        "clusterDomain": spec.cluster_domain,
        "autoGomemlimit": {"enabled": True, "ratio": float(GO_SHARE_OF_MEMORY)},
        "additionalEndpoints": [] if spec.tls_secret else list(spec.endpoints),
        "serviceMonitor": {
            "enabled": spec.service_monitor,
            "additionalLabels": dict(spec.service_monitor_labels),
        },
        "query": {
            # Not `additionalReplicaLabels`, by which the compactor would merge replicas sample by sample, for good.
            "replicaLabels": list(spec.replica_labels),
            # With TLS the stores have a name each, which flags for all of them have not.
            **({"enableDnsDiscovery": False} if spec.tls_secret else {}),
            # Long ranges are answered from lower resolutions, which alone are left of old samples.
            **workload_values(spec, ThanosRole.QUERY, ["--query.auto-downsampling"]),
        },
        "queryFrontend": {
            "enabled": True,
            **workload_values(
                spec,
                ThanosRole.QUERY_FRONTEND,
                ["--query-frontend.compress-responses", *response_cache_flags(spec)],
            ),
        },
        "storeGateway": workload_values(
            spec, ThanosRole.STORE_GATEWAY, ["--disable-admin-operations", *index_cache_flags(spec)]
        ),
        "compact": _compactor(spec) if spec.compactor else {"enabled": False},
    }
    if spec.ruler:
        values["rule"] = _ruler(spec)
    if spec.receive:
        values["receive"] = _receivers(spec)
    images = pod_values(
        spec,
        image_registry={"image": {"repository": f"{spec.image_registry}/{REPOSITORY}"}},
        image_pull_secrets={"imagePullSecrets": pull_secrets(spec)},
        # Every workload has a value of its own.
        priority_class={},
    )
    return deep_merge(values, images)


def _compactor(spec: ThanosSpec) -> dict[str, Any]:
    """Return the values of the compactor.

    Late samples make blocks that overlap, which it merges sample by sample. The chart would let it merge the blocks of
    two rulers in the same way, which doubles their samples, as both evaluate at times of their own; those of receivers
    hold the same samples.
    """
    merges = ["--deduplication.replica-label=receive_replica"] if spec.receive else []
    downsampling = [] if spec.downsampling else ["--downsampling.disable"]
    kept = RESOLUTIONS if spec.downsampling else RESOLUTIONS[:1]
    retentions = [f"--retention.resolution-{resolution}={spec.retentions[resolution]}" for resolution in kept]
    flags = [
        "--disable-admin-operations",
        "--compact.enable-vertical-compaction",
        *merges,
        *downsampling,
        *retentions,
    ]
    return {
        "enabled": True,
        "deduplication": {"enabled": False},
        **workload_values(spec, ThanosRole.COMPACT, flags),
    }


def _ruler(spec: ThanosSpec) -> dict[str, Any]:
    name = spec.alertmanager_server_name
    tls = {"http_config": {"tls_config": {**client_files(spec), "server_name": name}}} if name else {}
    targets = [
        {"static_configs": [url.netloc], "scheme": url.scheme, "path_prefix": url.path, "api_version": "v2", **tls}
        for url in map(urlsplit, filter(None, spec.alertmanager_url.split(",")))
    ]
    rules = json.dumps({"groups": [dict(group) for group in spec.ruler_groups]})
    alertmanagers = json.dumps({"alertmanagers": targets})
    values = workload_values(spec, ThanosRole.RULE, _external_labels(spec))
    checksum = sha256(f"{rules}\n{alertmanagers}".encode()).hexdigest()[:16]
    return {
        **values,
        "enabled": True,
        "retention": spec.local_retention,
        "alertmanagersConfig": {"value": alertmanagers},
        "rules": {"value": rules},
        # It has no security context: the annotation restarts the pods with their rules instead.
        "configReloader": {"enabled": False},
        "podAnnotations": {**values.get("podAnnotations", {}), "checksum/rules": checksum},
    }


def _receivers(spec: ThanosSpec) -> dict[str, Any]:
    # Receivers send each other gRPC; their other protocol has no TLS, and its port no use.
    local = ["--receive.capnproto-address=127.0.0.1:19391"]
    flags = [f"--tsdb.out-of-order.time-window={spec.out_of_order_window}", f"--tsdb.max-exemplars={EXEMPLARS}"]
    ingestors = workload(spec, ThanosRole.RECEIVE_INGESTOR).replicas
    return {
        "enabled": True,
        "replicationFactor": replication_factor(spec),
        "retention": spec.local_retention,
        "router": {
            **workload_values(spec, ThanosRole.RECEIVE_ROUTER, [*local, "--receive.hashrings-algorithm=ketama"]),
            # The list of ingestors is mounted in a way that never changes in a pod.
            "podAnnotations": {"observability/ingestors": str(ingestors)},
        },
        "ingestor": workload_values(spec, ThanosRole.RECEIVE_INGESTOR, [*_external_labels(spec), *local, *flags]),
    }


def _external_labels(spec: ThanosSpec) -> Sequence[str]:
    return [f"--label={name}={json.dumps(value)}" for name, value in sorted(spec.external_labels.items())]
