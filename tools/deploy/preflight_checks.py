"""What would make an `up` fail or be unsafe: found before it begins, each with its fix."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from config.errors import replace_command, setting_path
from tools.contract.kubernetes_versions import minor_version, missing_features
from tools.render import RenderedObject

from .capacity import free, needs_of
from .cluster import Cluster, HelmRelease, crd_names, missing_crds, missing_dns_services, unreachable_targets
from .engine import Engine
from .log_files import unread_nodes
from .store import store_line

_VERSION = "observability:cluster.kubernetes_version"


def describe(engine: Engine, cluster: Cluster, objects: Sequence[Mapping[str, Any]]) -> str:
    """Write what an `up` is about to reach and need."""
    needs = needs_of(objects, cluster.nodes)
    store = None if cluster.sandbox else store_line(engine.stack)
    targets = unreachable_targets(objects, cluster)
    unread = [] if cluster.sandbox else unread_nodes(objects, cluster.nodes)
    return "\n".join(
        [
            f"target   {cluster}",
            f"needs    {needs} of {free(cluster.nodes, cluster.pods, objects)} free",
            f"volumes  StorageClass {_volume_classes(cluster, objects)}",
            f"CRDs     {', '.join(missing_crds(objects, cluster)) or 'none'} missing",
            *([f"targets  cannot be scraped: {', '.join(targets)}"] if targets else []),
            *([f"logs     not read on {', '.join(unread)}"] if unread else []),
            *([f"store    {store}"] if store else []),
            f"state    {engine.environment.backend}",
        ]
    )


def failed_checks(engine: Engine, cluster: Cluster, objects: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name everything that would make the deployment fail or be unsafe."""
    return [
        *unsafe_providers(engine, cluster),
        *_too_big(cluster, objects),
        *_missing_in_cluster(cluster, objects),
        *_missing_dns_services(engine, cluster, objects),
        *_other_ip_family(engine, cluster),
        *_unfit_for_accounts(engine),
    ]


def other_version(engine: Engine, cluster: Cluster) -> str | None:
    """Return that the stack sets another version of Kubernetes; the sandbox has one version for every stack."""
    stated, found = engine.stack.kubernetes_version, minor_version(cluster.version)
    if cluster.sandbox or stated in ("", found):
        return None
    return (
        f"{_VERSION} = {stated}: must be {found}, the version of the cluster of context {cluster.context}; set it, or "
        f"use another context\n    {_version_command(engine, found)}"
    )


def too_new_features(engine: Engine, cluster: Cluster, objects: Iterable[RenderedObject]) -> list[str]:
    """Name what the stack uses of a later Kubernetes than that of the cluster, where it does not set the version."""
    if cluster.sandbox or engine.stack.kubernetes_version:
        return []
    found = minor_version(cluster.version)
    command = _version_command(engine, found)
    return [
        f"{_VERSION}: is missing, and {feature}; set it\n    {command}" for feature in missing_features(objects, found)
    ]


def _version_command(engine: Engine, version: str) -> str:
    return f"pulumi config set --path --type string {_VERSION} {version} --stack {engine.stack.stack}"


def unsafe_providers(engine: Engine, cluster: Cluster) -> list[str]:
    """Refuse the stand-ins of the providers for any cluster but the sandbox."""
    if not engine.providers.stand_ins or cluster.sandbox:
        return []
    sentence = f"context = {cluster.context}: must be the sandbox without provider plugins; install them:"
    return ["\n    ".join([sentence, *engine.providers.install_commands])]


def unknown_releases(releases: Iterable[HelmRelease], known: Collection[tuple[str, str]]) -> list[str]:
    """Refuse releases of the stack's names (namespace, name) that its state does not have: Helm would fail on each."""
    return [
        "\n    ".join(
            [
                f"Helm release = {release}: must be in the state of the stack, as Helm refuses to install another of "
                "that name; do one of:",
                f"remove it, its volumes stay unless its chart deletes them: helm uninstall {release.name} "
                f"--namespace {release.namespace}",
                "deploy beside it: set another namespace for that area, observability:<area>.namespace",
                f"adopt it: import it with the id {release.namespace}/{release.name}, as docs/operations.md describes",
            ]
        )
        for release in releases
        if (release.namespace, release.name) not in known
    ]


def crds_of_other_releases(engine: Engine, cluster: Cluster, objects: Iterable[RenderedObject]) -> list[str]:
    """Refuse definitions that another owner has in the cluster, as two releases must not own the same ones."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in objects:
        release = item.origin.removeprefix("release ")
        for name in crd_names([item.manifest]):
            if name in cluster.crds and cluster.crds[name] != release:
                found.setdefault((release, cluster.crds[name]), []).append(name)
    problems = []
    for (release, owner), names in found.items():
        namespace, _, release_name = release.partition("/")
        annotations = f"meta.helm.sh/release-name={release_name} meta.helm.sh/release-namespace={namespace}"
        own = f"Helm release {owner}" if owner else "no Helm release"
        problems.append(
            "\n    ".join(
                [
                    f"CRDs = {', '.join(names)}: must belong to release {release}, and belong to {own}; do one of:",
                    "use the operator that is in the cluster: pulumi config set --path "
                    f"observability:metrics.install_operator false --stack {engine.stack.stack}",
                    f"give them to the release: kubectl annotate --overwrite crd {' '.join(names)} {annotations}, and "
                    f"kubectl label --overwrite crd {' '.join(names)} app.kubernetes.io/managed-by=Helm",
                ]
            )
        )
    return problems


def _too_big(cluster: Cluster, objects: Sequence[Mapping[str, Any]]) -> list[str]:
    needs, left = needs_of(objects, cluster.nodes), free(cluster.nodes, cluster.pods, objects)
    return (
        []
        if left.holds(needs)
        else [f"requests = {needs}: must be at most the free {left}; add nodes, or lower replicas"]
    )


def _missing_in_cluster(cluster: Cluster, objects: Sequence[Mapping[str, Any]]) -> list[str]:
    found = []
    if crds := missing_crds(objects, cluster):
        found.append(f"CRDs = {', '.join(crds)}: must exist in the cluster; install them, or disable their users")
    classes = _storage_classes(objects)
    if "" in classes and not cluster.default_storage_class:
        found.append(
            "StorageClass: must be set without a default one in the cluster; set observability:cluster.storage_class"
        )
    if unknown := sorted(classes - {""} - cluster.storage_classes):
        there = ", ".join(sorted(cluster.storage_classes)) or "none"
        found.append(f"StorageClass = {', '.join(unknown)}: does not exist in the cluster; use one of {there}")
    return found


def _missing_dns_services(engine: Engine, cluster: Cluster, objects: Sequence[Mapping[str, Any]]) -> list[str]:
    if cluster.sandbox:
        return []
    setting = f"observability:cluster.dns_resolver resolv.conf --stack {engine.stack.stack}"
    return [
        f"dns_resolver = {service}: must be a Service of the cluster, as gateways resolve names through it; use the "
        f"DNS servers of the pods, or set another Service or an address\n    pulumi config set --path {setting}"
        for service in missing_dns_services(objects, cluster)
    ]


def _other_ip_family(engine: Engine, cluster: Cluster) -> list[str]:
    families = engine.stack.ip_families
    if cluster.sandbox or (families or ["IPv4"])[0] == cluster.ip_family:
        return []
    place = setting_path("cluster", "ip_families")
    right = [cluster.ip_family, *(family for family in families if family != cluster.ip_family)]
    commands = replace_command(place, families or None, right).splitlines()
    return [
        "\n    ".join(
            [
                f"{place} = {json.dumps(families)}: must begin with {cluster.ip_family}, the family of the cluster's "
                "Services, as rings advertise the first; set it",
                *(f"{command} --stack {engine.stack.stack}" for command in commands),
            ]
        )
    ]


def _unfit_for_accounts(engine: Engine) -> list[str]:
    found = []
    if engine.stack.fake_aws_keys and not engine.variables.get("AWS_ENDPOINT_URL"):
        found.append(
            "aws:accessKey: must not be that of the examples; remove aws:accessKey and aws:secretKey, and set your own"
        )
    if engine.stack.environment == "production" and engine.environment.demo_passphrase:
        found.append(
            "passphrase: must not be that of the examples in production; set a secrets provider, or "
            "PULUMI_CONFIG_PASSPHRASE"
        )
    if engine.stack.environment == "production" and engine.environment.local_state:
        backend = engine.environment.backend
        found.append(f"state = {backend}: must not be on this machine in production; set PULUMI_BACKEND_URL")
    return found


def _volume_classes(cluster: Cluster, objects: Iterable[Mapping[str, Any]]) -> str:
    default = f"{cluster.default_storage_class or 'none'} (the default)"
    return ", ".join(sorted(name or default for name in _storage_classes(objects))) or "not needed"


def _storage_classes(objects: Iterable[Mapping[str, Any]]) -> set[str]:
    items = list(objects)
    claims = [claim for item in items for claim in (item.get("spec") or {}).get("volumeClaimTemplates") or []]
    claims += [item for item in items if item.get("kind") == "PersistentVolumeClaim"]
    return {str(claim["spec"].get("storageClassName") or "") for claim in claims}
