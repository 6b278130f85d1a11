"""The metrics of a stack: what its program makes of the settings, rendered with the charts at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.aws import FAKE_KEY
from sandbox.chart_sources import charts_cache
from sandbox.documents import load
from tests import shop_alerting
from tests.checkout import ROOT
from tests.e2e.metrics.servers import Shop
from tests.e2e.metrics.standin import completed
from tests.e2e.metrics.workloads import Object, Objects
from tests.real_charts import BESIDE
from tools.program import Recording, Registered, record
from tools.program.stacks import configured_program
from tools.render.releases import render_releases
from tools.render.resources import kubernetes_objects

NAMESPACE = "monitoring"
BUCKET, PREFIX, REGION = "observability", "metrics", "us-east-1"
RECEIVED_PREFIX = "received"
MEMCACHED = "dns+memcached.caching:11211"
KEYS = "metrics-s3"
"""The existing Secret with the keys of the bucket."""
AUTHORITY = "shop-ca"
"""The existing ConfigMap with the authority of the site that is probed."""
CLUSTER = "sandbox"
RULES = "checkout.yaml"
"""The file that the ruler of Thanos evaluates."""
ADMISSION = "kubernetes:admissionregistration.k8s.io/"
BOUNDED, SAMPLES = "bounded", 2
"""The namespace with a limit of its own, and that many samples of a target."""


def settings(endpoint: str, shop: Shop) -> Mapping[str, Any]:
    """Return the settings of a stack with a pair of Prometheus, Thanos on an existing store and a probe of a site."""
    store = {
        "kind": "external",
        "endpoint": endpoint,
        "shared_bucket": BUCKET,
        "prefixes": {"logs": "logs", "traces": "traces", "metrics": PREFIX},
        "credentials": {"logs": "logs-s3", "traces": "traces-s3", "metrics": KEYS},
    }
    return {
        "observability:cluster": {"name": CLUSTER},
        "observability:storage": store,
        "observability:caching": {"kind": "valkey"},
        "observability:retention": {"metrics": "90d"},
        "observability:metrics": {
            "replicas": 2,
            "scrape_interval": "15s",
            "namespace_limits": {BOUNDED: {"samples_per_target": SAMPLES}},
            "long_term": {},
        },
        "observability:probes": {"interval": "5s", "targets": {"shop": secure_target(shop)}},
        "observability:grafana": {"enabled": False},
        "observability:demo": {"enabled": False},
    }


def receiving_settings(endpoint: str, shop: Shop, groups: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the settings of a stack that receives what is pushed in Thanos, evaluates rules there, uses a memcached.

    It has another prefix than the stack of `settings`.
    """
    config = settings(endpoint, shop)
    store, metrics = config["observability:storage"], config["observability:metrics"]
    long_term = {
        "replicas": 2,
        "receive": True,
        "ruler": True,
        "memcached_addresses": [MEMCACHED],
    }
    return {
        **{key: value for key, value in config.items() if key != "observability:caching"},
        "observability:storage": {**store, "prefixes": {**store["prefixes"], "metrics": RECEIVED_PREFIX}},
        "observability:metrics": {**metrics, "long_term": long_term},
        "observability:alerting": {
            "rules": {RULES: {"groups": groups}},
            "long_term_rules": [RULES],
            # Of the alert of the shop, where it is among the rules.
            **{name: shop_alerting.SETTINGS[name] for name in ("rule_tests", "runbooks")},
            "application_metrics": {"orders": {"type": "gauge", "labels": {"service_name": []}}},
        },
    }


def secure_target(shop: Shop) -> dict[str, Any]:
    """Return the target of a probe that trusts the authority of a site."""
    return {"address": f"https://{shop.secure}/", "tls": {"ca": {"config_map": AUTHORITY, "key": "pem"}}}


def existing(shop: Shop) -> list[Object]:
    """Return what the settings name and the stack does not make: the keys of the bucket, and the authority."""
    keys = {"AWS_ACCESS_KEY_ID": FAKE_KEY, "AWS_SECRET_ACCESS_KEY": FAKE_KEY}
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": KEYS}, "stringData": keys},
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": AUTHORITY},
            "data": {"pem": shop.authority},
        },
    ]


def definitions_beside() -> list[Object]:
    """Return the published definitions beside the checkout, none where they are not there."""
    return [load(file.read_text()) for file in sorted((BESIDE / "crds" / "monitoring.coreos.com").glob("*.yaml"))]


def render_stack(config: Mapping[str, Any]) -> Objects:
    """Return the objects of the stack's metrics."""
    return render(configured_program(ROOT, config))


def render(program: Callable[[], Mapping[str, Any]]) -> Objects:
    """Return the objects of a program in `monitoring`, and its admission policies.

    They are those of stand-in charts where the published ones cannot be had.
    """
    recording = record(program, preview=True, stack="metrics")
    of_metrics = [
        resource
        for resource in recording.resources
        if _namespace(resource) == NAMESPACE or resource.type.startswith(ADMISSION)
    ]
    metrics = Recording(resources=of_metrics)
    objects: list[Object] = [item.manifest for item in kubernetes_objects(metrics)]
    for summary, items in render_releases(metrics, charts_cache(), lambda warning: None):
        manifests = [item.manifest for item in items if not item.hook]
        objects += completed(summary.chart, summary.values, manifests) if summary.stand_in else manifests
    return Objects(objects)


def _namespace(resource: Registered) -> str:
    inputs = resource.plain()
    return str(inputs.get("namespace") or (inputs.get("metadata") or {}).get("namespace") or "")
