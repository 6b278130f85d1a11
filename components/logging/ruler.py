"""Rules on logs: evaluated by Loki, sent to an Alertmanager.

They come from ConfigMaps by a sidecar, or from a bucket, where the ruler's API puts them; never from both.
"""

from typing import Any

from .._tenants import THE_ONLY_TENANT
from .spec import LoggingSpec
from .workload import resources

RULE_LABEL = "loki_rule"
"""Label of the ConfigMaps that hold rules, each key a file of rule groups."""

SIDECAR_DIRECTORY = "k8s-sidecar-target-directory"
"""Annotation of a ConfigMap that names the directory of its tenant."""

DIRECTORY = "/rules"
"""Where rules lie, below it in a directory for each tenant."""

NO_RULES = {
    "ruler": {
        "storage": {"type": "local", "local": {"directory": "/loki/rules"}},
        "rule_path": "/var/loki/rules-temp",
    }
}
"""Keeps the ruler that every Loki starts away from the bucket, where it would list a path outside `object_prefix`.

The directory is an empty one of Loki's image: each look into one that is missing is an error in the log.
"""


def ruler_config(spec: LoggingSpec) -> dict[str, Any]:
    """Give Loki's configuration of the ruler, laid over what the chart makes."""
    if not spec.ruler:
        return NO_RULES
    # The chart makes the storage of rules in a bucket, as it does that of chunks.
    local = {"storage": {"type": "local", "local": {"directory": DIRECTORY}}} if spec.rule_config_maps else {}
    return {"ruler": {**local, "alertmanager_url": spec.alertmanager_url, "enable_sharding": True}}


def ruler_values(spec: LoggingSpec) -> dict[str, Any]:
    """Switch the ruler and the sidecar in its pods on or off."""
    if not spec.rule_config_maps:
        without = {"sidecar": False} if spec.ruler else {}
        return {"ruler": {"enabled": spec.ruler, **without}, "sidecar": {"rules": {"enabled": False}}}
    return {
        "ruler": {"enabled": True, "sidecar": True},
        "sidecar": {
            "resources": resources("20m", "96Mi"),
            "rules": {
                "enabled": True,
                "label": RULE_LABEL,
                "labelValue": "",
                "folder": DIRECTORY if spec.tenants else f"{DIRECTORY}/{THE_ONLY_TENANT}",
                "resource": "configmap",
            },
        },
    }
