"""The generator's pod: a public Python image and the script, under the restricted pod-security level."""

import hashlib
from importlib import resources
from typing import Any

from .._pods import pod_fields
from .._workload import NO_PRIVILEGES, non_root
from .spec import DemoSpec

SCRIPT_FILE = "generator.py"
SERVICE = "frontend"
"""The service that the script's traces begin in: known here, so that the script is not imported to be mounted."""
_SCRIPT_DIRECTORY = "/opt/generator"
_USER = 65532


def script() -> str:
    """Return the generator's source."""
    return resources.files(__package__).joinpath(SCRIPT_FILE).read_text(encoding="utf-8")


def deployment_spec(spec: DemoSpec) -> dict[str, Any]:
    """Return the Deployment's specification; a changed script replaces the pod."""
    labels = {"app.kubernetes.io/name": spec.workload_name}
    checksum = hashlib.sha256(script().encode()).hexdigest()
    return {
        "replicas": 1,
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels, "annotations": {"checksum/script": checksum}},
            "spec": {
                "automountServiceAccountToken": False,
                "securityContext": non_root(_USER),
                **pod_fields(spec),
                "containers": [_container(spec)],
                "volumes": [{"name": "script", "configMap": {"name": spec.workload_name}}],
            },
        },
    }


def _container(spec: DemoSpec) -> dict[str, Any]:
    return {
        "name": "generator",
        "image": spec.effective_image,
        "command": ["python", f"{_SCRIPT_DIRECTORY}/{SCRIPT_FILE}"],
        "env": [
            {"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": spec.otlp_http_url},
            {"name": "INTERVAL_SECONDS", "value": str(spec.interval_seconds)},
        ],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": NO_PRIVILEGES,
        "volumeMounts": [{"name": "script", "mountPath": _SCRIPT_DIRECTORY, "readOnly": True}],
    }
