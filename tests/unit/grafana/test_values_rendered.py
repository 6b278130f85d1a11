"""What the real chart makes of the values; skipped where the chart or helm is not on this machine."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.charts import GRAFANA_CHART
from components.grafana.spec import GrafanaSpec
from components.grafana.values import grafana_values
from tests.real_charts import require_renderable


def render(tmp_path: Path, **args: Any) -> list[Any]:
    chart = require_renderable(GRAFANA_CHART, GRAFANA_CHART.default_version)
    spec = GrafanaSpec.check("Grafana", {"namespace": "grafana", **args})
    file = tmp_path / "values.yaml"
    file.write_text(yaml.safe_dump(grafana_values(spec)))
    command = ["helm", "template", spec.release_name, str(chart), "-n", spec.namespace, "-f", str(file)]
    command += ["--kube-version", "1.36.1", "--api-versions", "monitoring.coreos.com/v1"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [each for each in yaml.safe_load_all(text) if each]


def pod(objects: list[Any]) -> Any:
    (deployment,) = (each for each in objects if each["kind"] == "Deployment")
    return deployment["spec"]["template"]["spec"]


def containers(objects: list[Any]) -> Iterator[Any]:
    spec = pod(objects)
    yield from spec.get("initContainers", [])
    yield from spec["containers"]


def test_every_container_is_confined_and_asks_for_what_it_needs(tmp_path: Path) -> None:
    for container in containers(render(tmp_path)):
        confinement = container["securityContext"]
        assert confinement["readOnlyRootFilesystem"] is True
        assert confinement["allowPrivilegeEscalation"] is False
        assert confinement["capabilities"] == {"drop": ["ALL"]}
        assert confinement["runAsNonRoot"] is True
        assert confinement["seccompProfile"] == {"type": "RuntimeDefault"}
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]


def test_only_the_sidecars_hold_a_token(tmp_path: Path) -> None:
    objects = render(tmp_path)
    assert pod(objects)["automountServiceAccountToken"] is False
    holders = {
        container["name"]
        for container in containers(objects)
        for mount in container["volumeMounts"]
        if mount["mountPath"].startswith("/var/run/secrets")
    }
    assert holders == {"grafana-init-sc-datasources", "grafana-sc-dashboard"}


def test_the_chart_makes_no_role_no_secret_and_no_test_pod(tmp_path: Path) -> None:
    kinds = sorted(each["kind"] for each in render(tmp_path))
    assert kinds == ["ConfigMap", "ConfigMap", "Deployment", "PersistentVolumeClaim", "Service", "ServiceAccount"]


def test_the_objects_bear_the_names_that_others_rely_on(tmp_path: Path) -> None:
    objects = render(tmp_path, release_name="dashboards")
    names = {each["kind"]: each["metadata"]["name"] for each in objects}
    assert [names[kind] for kind in ("Service", "ServiceAccount", "Deployment")] == ["dashboards"] * 3
    (service,) = (each for each in objects if each["kind"] == "Service")
    assert [port["port"] for port in service["spec"]["ports"]] == [80]


def test_the_sidecar_of_datasources_runs_on_beside_grafana_either_way(tmp_path: Path) -> None:
    (first,) = pod(render(tmp_path))["initContainers"]
    assert (first["restartPolicy"], first["startupProbe"]["httpGet"]["port"]) == ("Always", 8082)
    older = pod(render(tmp_path, native_sidecars=False))
    assert "initContainers" not in older
    assert "grafana-sc-datasources" in {container["name"] for container in older["containers"]}


@pytest.mark.parametrize("args", [{}, {"admin": {"secret": "vault", "key": "password"}}])
def test_grafana_and_its_sidecars_log_in_with_one_password(args: dict[str, Any], tmp_path: Path) -> None:
    found = [
        (variable["valueFrom"]["secretKeyRef"]["name"], variable["valueFrom"]["secretKeyRef"]["key"])
        for container in containers(render(tmp_path, **args))
        for variable in container["env"]
        if variable["name"] in ("REQ_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD")
    ]
    assert len(found) == 3
    admin = args.get("admin", {"secret": "grafana-admin", "key": "admin-password"})
    assert set(found) == {(admin["secret"], admin["key"])}


def test_secrets_of_datasources_are_mounted_into_grafana_itself(tmp_path: Path) -> None:
    objects = render(tmp_path, tls_secret="grafana-tls", login_secret="grafana-login")
    volumes = {volume["name"]: volume for volume in pod(objects)["volumes"]}
    (grafana,) = (each for each in pod(objects)["containers"] if each["name"] == "grafana")
    found = {
        volumes[mount["name"]]["secret"]["secretName"]: mount["mountPath"]
        for mount in grafana["volumeMounts"]
        if "secret" in volumes.get(mount["name"], {}) and mount["name"].startswith("datasource-")
    }
    assert found == {"grafana-tls": "/etc/grafana-tls", "grafana-login": "/etc/grafana-login"}
    (deployment,) = (each for each in objects if each["kind"] == "Deployment")
    reloaded = deployment["metadata"]["annotations"]["secret.reloader.stakater.com/reload"]
    assert reloaded == "grafana-tls,grafana-login"
