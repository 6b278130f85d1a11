"""`make up` and `make destroy`: checked against the cluster and confirmed before anything changes."""

from collections.abc import Mapping
from typing import Any

import pulumi

from tools.contract import check
from tools.contract.kubernetes_versions import minor_version
from tools.prometheus_operator import with_stateful_sets
from tools.render import RenderError, Rendering, masked_objects, render

from .cluster import Cluster, helm_releases, inspect_cluster
from .confirmation import Refused, confirm
from .engine import Engine
from .live_alerting import report_live_rules
from .preflight_checks import (
    crds_of_other_releases,
    describe,
    failed_checks,
    other_version,
    too_new_features,
    unknown_releases,
    unsafe_providers,
)
from .receiver_secrets import missing_receiver_secrets
from .recovery import refuse_locked_stack, releases_in
from .store_client import store_client


def up(engine: Engine, yes: bool) -> None:
    """Deploy, after an inspection of the cluster and a question."""
    cluster = inspect_cluster(engine.stack.context)
    if problem := other_version(engine, cluster):
        raise Refused(f"up is refused, nothing was changed:\n  {problem}")
    try:
        rendering = render(engine.root, engine.stack.stack, minor_version(cluster.version))
    except (RenderError, pulumi.RunError) as error:
        raise Refused(str(error)) from error
    objects = [*with_stateful_sets(masked_objects(rendering))]
    print(describe(engine, cluster, objects))
    unknown = _unknown_releases(engine, cluster, rendering)
    owners = crds_of_other_releases(engine, cluster, rendering.objects)
    unread = missing_receiver_secrets(cluster.context, rendering.objects)
    missing = too_new_features(engine, cluster, rendering.objects)
    findings = [] if missing else check(rendering).findings
    violations = [f"violation of the contract: {finding}" for finding in findings]
    if problems := [*failed_checks(engine, cluster, objects), *owners, *unknown, *unread, *missing, *violations]:
        raise Refused("\n  ".join(["up is refused, nothing was changed:", *problems]))
    refuse_locked_stack(engine)
    confirm(f"Deploy stack {engine.stack.stack} to {cluster.context}?", yes)
    engine.open()
    engine.run("up", "--yes", "--skip-preview")
    report_live_rules(cluster.context, rendering, client=lambda: store_client(engine.stack, cluster.context))


def destroy(engine: Engine, yes: bool) -> None:
    """Remove everything that is not protected, and print what stays."""
    cluster = inspect_cluster(engine.stack.context)
    print(f"target   {cluster}")
    print(f"state    {engine.environment.backend}")
    if problems := unsafe_providers(engine, cluster):
        raise Refused("\n  ".join(["destroy is refused, nothing was changed:", *problems]))
    refuse_locked_stack(engine)
    engine.open()
    stays = protected(engine.export())
    print("stays    " + (", ".join(stays) or "nothing: no resource is protected"))
    confirm(f"Remove the rest of stack {engine.stack.stack} from {cluster.context}?", yes)
    engine.run("destroy", "--yes", "--skip-preview", "--exclude-protected")
    if kept := protected(engine.export()):
        print("protected, so it stays whole:", *(f"  {name}" for name in kept), sep="\n")


def protected(state: Mapping[str, Any]) -> list[str]:
    """Name every protected resource of an exported state."""
    resources = state["deployment"].get("resources") or []
    return [f"{item['type']} {item['urn'].rpartition('::')[2]}" for item in resources if item.get("protect")]


def _unknown_releases(engine: Engine, cluster: Cluster, rendering: Rendering) -> list[str]:
    present = helm_releases(cluster.context, {(release.namespace, release.name) for release in rendering.releases})
    if not present:
        return []
    engine.open()
    return unknown_releases(present, releases_in(engine.export()))
