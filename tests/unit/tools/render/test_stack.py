"""A program rendered: its own objects, those of its releases, and what makes a rendering impossible."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random
import pytest

from tools.render import RenderError
from tools.render.stack import render, render_program

from .conftest import MakeChart

SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {text: {{ .Values.text | quote }}, kinds: "{{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}"}
"""
HOOK = """\
apiVersion: batch/v1
kind: Job
metadata: {name: prepare, annotations: {helm.sh/hook: pre-install}}
spec: {}
"""
TEST = """\
apiVersion: v1
kind: Pod
metadata: {name: probe, annotations: {helm.sh/hook: test}}
spec: {containers: []}
"""
ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "reader:{{ .Release.Namespace }}"}
rules: []
"""
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.org}
spec: {group: example.org, enum: [=]}
"""


def release(chart: Path, name: str = "tiny", **values: Any) -> dict[str, Any]:
    k8s.helm.v3.Release(name, name=name, namespace="apps", chart=str(chart), values=values)
    return {}


@pytest.mark.usefixtures("helm")
def test_a_release_is_rendered_into_its_namespace_with_its_values(make_chart: MakeChart) -> None:
    chart = make_chart(values="text: default\n", settings=SETTINGS, role=ROLE)
    rendering = render_program(lambda: release(chart, text="given"), "test")
    settings = next(item for item in rendering.objects if item.kind == "ConfigMap")
    assert settings.manifest["data"] == {"text": "given", "kinds": "true"}
    assert str(settings.path) == "apps/configmap-settings.yaml"
    assert [str(item.path) for item in rendering.objects if item.kind == "ClusterRole"] == [
        "_cluster/clusterrole-reader_apps.yaml"
    ]
    assert [(str(summary), summary.chart, summary.version, summary.objects) for summary in rendering.releases] == [
        ("apps/tiny", "tiny", "1.2.3", 2)
    ]


@pytest.mark.usefixtures("helm")
def test_a_null_in_the_values_removes_the_charts_default_as_with_the_provider(make_chart: MakeChart) -> None:
    chart = make_chart(values="text: default\n", settings=SETTINGS)
    rendering = render_program(lambda: release(chart, text=None), "test")
    assert rendering.objects[0].manifest["data"]["text"] is None


@pytest.mark.usefixtures("helm")
def test_hooks_are_marked_and_helm_tests_are_left_out(make_chart: MakeChart) -> None:
    chart = make_chart(hook=HOOK, test=TEST)
    rendering = render_program(lambda: release(chart), "test")
    assert [(item.name, item.hook) for item in rendering.objects] == [("prepare", "pre-install")]


@pytest.mark.usefixtures("helm")
def test_a_definition_outlives_its_release_where_the_chart_keeps_it_apart(make_chart: MakeChart) -> None:
    apart = make_chart("apart", files={"crds/things.yaml": DEFINITION})
    within = make_chart("within", definition=DEFINITION)
    assert render_program(lambda: release(apart), "test").objects[0].retained
    assert not render_program(lambda: release(within), "test").objects[0].retained


@pytest.mark.usefixtures("helm")
def test_a_chart_is_rendered_for_the_version_of_the_cluster_and_refused_below_what_it_requires(
    make_chart: MakeChart,
) -> None:
    data = "{version: {{ .Capabilities.KubeVersion }}}"
    chart = make_chart(settings=f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {data}\n")
    description = "{apiVersion: v2, name: tiny, version: 1.2.3, kubeVersion: '>=1.27.0-0'}\n"
    (chart / "Chart.yaml").write_text(description)
    rendering = render_program(lambda: release(chart), "test", "1.28")
    assert rendering.kubernetes_version == "1.28"
    assert rendering.objects[0].manifest["data"]["version"] == "v1.28"
    message = "kubernetes_version = 1.26: must be >=1.27.0-0, as the chart of release apps/tiny requires; "
    with pytest.raises(RenderError, match=message):
        render_program(lambda: release(chart), "test", "1.26")


@pytest.mark.usefixtures("helm")
def test_an_object_of_two_origins_is_refused_with_both(make_chart: MakeChart) -> None:
    chart = make_chart(settings=SETTINGS)

    def program() -> dict[str, Any]:
        release(chart)
        k8s.core.v1.ConfigMap("own", metadata={"name": "settings", "namespace": "apps"})
        return {}

    with pytest.raises(RenderError, match=r"ConfigMap apps/settings: by own and by release apps/tiny"):
        render_program(program, "test")


@pytest.mark.usefixtures("helm")
def test_a_chart_that_fails_is_an_error_that_names_the_release(make_chart: MakeChart) -> None:
    chart = make_chart(broken='{{ fail "a bucket is needed" }}')
    with pytest.raises(RenderError, match=r"release apps/tiny does not render: .*a bucket is needed"):
        render_program(lambda: release(chart), "test")


def test_the_objects_of_the_program_itself_keep_their_integers() -> None:
    def program() -> Mapping[str, Any]:
        k8s.core.v1.Service(
            "web", metadata={"name": "web", "namespace": "apps"}, spec={"ports": [{"port": 80, "name": "http"}]}
        )
        return {}

    (service,) = render_program(program, "test").objects
    assert repr(service.manifest["spec"]["ports"][0]["port"]) == "80"
    assert service.origin == "web"


def test_an_object_without_a_name_of_its_own_is_refused() -> None:
    with pytest.raises(RenderError, match=r"anonymous: v1/ConfigMap has no metadata.name"):
        render_program(lambda: k8s.core.v1.ConfigMap("anonymous") and {}, "test")


def test_generated_and_secret_values_are_known_as_secrets() -> None:
    def in_base64(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    def program() -> Mapping[str, Any]:
        pulumi.runtime.set_all_config({"observability:token": "a-given-token"}, ["observability:token"])
        password = random.RandomPassword("admin", length=20)
        k8s.core.v1.Secret(
            "login",
            metadata={"name": "login", "namespace": "apps"},
            string_data={"line": pulumi.Output.concat("admin:", password.result), "user": "administrator"},
            data={"token": pulumi.Config("observability").require_secret("token").apply(in_base64)},
        )
        return {"password": password.result}

    secrets = render_program(program, "test").secrets
    assert {"generated-admin", "admin:generated-admin", "a-given-token", in_base64("a-given-token")} <= secrets
    assert "administrator" not in secrets


def test_exports_are_known_but_for_the_secret_ones() -> None:
    def program() -> Mapping[str, Any]:
        return {"url": pulumi.Output.from_input("http://grafana"), "password": pulumi.Output.secret("hidden")}

    assert render_program(program, "test").exports == {"url": "http://grafana"}


def test_a_failure_of_a_resolved_output_is_reported_with_its_reason() -> None:
    def program() -> Mapping[str, Any]:
        def refuse(_: str) -> str:
            raise ValueError("retention must be whole hours")

        data = {"text": pulumi.Output.from_input("x").apply(refuse)}
        k8s.core.v1.ConfigMap("settings", metadata={"name": "settings"}, data=data)
        return {}

    with pytest.raises(RenderError, match=r"the program of stack test fails: (.|\n)*retention must be whole hours"):
        render_program(program, "test")


def test_a_stack_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    with pytest.raises(RenderError, match=r"no stack 'prod' \(Pulumi.prod.yaml\).* there are dev"):
        render(tmp_path, "prod")
