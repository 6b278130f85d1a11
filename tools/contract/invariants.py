"""What must be true of the objects of any stack."""

import math
from collections.abc import Callable, Iterator

import yaml

from tools.render import RenderedObject, Rendering
from tools.render.masking import forms
from tools.render.resources import texts

from .alert_rules import every_rule_is_alive_and_every_alert_arrives
from .alloy_components import configurations_fit_their_components
from .collector_validate import pipelines_name_their_components
from .datasources import every_datasource_is_read
from .finding import Finding
from .ip_families import every_pod_uses_the_ip_families_of_the_cluster
from .pod_security import violations
from .pods import Level, Pod, levels_of, matches, pods_of
from .service_account_tokens import no_pod_holds_a_token_without_a_reason
from .wal_volumes import every_write_ahead_log_is_on_a_volume

Invariant = Callable[[Rendering], Iterator[Finding]]


def every_container_has_requests(rendering: Rendering) -> Iterator[Finding]:
    """A container without requests is the first to be evicted and is invisible to the scheduler."""
    for pod in pods_of(rendering.objects):
        for container in pod.containers:
            requests = (container.get("resources") or {}).get("requests") or {}
            if missing := [name for name in ("cpu", "memory") if name not in requests]:
                yield Finding(pod.reference(container), f"has no request for {' and '.join(missing)}")


def every_namespace_admits_its_pods(rendering: Rendering) -> Iterator[Finding]:
    """A namespace whose Pod Security level refuses a pod leaves its workload without pods."""
    levels = levels_of(rendering.objects)
    for pod in pods_of(rendering.objects):
        level = levels.get(pod.owner.namespace, Level.PRIVILEGED)
        for message in violations(pod, level):
            yield Finding(pod.reference(), f"{message}, which namespace level {level.name.lower()} refuses")


def privileges_stay_in_privileged_namespaces(rendering: Rendering) -> Iterator[Finding]:
    """Outside namespaces labelled privileged: nothing of the host, no added capability, no writable root."""
    levels = levels_of(rendering.objects)
    for pod in pods_of(rendering.objects):
        if levels.get(pod.owner.namespace) is Level.PRIVILEGED:
            continue
        if pod.owner.namespace not in levels:
            for message in violations(pod, Level.BASELINE):
                yield Finding(pod.reference(), f"{message}, and its namespace is not labelled privileged")
        for container in pod.containers:
            context = container.get("securityContext") or {}
            if added := (context.get("capabilities") or {}).get("add"):
                yield Finding(pod.reference(container), f"adds the capabilities {', '.join(added)}")
            if context.get("readOnlyRootFilesystem") is not True:
                yield Finding(pod.reference(container), "can write to its root file system; set readOnlyRootFilesystem")


def every_disruption_budget_lets_a_node_drain(rendering: Rendering) -> Iterator[Finding]:
    """A PodDisruptionBudget that never allows a disruption blocks every upgrade of the nodes."""
    pods = list(pods_of(rendering.objects))
    for item in rendering.objects:
        if item.kind != "PodDisruptionBudget":
            continue
        spec = item.manifest["spec"]
        covered = [pod for pod in pods if _covers(item, pod)]
        total = sum(pod.replicas or 0 for pod in covered)
        if not covered:
            yield Finding(str(item), "its selector matches no pod of the stack")
        elif any(pod.replicas is None for pod in covered):
            continue
        elif "maxUnavailable" in spec and _pods(spec["maxUnavailable"], total) < 1:
            yield Finding(str(item), f"maxUnavailable {spec['maxUnavailable']} allows no disruption; set 1")
        elif "minAvailable" in spec and _pods(spec["minAvailable"], total) >= total:
            message = f"minAvailable {spec['minAvailable']} of {total} pods allows no disruption; use maxUnavailable 1"
            yield Finding(str(item), message)


def secrets_are_in_secrets_alone(rendering: Rendering) -> Iterator[Finding]:
    """The bytes of a secret are nowhere but in Secrets."""
    for item in rendering.objects:
        if item.kind == "Secret":
            continue
        content = "\n".join(texts(item.manifest))
        if any(form in content for secret in rendering.secrets for form in forms(secret)):
            yield Finding(str(item), "holds a secret value in the clear: give it the name and key of a Secret")
    for release in rendering.releases:
        content = "\n".join(texts(release.values))
        if any(form in content for secret in rendering.secrets for form in forms(secret)):
            yield Finding(f"release {release}", "its values hold a secret: give them the name and key of a Secret")


def no_secret_is_exported_in_the_clear(rendering: Rendering) -> Iterator[Finding]:
    """An export that is not marked secret stands in the state and in every log of an update."""
    for name, value in rendering.exports.items():
        content = "\n".join(texts(value))
        if any(form in content for secret in rendering.secrets for form in forms(secret)):
            yield Finding(f"export {name}", "shows a secret: export it as pulumi.Output.secret, or not at all")


def every_definition_outlives_its_release(rendering: Rendering) -> Iterator[Finding]:
    """Deleting a CustomResourceDefinition deletes every object of its kind in the cluster."""
    for item in rendering.objects:
        if item.kind == "CustomResourceDefinition" and not item.retained:
            message = f"goes with {item.origin}, and every object of its kind with it: helm.sh/resource-policy: keep"
            yield Finding(str(item), message)


def every_release_makes_something(rendering: Rendering) -> Iterator[Finding]:
    """A release without an object was switched off by its own values, and looks deployed; a stand-in may have none."""
    for release in rendering.releases:
        if not release.objects and not release.stand_in:
            yield Finding(f"release {release}", "renders no object: correct its values, or leave it out")


def every_ring_has_a_label_of_its_own(rendering: Rendering) -> Iterator[Finding]:
    """A process joins the ring of another one that has the address of an earlier pod, unless their labels differ.

    A ring of memberlist without a label is what `cluster_label` off or accept states.
    """
    rings: dict[str, str] = {}
    for item in rendering.objects:
        files = (item.manifest.get("data") or {}) if item.kind == "ConfigMap" else {}
        for name, text in files.items():
            config = yaml.safe_load(text) if "memberlist:" in text else None
            if isinstance(config, dict) and isinstance(ring := config.get("memberlist"), dict):
                label, place = ring.get("cluster_label"), f"{item}: {name}"
                if label and rings.setdefault(label, place) != place:
                    yield Finding(place, f"the label of its ring is {label!r}, as that of {rings[label]}; use another")
    for pod in pods_of(rendering.objects):
        for container in pod.containers:
            flags = dict(str(argument).partition("=")[::2] for argument in container.get("args") or [])
            if flags.get("--cluster.enabled") == "true":
                instance = pod.owner.manifest["metadata"]["labels"]["app.kubernetes.io/instance"]
                label, required = flags.get("--cluster.name"), f"{instance}.{pod.owner.namespace}"
                if label != required:
                    yield Finding(pod.reference(container), f"the label of its ring is {label!r}; set {required!r}")


INVARIANTS: tuple[Invariant, ...] = (
    every_container_has_requests,
    every_namespace_admits_its_pods,
    privileges_stay_in_privileged_namespaces,
    every_disruption_budget_lets_a_node_drain,
    every_write_ahead_log_is_on_a_volume,
    secrets_are_in_secrets_alone,
    no_secret_is_exported_in_the_clear,
    every_definition_outlives_its_release,
    every_release_makes_something,
    every_ring_has_a_label_of_its_own,
    no_pod_holds_a_token_without_a_reason,
    every_datasource_is_read,
    configurations_fit_their_components,
    pipelines_name_their_components,
    every_pod_uses_the_ip_families_of_the_cluster,
    every_rule_is_alive_and_every_alert_arrives,
)
"""Every invariant of the objects; that no two share a name is checked while rendering."""


def _covers(budget: RenderedObject, pod: Pod) -> bool:
    if pod.owner.namespace != budget.namespace or pod.owner.kind in ("Job", "CronJob"):
        return False
    selector = budget.manifest["spec"].get("selector") or {}
    wanted = selector.get("matchLabels") or {}
    return all(pod.labels.get(key) == value for key, value in wanted.items()) and all(
        matches(expression, pod.labels) for expression in selector.get("matchExpressions") or []
    )


def _pods(amount: int | str, total: int) -> int:
    if isinstance(amount, str) and amount.endswith("%"):
        return math.ceil(total * int(amount[:-1]) / 100)
    return int(amount)
