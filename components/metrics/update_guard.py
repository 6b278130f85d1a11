"""Updates of Prometheus that its applied state forbids, as they would lose or hide samples."""

from collections.abc import Collection, Mapping
from typing import Any

from .._guard import forbidden_change, forbidden_changes
from .._merge import value_at
from ..charts import KUBE_PROMETHEUS_STACK
from ..units import parse_duration
from .spec import GuardedChange

Values = Mapping[str, Any]
_SPEC = ("prometheus", "prometheusSpec")
_CLAIM = (*_SPEC, "storageSpec", "volumeClaimTemplate", "spec")
_ALERTMANAGER_CLAIM = ("alertmanager", "alertmanagerSpec", "storage", "volumeClaimTemplate", "spec")
_OLD_CHART = "server"
"""Section of the values of the chart `prometheus`, which earlier versions installed."""


def update_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return a message for each change that would lose samples, or hide those in the bucket.

    `allowed` changes are not checked.
    """
    if _OLD_CHART in old:
        return [] if GuardedChange.CHART in allowed else [_chart_problem()]
    volumes = [] if GuardedChange.VOLUMES in allowed else _volume_problems(old, new)
    labels = [] if GuardedChange.LABELS in allowed else _label_problems(old, new)
    history = [] if GuardedChange.RETENTION in allowed else _history_problems(old, new)
    return [*volumes, *labels, *history]


def _chart_problem() -> str:
    return forbidden_change(
        "chart",
        "prometheus",
        KUBE_PROMETHEUS_STACK.name,
        "Helm would delete the old Prometheus and the volume with its samples; to keep them, copy the volume as "
        "docs/operations.md describes; then, or to start without them, apply once with allow_changes "
        f'["{GuardedChange.CHART}"]',
    )


def _volume_problems(old: Values, new: Values) -> list[str]:
    return forbidden_changes(
        _claim(old),
        _claim(new),
        "the operator would replace the StatefulSet and leave its volumes as they are; change it back; or, to grow "
        f'volumes, raise the size in their claims and then apply once with allow_changes ["{GuardedChange.VOLUMES}"]',
    )


def _claim(values: Values) -> dict[str, Any]:
    places = {"volume_size": ("resources", "requests", "storage"), "storage_class": ("storageClassName",)}
    claims = {"": _CLAIM, "alertmanager.": _ALERTMANAGER_CLAIM}
    return {
        f"{owner}{name}": value_at(values, (*claim, *place))
        for owner, claim in claims.items()
        if value_at(values, claim) is not None
        for name, place in places.items()
    }


def _history_problems(old: Values, new: Values) -> list[str]:
    """Return why samples would be lost or hidden where Thanos is added or removed.

    A sidecar uploads new blocks alone: what was merged on the volume before stays there until its retention ends.
    """
    before, after = (value_at(values, (*_SPEC, "thanos")) is not None for values in (old, new))
    kept, left = (str(value_at(values, (*_SPEC, "retention")) or "0s") for values in (old, new))
    way = f'apply once with allow_changes ["{GuardedChange.RETENTION}"]'
    if after and not before and parse_duration(left) < parse_duration(kept):
        return [
            forbidden_change(
                "retention",
                kept,
                left,
                "a new sidecar uploads new blocks alone, and older ones would be deleted without being in the bucket; "
                f"keep {kept} on the volumes (in a stack metrics.long_term.local_retention) until they are as old; or "
                f"accept their loss and {way}",
            )
        ]
    if before and not after:
        return [
            "objstore_secret: must not be removed, as Prometheus alone does not find the samples in the bucket; set it "
            f"again (in a stack metrics.long_term); or accept that and {way}"
        ]
    return []


def _label_problems(old: Values, new: Values) -> list[str]:
    if value_at(old, (*_SPEC, "thanos")) is None or value_at(new, (*_SPEC, "thanos")) is None:
        return []
    before, after = (value_at(values, (*_SPEC, "externalLabels")) or {} for values in (old, new))
    if before == after:
        return []
    return [
        forbidden_change(
            "external_labels",
            before,
            after,
            "blocks in the bucket keep the labels that they were uploaded with: queries with the new ones do not find "
            "them, and they are compacted apart from new blocks; change them back; or accept that and apply once with "
            f'allow_changes ["{GuardedChange.LABELS}"]',
        )
    ]
