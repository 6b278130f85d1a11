"""The five commands."""

import os
from collections.abc import Mapping
from typing import Any

from tools.contract import check
from tools.program import program_of, record
from tools.render import masked_objects, render

from . import recovery
from .engine import Engine
from .obstacles import describe, obstacles, unsafe_providers
from .target import look_at


class Refused(Exception):
    """The command will not do this; the message says why and what to do."""


def preview(engine: Engine, _yes: bool) -> None:
    """Show what an `up` would do; reads the cluster where there is one, changes nothing."""
    engine.select()
    engine.run("preview")


def up(engine: Engine, yes: bool) -> None:
    """Deploy, after a look at the target and a question."""
    target = look_at(engine.stack.context)
    rendering = render(engine.root, engine.stack.stack)
    objects = masked_objects(rendering)
    print(describe(engine, target, objects))
    breaches = [f"breach of the contract: {finding}" for finding in check(rendering, engine.root).findings]
    if problems := [*obstacles(engine, target, objects), *breaches]:
        raise Refused("\n  ".join(["this up would go wrong, nothing was changed:", *problems]))
    _refuse_a_locked_stack(engine)
    confirm(f"Deploy stack {engine.stack.stack} to {target.context}?", yes)
    engine.select()
    engine.run("up", "--yes", "--skip-preview")


def destroy(engine: Engine, yes: bool) -> None:
    """Remove everything that is not protected, and say what stays."""
    target = look_at(engine.stack.context)
    print(f"target   {target}")
    print(f"state    {engine.environment.backend}")
    if problems := unsafe_providers(engine, target):
        raise Refused("\n  ".join(["this destroy would go wrong, nothing was changed:", *problems]))
    _refuse_a_locked_stack(engine)
    engine.select()
    stays = protected(engine.export())
    print("stays    " + (", ".join(stays) or "nothing: no resource is protected"))
    confirm(f"Remove the rest of stack {engine.stack.stack} from {target.context}?", yes)
    engine.run("destroy", "--yes", "--skip-preview", "--exclude-protected")
    if kept := protected(engine.export()):
        print("protected, so it stays whole:", *(f"  {name}" for name in kept), sep="\n")


def recover(engine: Engine, yes: bool) -> None:
    """Clear what an interrupted `up` left: the lock, pending operations, Helm releases in a pending state."""
    context = look_at(engine.stack.context).context
    locks = _locks(engine)
    if held := [lock for lock in locks if lock.held]:
        raise Refused(f"it is at work now ({held[0]}): wait for it, or end that process")
    engine.select()
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


def shell(engine: Engine, _yes: bool) -> None:
    """Open a shell in which `pulumi` and the other tools work on the stack as `make` would."""
    engine.select()
    engine.become(os.environ.get("SHELL") or "bash", *engine.extra)


def protected(state: Mapping[str, Any]) -> list[str]:
    """Name every protected resource of an exported state."""
    resources = state["deployment"].get("resources") or []
    return [f"{item['type']} {item['urn'].rpartition('::')[2]}" for item in resources if item.get("protect")]


def _wanted_releases(engine: Engine) -> set[tuple[str, str]]:
    recording = record(program_of(engine.root, engine.stack.stack), stack=engine.stack.stack)
    wanted = [resource.plain() for resource in recording.of_type(recovery.RELEASE)]
    return {(str(release["namespace"]), str(release["name"])) for release in wanted}


def _refuse_a_locked_stack(engine: Engine) -> None:
    if locks := _locks(engine):
        way_out = "wait for it" if locks[0].held else f"make recover STACK={engine.stack.stack}"
        raise Refused(f"another command works on stack {engine.stack.stack}, or was cut off ({locks[0]}): {way_out}")


def _locks(engine: Engine) -> list[recovery.Lock]:
    return recovery.locks(engine.environment.backend, engine.project, engine.stack.stack)


def confirm(question: str, yes: bool) -> None:
    """Ask, unless it is confirmed beforehand; raise `Refused` for anything but a yes."""
    if yes:
        return
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes"):
        raise Refused("not confirmed, nothing was changed (YES=1 confirms without a question)")
