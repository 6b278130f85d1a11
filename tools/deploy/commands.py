"""The four commands."""

from collections.abc import Iterable, Mapping
from typing import Any

from tools.render import render_stack

from .engine import Engine
from .recovery import clear_release, stuck_releases, without_pending_operations
from .target import Target, look_at, missing_crds, needs_of


class Refused(Exception):
    """The command will not do this; the message says why and what to do."""


def preview(engine: Engine, _yes: bool) -> None:
    """Show what an `up` would do; reads the cluster where there is one, changes nothing."""
    engine.select()
    engine.run("preview")


def up(engine: Engine, yes: bool) -> None:
    """Deploy, after a look at the target and a question."""
    target = look_at(engine.stack.context)
    objects = render_stack(engine.root, engine.stack.stack)
    print(describe(engine, target, objects))
    if problems := obstacles(engine, target, objects):
        raise Refused("\n  ".join(["this up would go wrong:", *problems]))
    _ask(f"Deploy stack {engine.stack.stack} to {target.context}?", yes)
    engine.select()
    engine.run("up", "--yes", "--skip-preview")


def destroy(engine: Engine, yes: bool) -> None:
    """Remove everything that is not protected, and say what stays."""
    target = look_at(engine.stack.context)
    print(f"target   {target.context} ({target.server}, Kubernetes {target.version})")
    print(f"state    {engine.environment.backend}")
    if engine.providers.stand_ins and not target.sandbox:
        raise Refused(_no_stand_ins(engine))
    _ask(f"Remove stack {engine.stack.stack} from {target.context}?", yes)
    engine.select()
    engine.run("destroy", "--yes", "--skip-preview", "--exclude-protected")
    kept = [
        resource["urn"]
        for resource in (engine.export()["deployment"].get("resources") or [])
        if resource.get("protect")
    ]
    if kept:
        print("protected, so it stays whole:", *(f"  {urn}" for urn in kept), sep="\n")


def recover(engine: Engine, yes: bool) -> None:
    """Clear what an interrupted `up` left: the lock, pending operations, Helm releases in a pending state."""
    engine.select()
    context = look_at(engine.stack.context).context
    state, pending = without_pending_operations(engine.export())
    stuck = stuck_releases(context)
    for operation in pending:
        print(f"pending operation: {operation}")
    for release in stuck:
        print(f"Helm release {release.namespace}/{release.name} is {release.status}")
    _ask(f"Release the lock of stack {engine.stack.stack} and clear {len(pending) + len(stuck)} leftovers?", yes)
    engine.cancel()
    if pending:
        engine.import_state(state)
    for release in stuck:
        clear_release(context, release)
    engine.run("refresh", "--yes", "--skip-preview")
    print("recovered: run the up again")


def describe(engine: Engine, target: Target, objects: Iterable[Mapping[str, Any]]) -> str:
    """Write what an `up` is about to reach and need."""
    needs = needs_of(objects, target.nodes)
    return "\n".join(
        [
            f"target   {target.context} ({target.server}, Kubernetes {target.version}, {target.nodes} nodes)",
            f"needs    {needs} of {target.free} free",
            f"volumes  StorageClass {target.default_storage_class or '(no default)'}",
            f"state    {engine.environment.backend}",
        ]
    )


def obstacles(engine: Engine, target: Target, objects: list[dict[str, Any]]) -> list[str]:
    """Name everything that would make the deployment fail or be unsafe."""
    found = []
    needs = needs_of(objects, target.nodes)
    if needs.cpu > target.free.cpu or needs.memory > target.free.memory:
        found.append(f"it needs {needs}, and {target.free} are free: add nodes or lower the replicas")
    if crds := missing_crds(objects, target):
        found.append(f"the cluster lacks the CRDs {', '.join(crds)}: install them, or turn off what needs them")
    classes = _storage_classes(objects)
    if "" in classes and not target.default_storage_class:
        found.append("the cluster has no default StorageClass: set observability:cluster.storage_class")
    if unknown := sorted(classes - {""} - target.storage_classes):
        found.append(
            f"the cluster has no StorageClass {', '.join(unknown)}: it has {', '.join(sorted(target.storage_classes))}"
        )
    if engine.providers.stand_ins and not target.sandbox:
        found.append(_no_stand_ins(engine))
    if engine.stack.fake_aws_keys and not engine.variables.get("AWS_ENDPOINT_URL"):
        found.append(
            "the stack file holds the examples' AWS keys: remove aws:accessKey and aws:secretKey and bring your own"
        )
    if engine.stack.environment == "production":
        found += _unfit_for_production(engine)
    return found


def _unfit_for_production(engine: Engine) -> list[str]:
    found = []
    if engine.environment.demo_passphrase:
        found.append(
            "production must not use the examples' passphrase: set a secrets provider, or PULUMI_CONFIG_PASSPHRASE"
        )
    if engine.environment.local_state:
        found.append("production must not keep its state on this machine: set PULUMI_BACKEND_URL")
    return found


def _no_stand_ins(engine: Engine) -> str:
    return "; ".join(
        [
            "the provider plugins are missing, and their stand-ins only serve the sandbox",
            *engine.providers.install_commands,
        ]
    )


def _storage_classes(objects: Iterable[Mapping[str, Any]]) -> set[str]:
    claims = [claim for item in objects for claim in (item.get("spec") or {}).get("volumeClaimTemplates") or []]
    claims += [item for item in objects if item.get("kind") == "PersistentVolumeClaim"]
    return {str(claim["spec"].get("storageClassName") or "") for claim in claims}


def _ask(question: str, yes: bool) -> None:
    if yes:
        return
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes"):
        raise Refused("not confirmed, nothing was changed (YES=1 confirms without a question)")
