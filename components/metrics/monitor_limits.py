"""Limits by namespace on monitors: an admission policy refuses those of a namespace that state none, or higher ones.

The operator knows limits of a monitor and of all monitors alone. What is in the cluster before the policy stays as it
is until its specification changes.
"""

from collections.abc import Iterator
from typing import Any

from .._network_policy import NAMESPACE
from .spec import MetricsSpec

KINDS = ("servicemonitors", "podmonitors", "probes", "scrapeconfigs")


def policy_name(spec: MetricsSpec) -> str:
    """Return the name of the policy and of its binding."""
    return f"{spec.release_name}-namespace-limits"


def has_limits(spec: MetricsSpec) -> bool:
    """Whether a namespace has a limit of its own."""
    return any(limits.of_monitors for limits in spec.namespace_limits.values())


def admission_policy(spec: MetricsSpec) -> dict[str, Any]:
    """Return the specification of the ValidatingAdmissionPolicy."""
    changes = {
        "apiGroups": ["monitoring.coreos.com"],
        "apiVersions": ["*"],
        "operations": ["CREATE", "UPDATE"],
        "resources": list(KINDS),
    }
    return {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [changes]},
        # A change of labels, or the deletion, of a monitor that was there before is admitted.
        "matchConditions": [
            {"name": "specification-changes", "expression": "oldObject == null || object.spec != oldObject.spec"}
        ],
        "validations": list(_validations(spec)),
    }


def policy_binding(spec: MetricsSpec) -> dict[str, Any]:
    """Return the specification of the binding of the policy to the namespaces with limits."""
    namespaces = {"key": NAMESPACE, "operator": "In", "values": sorted(spec.namespace_limits)}
    return {
        "policyName": policy_name(spec),
        "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": {"matchExpressions": [namespaces]}},
    }


def _validations(spec: MetricsSpec) -> Iterator[dict[str, Any]]:
    for namespace, limits in sorted(spec.namespace_limits.items()):
        for field, limit in limits.of_monitors.items():
            path = f"object.spec.{field}"
            # Without a limit, or with 0, a target has that of every target.
            fits = f"has({path}) && {path} > 0 && {path} <= {limit}"
            yield {
                "expression": f"request.namespace != '{namespace}' || ({fits})",
                "message": f"spec.{field}: must be 1 to {limit} in namespace {namespace}; set it",
            }
