"""The values of Grafana's chart."""

from typing import Any

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.charts import GRAFANA_CHART
from components.grafana.spec import GrafanaSpec
from components.grafana.values import LOGIN_DIRECTORY, TLS_DIRECTORY, grafana_values


def values(**args: Any) -> dict[str, Any]:
    return grafana_values(GrafanaSpec.check("Grafana", {"namespace": "grafana", **args}))


def test_anonymous_access_is_disabled() -> None:
    settings = values()["grafana.ini"]
    assert settings["auth.anonymous"] == {"enabled": False}
    assert settings["users"] == {"allow_sign_up": False}


def test_the_password_comes_from_a_secret_and_the_leak_check_stays_on() -> None:
    made = values()
    assert made["admin"] == {"existingSecret": "grafana-admin", "passwordKey": "admin-password"}
    assert "adminPassword" not in made
    assert "assertNoLeakedSecrets" not in made, "the chart's default, true, must hold"


def test_an_existing_secret_needs_only_the_key_of_the_password() -> None:
    made = values(admin={"secret": "vault", "key": "password"}, admin_user="root")
    assert made["admin"] == {"existingSecret": "vault", "passwordKey": "password"}
    assert made["env"] == {"GF_SECURITY_ADMIN_USER": "root"}
    assert [made["sidecar"][kind]["env"] for kind in ("datasources", "dashboards")] == [{"REQ_USERNAME": "root"}] * 2


def test_datasources_and_dashboards_of_all_namespaces_are_loaded_from_config_maps_alone() -> None:
    sidecar = values()["sidecar"]
    for kind in ("datasources", "dashboards"):
        assert sidecar[kind]["searchNamespace"] == "ALL"
        assert sidecar[kind]["resource"] == "configmap"
    assert sidecar["enableUniqueFilenames"] is True, "files of one name would overwrite each other"


def test_datasources_are_read_from_datasource_namespaces_alone() -> None:
    sidecar = values(datasource_namespaces=["logging", "tracing"])["sidecar"]
    assert sidecar["datasources"]["searchNamespace"] == ["logging", "tracing"]
    assert sidecar["dashboards"]["searchNamespace"] == "ALL"
    with pytest.raises(InvalidArgsError, match="datasource_namespaces"):
        values(datasource_namespaces=["ALL"])


def test_the_sidecar_that_starts_before_grafana_restarts_always() -> None:
    datasources = values()["sidecar"]["datasources"]
    assert (datasources["initDatasources"], datasources["restartPolicy"]) == (True, "Always")
    assert "initDatasources" not in values(native_sidecars=False)["sidecar"]["datasources"]


def test_the_old_pod_is_deleted_before_a_new_one_mounts_the_volume() -> None:
    made = values(volume_size="5Gi", storage_class="fast")
    assert made["deploymentStrategy"] == {"type": "Recreate"}
    assert made["persistence"] == {"enabled": True, "size": "5Gi", "storageClassName": "fast"}
    assert made["initChownData"] == {"enabled": False}, "it runs as root"


def test_the_storage_class_is_that_of_the_cluster_by_default() -> None:
    assert "storageClassName" not in values()["persistence"]


def test_under_a_path_the_sidecars_reload_at_that_path() -> None:
    made = values(root_url="https://obs.example.org/grafana/")
    assert made["grafana.ini"]["server"] == {
        "root_url": "https://obs.example.org/grafana/",
        "domain": "obs.example.org",
        "serve_from_sub_path": True,
    }
    assert made["sidecar"]["datasources"]["reloadURL"] == (
        "http://localhost:3000/grafana/api/admin/provisioning/datasources/reload"
    )


@pytest.mark.parametrize(("root_url", "secure"), [("", False), ("http://a.b", False), ("https://a.b", True)])
def test_cookies_are_secure_with_https(root_url: str, secure: bool) -> None:
    settings = values(root_url=root_url)["grafana.ini"]
    assert settings["security"]["cookie_secure"] is secure
    assert ("server" in settings) is bool(root_url)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"admin": {"key": "password"}}, r"admin\.secret: is missing"),
        ({"admin": {"secret": "vault"}}, r"admin\.key: is missing"),
        ({"admin": {"secret": "Vault", "key": "password"}}, r'admin\.secret = "Vault": must be at most 253'),
        ({"admin": {"secret": "vault", "key": ""}}, r'admin\.key = "": must have at least 1 characters'),
        ({"admin": {"secret": pulumi.Output.from_input("vault"), "key": "a"}}, r"admin\.secret: must be known"),
        ({"volume_size": "two"}, "must be a Kubernetes quantity"),
        ({"root_url": "grafana.example.org"}, "must be a URL"),
        ({"chart_version": "8.0.0"}, f"use one of {GRAFANA_CHART.default_version}"),
        ({"admin_password": "hunter2"}, "unknown argument"),
    ],
)
def test_wrong_arguments_are_refused(args: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgsError, match=message) as raised:
        values(**args)
    assert "hunter2" not in str(raised.value)


def test_secrets_of_datasources_are_mounted_at_their_directories() -> None:
    mounts = values(tls_secret="grafana-tls", login_secret="grafana-login")["extraSecretMounts"]
    assert [(mount["secretName"], mount["mountPath"], mount["readOnly"]) for mount in mounts] == [
        ("grafana-tls", TLS_DIRECTORY, True),
        ("grafana-login", LOGIN_DIRECTORY, True),
    ]
    assert "extraSecretMounts" not in values()
