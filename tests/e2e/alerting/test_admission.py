"""The real operator, as the admission webhook of a cluster, takes every rule object of a stack and refuses broken ones.

The operator serves its webhooks beside its metrics, and holds rules against the parser of Prometheus with legacy names
and without experimental functions. A stack leaves the webhooks out: they would need a certificate.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import trustme

from sandbox.api import ApiError
from sandbox.commands import HOST
from tests.e2e.alerting.stack import DEV
from tests.e2e.metrics.cluster import Cluster, running
from tests.e2e.metrics.operated import start_operator
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.stack import NAMESPACE, render_stack
from tests.e2e.metrics.workloads import Object, Objects
from tests.installed_tools import require

pytestmark = pytest.mark.e2e
GROUP = "monitoring.coreos.com"
WEBHOOK = f"prometheusrules.{GROUP}"
RULE: Mapping[str, Any] = {
    "alert": "Broken",
    "expr": "up == 0",
    "for": "5m",
    "annotations": {"summary": "{{ $labels.job }} is down"},
}


@pytest.fixture(scope="module")
def rendered() -> Objects:
    return render_stack(DEV)


@pytest.fixture(scope="module")
def cluster(rendered: Objects, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane without rule objects that asks the operator about each."""
    require("operator", "kube-apiserver")
    directory = tmp_path_factory.mktemp("programs")
    programs, authority = Programs(directory), trustme.CA()
    own, issuer = directory / "operator.pem", directory / "authority.pem"
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(str(own))
    authority.cert_pem.write_to_path(str(issuer))
    others = [each for each in rendered.manifests if each["kind"] != "PrometheusRule"]
    try:
        with running(others, tmp_path_factory.mktemp("cluster")) as cluster:
            operator = start_operator(rendered, cluster, programs, own, issuer)
            cluster.apply([_webhook(operator.url, authority.cert_pem.bytes())])
            cluster.wait_until(lambda: _refusal(cluster, {**RULE, "expr": "sum("}), "a refusal of the webhook")
            yield cluster
    finally:
        programs.end()


def _webhook(url: str, authority: bytes) -> Object:
    """Return the registration of the operator, as the chart has it but for the place."""
    client = {
        "url": f"{url}/admission-prometheusrules/validate",
        "caBundle": base64.b64encode(authority).decode(),
    }
    rule = {
        "apiGroups": [GROUP],
        "apiVersions": ["*"],
        "resources": ["prometheusrules"],
        "operations": ["CREATE", "UPDATE"],
    }
    webhook = {
        "name": WEBHOOK,
        "clientConfig": client,
        "rules": [rule],
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "prometheus-admission"},
        "webhooks": [webhook],
    }


def _object(rule: Mapping[str, Any]) -> Object:
    spec = {"groups": [{"name": "broken", "rules": [rule]}]}
    metadata = {"name": "broken", "namespace": NAMESPACE}
    return {"apiVersion": f"{GROUP}/v1", "kind": "PrometheusRule", "metadata": metadata, "spec": spec}


def _refusal(cluster: Cluster, rule: Mapping[str, Any]) -> str:
    """Return why a rule is refused, empty where it is accepted; nothing is kept of it."""
    try:
        cluster.sandbox.api.apply(_object(rule), dryRun="All")
    except ApiError as error:
        causes = [str(cause["message"]) for cause in error.details.get("causes") or ()]
        return "\n".join([error.message, *causes])
    return ""


def test_every_rule_object_of_a_stack_is_accepted(rendered: Objects, cluster: Cluster) -> None:
    rules = rendered.of("PrometheusRule")
    cluster.apply(rules)
    found = cluster.list(f"/apis/{GROUP}/v1/prometheusrules")
    assert {each["metadata"]["name"] for each in found} == {each["metadata"]["name"] for each in rules}
    alerts = {rule.get("alert") for each in rules for group in each["spec"]["groups"] for rule in group["rules"]}
    assert {"CheckoutQueueLong", "Watchdog", "HighCPU"} <= alerts, "of the user, of the library"


def test_a_rule_that_is_right_is_accepted(cluster: Cluster) -> None:
    assert _refusal(cluster, RULE) == ""


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"expr": "sum(rate(up[5m])"}, "unclosed left parenthesis"),
        ({"expr": "rate(up[5q])"}, "bad number or duration syntax"),
        ({"expr": "rate(up)"}, "expected type range vector"),
        ({"expr": "limitk(1, up)"}, "experimental"),
        ({"annotations": {"summary": "{{ .Missing"}}, "unclosed action"),
        ({"record": "job:up:sum"}, "only one of 'record' and 'alert' must be set"),
        ({"labels": {"a-b": "c"}}, "invalid label name"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_refused_with_the_reason(cluster: Cluster, changed: dict[str, Any], message: str) -> None:
    refusal = _refusal(cluster, {**RULE, **changed})
    assert refusal.startswith(f'admission webhook "{WEBHOOK}" denied the request: Rules are not valid')
    assert message in refusal


def test_a_bad_duration_is_refused(cluster: Cluster) -> None:
    """By the schema where the published definitions are at hand, else by the webhook."""
    refusal = _refusal(cluster, {**RULE, "for": "5 minutes"})
    assert "for in body should match" in refusal or "not a valid duration" in refusal
