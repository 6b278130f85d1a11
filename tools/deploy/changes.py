"""The commands that change a cluster or a state: what they will do is known and checked beforehand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi

from tools.contract import check
from tools.contract.kubernetes_versions import minor_version
from tools.program import program_of, record
from tools.render import RenderError, masked_objects, render

from . import recovery
from .cluster import inspect_cluster
from .commands import Refused, confirm
from .engine import Engine
from .preflight_checks import describe, failed_checks, other_version, too_new_features, unsafe_providers


def up(engine: Engine, yes: bool) -> None:
    """Deploy, after an inspection of the cluster and a question."""
    cluster = inspect_cluster(engine.stack.context)
    if problem := other_version(engine, cluster):
        raise Refused(f"up is refused, nothing was changed:\n  {problem}")
    with _program_errors():
        rendering = render(engine.root, engine.stack.stack, minor_version(cluster.version))
        objects = masked_objects(rendering)
    print(describe(engine, cluster, objects))
    missing = too_new_features(engine, cluster, rendering.objects)
    findings = [] if missing else check(rendering, engine.root).findings
    violations = [f"violation of the contract: {finding}" for finding in findings]
    if problems := [*failed_checks(engine, cluster, objects), *missing, *violations]:
        raise Refused("\n  ".join(["up is refused, nothing was changed:", *problems]))
    _refuse_a_locked_stack(engine)
    confirm(f"Deploy stack {engine.stack.stack} to {cluster.context}?", yes)
    engine.open()
    engine.run("up", "--yes", "--skip-preview")


def destroy(engine: Engine, yes: bool) -> None:
    """Remove everything that is not protected, and say what stays."""
    cluster = inspect_cluster(engine.stack.context)
    print(f"target   {cluster}")
    print(f"state    {engine.environment.backend}")
    if problems := unsafe_providers(engine, cluster):
        raise Refused("\n  ".join(["destroy is refused, nothing was changed:", *problems]))
    _refuse_a_locked_stack(engine)
    engine.open()
    stays = protected(engine.export())
    print("stays    " + (", ".join(stays) or "nothing: no resource is protected"))
    confirm(f"Remove the rest of stack {engine.stack.stack} from {cluster.context}?", yes)
    engine.run("destroy", "--yes", "--skip-preview", "--exclude-protected")
    if kept := protected(engine.export()):
        print("protected, so it stays whole:", *(f"  {name}" for name in kept), sep="\n")


def recover(engine: Engine, yes: bool) -> None:
    """Clear what an interrupted `up` left: the lock, pending operations, Helm releases in a pending state."""
    context = inspect_cluster(engine.stack.context).context
    locks = _locks(engine)
    if held := [lock for lock in locks if lock.held]:
        raise Refused(f"it is at work now ({held[0]}): wait for it, or end that process")
    engine.open()
    state = engine.export()
    pending = recovery.pending(state)
    stuck = recovery.stuck_releases(context, recovery.releases_in(state) | _wanted_releases(engine))
    leftovers = [*map(str, locks), *map(recovery.describe, pending), *map(str, stuck)]
    if not leftovers and engine.environment.backend.startswith("file://"):
        print(f"nothing to recover: stack {engine.stack.stack} has no lock, nothing pending and no stuck release")
        return
    print(f"left behind in stack {engine.stack.stack}:", *(f"  {leftover}" for leftover in leftovers), sep="\n")
    confirm("Clear this?", yes)
    for release in stuck:
        recovery.clear_release(context, release)
    engine.cancel()
    if pending:
        engine.import_state(recovery.without_pending_operations(state))
    print(f"cleared {len(leftovers)} leftovers: run the up again")


def protected(state: Mapping[str, Any]) -> list[str]:
    """Name every protected resource of an exported state."""
    resources = state["deployment"].get("resources") or []
    return [f"{item['type']} {item['urn'].rpartition('::')[2]}" for item in resources if item.get("protect")]


def _wanted_releases(engine: Engine) -> set[tuple[str, str]]:
    with _program_errors():
        recording = record(program_of(engine.root, engine.stack.stack), stack=engine.stack.stack)
    wanted = [resource.plain() for resource in recording.of_type(recovery.RELEASE)]
    return {(str(release["namespace"]), str(release["name"])) for release in wanted}


def _refuse_a_locked_stack(engine: Engine) -> None:
    if locks := _locks(engine):
        fix = "wait for it" if locks[0].held else f"make recover STACK={engine.stack.stack}"
        raise Refused(f"stack {engine.stack.stack} is locked by another or an interrupted command ({locks[0]}): {fix}")


def _locks(engine: Engine) -> list[recovery.Lock]:
    return recovery.locks(engine.environment.backend, engine.project, engine.stack.stack)


@contextmanager
def _program_errors() -> Iterator[None]:
    """Raise what the program or Helm refuses as `Refused`."""
    try:
        yield
    except (RenderError, pulumi.RunError) as error:
        raise Refused(str(error)) from error
