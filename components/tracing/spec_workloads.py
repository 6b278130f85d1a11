"""The part of `Tracing`'s arguments that says how large single workloads are, and where they run."""

from collections.abc import Mapping

from pydantic import Field

from .._spec import rule
from .._workload import WorkloadSpec
from .choices import Mode
from .roles import COUNTED_ELSEWHERE, OF_A_TOPIC, OF_INGESTERS, Role
from .spec_shape import ShapeSpec


class WorkloadsSpec(ShapeSpec):
    """Sizes of single workloads."""

    workloads: Mapping[Role, WorkloadSpec] = Field(default_factory=dict)

    @rule("workloads", "mode", "chart_version")
    def _every_workload_runs(self) -> str | None:
        if not self.workloads:
            return None
        if self.mode is Mode.MONOLITHIC:
            return "monolithic Tempo is one process: use cpu, memory and volume_size of Tempo itself"
        running = OF_A_TOPIC if self.through_kafka else OF_INGESTERS
        if strangers := [role.value for role in self.workloads if role not in running]:
            return f"{', '.join(strangers)} does not run here: there are {', '.join(running)}"
        return None

    @rule("workloads")
    def _a_number_of_pods_stands_in_one_place(self) -> str | None:
        for role, own in self.workloads.items():
            if own.replicas is not None and role in COUNTED_ELSEWHERE:
                return f"replicas of {role} have another place: {COUNTED_ELSEWHERE[role]}"
        return None

    @rule("workloads")
    def _only_a_workload_with_a_volume_says_which(self) -> str | None:
        for role, own in self.workloads.items():
            if not role.has_volume and (own.volume_size or own.storage_class):
                return f"{role} keeps nothing on a volume: remove its volume_size and storage_class"
        return None
