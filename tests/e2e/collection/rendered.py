"""What the component `Telemetry` makes of its arguments for the workload of a role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from components._collector_roles import Role
from components.telemetry import Telemetry, TelemetryArgs
from tests.e2e.metrics.workloads import Object, Objects
from tools.program import record
from tools.render.resources import kubernetes_objects, whole_numbers

_RELEASE = ":Release"
ACCESS = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")


class Rendered:
    """The objects and the releases of one `Telemetry`."""

    def __init__(self, args: TelemetryArgs) -> None:
        recording = record(lambda: {"namespace": Telemetry("telemetry", args).namespace}, preview=True, stack="e2e")
        self._objects = Objects(item.manifest for item in kubernetes_objects(recording))
        releases = [whole_numbers(each.plain()) for each in recording.of_type(_RELEASE)]
        self._values: Mapping[str, Mapping[str, Any]] = {each["name"]: each["values"] for each in releases}

    def name(self, role: Role) -> str:
        """Return the name of the release, the workload and the service account of a role."""
        return min(self._values, key=len) if role is Role.AGENTS else f"{self.name(Role.AGENTS)}-{role.value}"

    def configuration(self, role: Role) -> Mapping[str, Any]:
        """Return the configuration of a role."""
        suffix = "" if role is Role.AGENTS else f"-{role.value}"
        (text,) = self._objects.config_map(f"collectors{suffix}-config").values()
        return dict(yaml.safe_load(text))

    def arguments(self, role: Role) -> Sequence[str]:
        """Return the arguments of the Collector beside its configuration."""
        return list(self._values[self.name(role)].get("command", {}).get("extraArgs", ()))

    @property
    def access(self) -> list[Object]:
        """The service accounts, which the charts make, and the rights that they have."""
        accounts: list[Object] = [
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}} for name in self._values
        ]
        return accounts + [each for kind in ACCESS for each in self._objects.of(kind)]
