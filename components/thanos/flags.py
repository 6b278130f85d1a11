"""The flags of each workload that arguments or the chart set: Thanos refuses a flag that is there twice.

https://thanos.io/tip/components/
"""

from collections.abc import Mapping

from .roles import ThanosRole

RETENTION_ARGUMENTS = {"raw": "retention_raw", "5m": "retention_five_minutes", "1h": "retention_one_hour"}
"""The argument with the retention of each resolution of blocks."""
RESOLUTIONS = tuple(RETENTION_ARGUMENTS)
"""The resolutions of blocks, as flags name them."""

MERGED_REPLICAS = "remove it, as the compactor would merge replicas for good"

_REMOVE = "remove it"
_CACHES = "use cache_endpoint or memcached_addresses"
_LOCAL = "use local_retention"
_OF_EVERY_ROLE = {
    "http-address": _REMOVE,
    "enable-auto-gomemlimit": _REMOVE,
    "auto-gomemlimit.ratio": _REMOVE,
    "log.level": "use values.logLevel",
    "log.format": "use values.logFormat",
}
_TLS = "use tls_secret"
_OF_GRPC = {"grpc-address": _REMOVE, **{f"grpc-server-tls-{name}": _TLS for name in ("cert", "key", "client-ca")}}
_ENDPOINTS = "use endpoints"
_OF_BUCKET = {"objstore.config": "use ThanosObjectStore", "objstore.config-file": "use ThanosObjectStore"}
_WITH_ADMINISTRATION = {"disable-admin-operations": _REMOVE}

FLAGS_OF_ARGUMENTS: Mapping[ThanosRole, Mapping[str, str]] = {
    ThanosRole.QUERY: {
        **_OF_EVERY_ROLE,
        **_OF_GRPC,
        "query.auto-downsampling": _REMOVE,
        "endpoint.sd-config": _ENDPOINTS,
        "endpoint.sd-config-file": _ENDPOINTS,
    },
    ThanosRole.QUERY_FRONTEND: {
        **_OF_EVERY_ROLE,
        **{
            f"{requests}.response-cache-config{end}": _CACHES
            for requests in ("query-range", "labels")
            for end in ("", "-file")
        },
        "query-frontend.downstream-url": _REMOVE,
        "query-frontend.compress-responses": _REMOVE,
    },
    ThanosRole.STORE_GATEWAY: {
        **_OF_EVERY_ROLE,
        **_OF_GRPC,
        **_OF_BUCKET,
        **_WITH_ADMINISTRATION,
        "data-dir": _REMOVE,
        "index-cache-size": "use index_cache_mib",
        "index-cache.config": _CACHES,
        "index-cache.config-file": _CACHES,
    },
    ThanosRole.COMPACT: {
        **_OF_EVERY_ROLE,
        **_OF_BUCKET,
        **_WITH_ADMINISTRATION,
        **{f"retention.resolution-{name}": f"use {argument}" for name, argument in RETENTION_ARGUMENTS.items()},
        "data-dir": _REMOVE,
        "wait": _REMOVE,
        "downsampling.disable": "use downsampling",
        "deduplication.replica-label": MERGED_REPLICAS,
        "deduplication.func": MERGED_REPLICAS,
        "compact.enable-vertical-compaction": _REMOVE,
    },
    ThanosRole.RULE: {
        **_OF_EVERY_ROLE,
        **_OF_GRPC,
        **_OF_BUCKET,
        "data-dir": _REMOVE,
        "tsdb.retention": _LOCAL,
        "tsdb.block-duration": "use values.rule.blockDuration",
        "eval-interval": "use values.rule.evalInterval",
        "alertmanagers.config-file": "use alertmanager_url",
    },
    ThanosRole.RECEIVE_ROUTER: {
        **_OF_EVERY_ROLE,
        **_OF_GRPC,
        "remote-write.address": _REMOVE,
        "receive.capnproto-address": _REMOVE,
        "receive.hashrings-file": _REMOVE,
        "receive.replication-factor": "use workloads.receive-ingestor.replicas",
        "receive.hashrings-algorithm": _REMOVE,
        "remote-write.client-server-name": _TLS,
        **{f"remote-write.client-tls-{name}": _TLS for name in ("secure", "cert", "key", "ca")},
    },
    ThanosRole.RECEIVE_INGESTOR: {
        **_OF_EVERY_ROLE,
        **_OF_GRPC,
        **_OF_BUCKET,
        "remote-write.address": _REMOVE,
        "receive.capnproto-address": _REMOVE,
        "receive.local-endpoint": _REMOVE,
        "tsdb.path": _REMOVE,
        "tsdb.retention": _LOCAL,
        "tsdb.out-of-order.time-window": "use out_of_order_window",
        "tsdb.max-exemplars": _REMOVE,
    },
}
"""By workload, the flags that are set once, each with what to use instead."""
