"""The real operator takes the configuration of Alertmanager as it is, and makes the pods that read it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import trustme
import yaml

from components import Metrics, MetricsArgs, OperatorCrds
from components.alerting.alertmanager_config import (
    CONFIG_KEY,
    alertmanager_config,
    alertmanager_templates,
    all_inhibitions,
    secret_names,
)
from components.alerting.notifications import NotificationSettings
from components.metrics.alertmanager import GATEWAY_PORT
from tests.e2e.metrics.cluster import Cluster, running
from tests.e2e.metrics.operated import start_operator
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.stack import NAMESPACE, render
from tests.e2e.metrics.workloads import Object, Objects
from tests.installed_tools import require
from tests.unit.alerting.document_004 import ALERTS, BUSINESS_ALERTS
from tests.unit.alerting.test_alertmanager_config import EVERYTHING

pytestmark = pytest.mark.e2e
CONFIG, TLS = "alertmanager-config", "prometheus-tls"
REPLICAS = 2
SETTINGS = NotificationSettings.model_validate(EVERYTHING)
STATED = alertmanager_config(SETTINGS, all_inhibitions(SETTINGS, [*ALERTS, *BUSINESS_ALERTS]))
RESOURCE = f"/apis/monitoring.coreos.com/v1/namespaces/{NAMESPACE}/alertmanagers/prometheus"


def _program() -> Mapping[str, Any]:
    own: Any = {"config_secret": CONFIG, "secrets": secret_names(SETTINGS), "replicas": REPLICAS}
    crds = OperatorCrds("crds", {"namespace": NAMESPACE})
    args: MetricsArgs = {"namespace": crds.namespace, "create_namespace": False, "alertmanager": own}
    metrics = Metrics("metrics", {**args, "tls_secret": TLS, "client_certificates": True})
    return {"url": metrics.alertmanager_url}


def _certificate() -> Object:
    authority = trustme.CA()
    issued = authority.issue_cert("prometheus-alertmanager.monitoring.svc")
    files = {
        "ca.crt": authority.cert_pem.bytes().decode(),
        "tls.key": issued.private_key_pem.bytes().decode(),
        "tls.crt": "".join(blob.bytes().decode() for blob in issued.cert_chain_pems),
    }
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": TLS}, "stringData": files}


def _config(content: Mapping[str, Any]) -> Object:
    files = {CONFIG_KEY: yaml.safe_dump(content), **alertmanager_templates()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": CONFIG}, "stringData": files}


@pytest.fixture(scope="module")
def rendered() -> Objects:
    return render(_program)


@pytest.fixture(scope="module")
def cluster(rendered: Objects, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane with the objects, the configuration, and the real operator."""
    require("operator", "kube-apiserver")
    programs = Programs(tmp_path_factory.mktemp("programs"))
    try:
        with running(
            [_certificate(), _config(STATED), *rendered.manifests], tmp_path_factory.mktemp("cluster")
        ) as cluster:
            start_operator(rendered, cluster, programs)
            yield cluster
    finally:
        programs.end()


def _condition(cluster: Cluster) -> Mapping[str, Any]:
    """Return whether the operator has accepted the configuration, with its reason."""
    found = cluster.find(RESOURCE) or {}
    conditions = (found.get("status") or {}).get("conditions") or []
    return next((one for one in conditions if one["type"] == "Reconciled"), {})


def _generated(cluster: Cluster) -> Mapping[str, bytes]:
    return cluster.secret("alertmanager-prometheus-generated")


def _given(cluster: Cluster) -> Mapping[str, Any]:
    """Return the configuration that the operator hands to the pods."""
    packed = _generated(cluster).get(f"{CONFIG_KEY}.gz")
    found: Mapping[str, Any] = yaml.safe_load(gzip.decompress(packed)) if packed else {}
    return found


def test_the_operator_gives_the_pods_what_was_compiled(cluster: Cluster) -> None:
    cluster.wait_until(lambda: _condition(cluster).get("status") == "True" and _given(cluster), "its configuration")
    given = _given(cluster)
    assert given["route"] == STATED["route"]
    assert given["inhibit_rules"] == STATED["inhibit_rules"]
    days, holidays = given["time_intervals"]
    assert days == STATED["time_intervals"][0]
    assert [one["months"] for one in holidays["time_intervals"]] == [["12"]], "months as numbers"
    assert given["templates"] == STATED["templates"]
    assert given["receivers"] == STATED["receivers"]
    assert given["global"].items() >= STATED["global"].items()
    assert set(alertmanager_templates()) <= set(_generated(cluster)), "templates lie beside the configuration"


def test_its_pods_mount_every_secret_and_find_each_other(cluster: Cluster) -> None:
    path = f"/apis/apps/v1/namespaces/{NAMESPACE}/statefulsets/alertmanager-prometheus"
    cluster.wait_until(lambda: cluster.find(path), "the StatefulSet of Alertmanager")
    workload: Any = cluster.find(path)
    pod = workload["spec"]["template"]["spec"]
    (container,) = [one for one in pod["containers"] if one["name"] == "alertmanager"]
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert {f"/etc/alertmanager/secrets/{name}" for name in secret_names(SETTINGS)} <= mounts
    assert "--enable-feature=receiver-name-in-metrics" in container["args"]
    peers = {argument.split(".")[1] for argument in container["args"] if argument.startswith("--cluster.peer=")}
    assert peers == {f"peer=alertmanager-prometheus-{index}" for index in range(REPLICAS)}
    assert workload["spec"]["template"]["metadata"]["labels"]["alertmanager"] == "prometheus"


def test_its_pods_have_nginx_for_senders_and_gossip_by_tls(cluster: Cluster) -> None:
    path = f"/apis/apps/v1/namespaces/{NAMESPACE}/statefulsets/alertmanager-prometheus"
    cluster.wait_until(lambda: cluster.find(path), "the StatefulSet of Alertmanager")
    workload: Any = cluster.find(path)
    containers = {each["name"]: each for each in workload["spec"]["template"]["spec"]["containers"]}
    assert containers["gateway"]["ports"][0]["containerPort"] == GATEWAY_PORT
    (file,) = [word for word in containers["alertmanager"]["args"] if word.startswith("--cluster.tls-config=")]
    config = yaml.safe_load(cluster.secret("alertmanager-prometheus-cluster-tls-config")[file.rpartition("/")[2]])
    assert config["tls_server_config"]["client_auth_type"] == "RequireAndVerifyClientCert"
    assert config["tls_client_config"]["server_name"] == "prometheus-alertmanager.monitoring.svc"


def test_what_the_operator_refuses_leaves_the_running_configuration(cluster: Cluster) -> None:
    named = [{**inhibition, "name": "x"} for inhibition in STATED["inhibit_rules"]]
    cluster.apply([_config({**STATED, "inhibit_rules": named})])
    cluster.wait_until(lambda: _condition(cluster).get("status") == "False", "a refusal of the operator")
    assert "field name not found" in _condition(cluster)["message"]
    assert _given(cluster)["inhibit_rules"] == STATED["inhibit_rules"]
