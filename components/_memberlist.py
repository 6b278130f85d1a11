"""The cluster label of a memberlist ring: members discard the messages of a ring with another label.

Without a label, a process joins the ring of another one that gets the address of one of its pods
(https://github.com/grafana/loki/issues/10172).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

LABEL, VERIFICATION_DISABLED = "cluster_label", "cluster_label_verification_disabled"


class ClusterLabel(StrEnum):
    """What a member sends and requires; neighbours in this order understand each other, others do not."""

    OFF = "off"
    ACCEPT = "accept"
    UNVERIFIED = "unverified"
    VERIFIED = "verified"

    def config(self, label: str) -> dict[str, Any]:
        """Return the keys of the section `memberlist` for `label`."""
        sent = {LABEL: label} if self in (ClusterLabel.UNVERIFIED, ClusterLabel.VERIFIED) else {}
        unverified = self in (ClusterLabel.ACCEPT, ClusterLabel.UNVERIFIED)
        return {**sent, **({VERIFICATION_DISABLED: True} if unverified else {})}


@dataclass(frozen=True)
class Membership:
    """The label that a member sends, and whether it discards messages with another one."""

    label: str
    verified: bool

    @classmethod
    def of(cls, config: Mapping[str, Any], default_label: str = "") -> "Membership":
        """Return the membership by the keys of the section `memberlist`."""
        return cls(config.get(LABEL, default_label) or "", not config.get(VERIFICATION_DISABLED))

    @property
    def config(self) -> dict[str, Any]:
        """The keys of the section `memberlist` for it."""
        return {LABEL: self.label, VERIFICATION_DISABLED: not self.verified}

    def accepts(self, other: "Membership") -> bool:
        """Whether it reads the messages of `other`."""
        return not self.verified or self.label == other.label

    def steps_to(self, new: "Membership") -> list["Membership"]:
        """Return what to apply, one after the other, so that old and new pods always read each other's messages."""
        path = [self, Membership(self.label, False), Membership(new.label, False), new]
        return [after for before, after in pairwise(path) if before != after]


def membership_problems(old: Membership, new: Membership, setting_of: Callable[[Membership], str]) -> list[str]:
    """Return a message where pods of the `old` and the `new` membership do not read each other's messages.

    `setting_of` returns the setting or the chart value that results in a membership.
    """
    if old.accepts(new) and new.accepts(old):
        return []
    steps = ", then ".join(setting_of(step) for step in old.steps_to(new))
    return [
        f"{setting_of(new)}: must not change from {setting_of(old)} in one update, as until all pods have restarted, "
        "old and new ones discard each other's messages of the ring, and writes and queries fail; keep "
        f"{setting_of(old)}, or set and apply {steps}, one update each"
    ]
