"""The metrics of a stack: what its program makes of the settings, rendered with the charts at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from components.charts import CHARTS_VARIABLE
from sandbox.aws import FAKE_KEY
from sandbox.chart_sources import charts_cache
from tests.checkout import ROOT
from tests.e2e.metrics.servers import Shop
from tests.e2e.metrics.workloads import Object, Objects
from tools.program import Recording, Registered, record
from tools.program.stacks import configured_program
from tools.render.releases import render_releases
from tools.render.resources import kubernetes_objects

NAMESPACE = "monitoring"
BUCKET, PREFIX, REGION = "observability", "metrics", "us-east-1"
KEYS = "metrics-s3"
"""The existing Secret with the keys of the bucket."""
AUTHORITY = "shop-ca"
"""The existing ConfigMap with the authority of the site that is probed."""
CLUSTER = "sandbox"


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
        "observability:retention": {"metrics": "90d"},
        "observability:metrics": {"replicas": 2, "scrape_interval": "15s", "long_term": {}},
        "observability:probes": {"interval": "5s", "targets": {"shop": secure_target(shop)}},
        "observability:grafana": {"enabled": False},
        "observability:demo": {"enabled": False},
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


def render_stack(config: Mapping[str, Any]) -> Objects:
    """Return the objects of the stack's metrics; skip the test where a chart of them cannot be had."""
    return render(configured_program(ROOT, config))


def render(program: Callable[[], Mapping[str, Any]]) -> Objects:
    """Return the objects of a program in `monitoring`; skip the test where a chart of them cannot be had."""
    recording = record(program, preview=True, stack="metrics")
    of_metrics = [resource for resource in recording.resources if _namespace(resource) == NAMESPACE]
    metrics = Recording(resources=of_metrics)
    releases = render_releases(metrics, charts_cache(), lambda warning: None)
    for summary, _ in releases:
        if summary.stand_in:
            pytest.skip(f"needs {summary.chart}-{summary.version} in the directory {CHARTS_VARIABLE}")
    rendered = [item for _, items in releases for item in items if not item.hook]
    return Objects([item.manifest for item in [*kubernetes_objects(metrics), *rendered]])


def _namespace(resource: Registered) -> str:
    inputs = resource.plain()
    return str(inputs.get("namespace") or (inputs.get("metadata") or {}).get("namespace") or "")
