"""Registry, pull secrets and priority of pods: what is accepted, and what a chart and a pod get of it."""

from typing import Any

import pytest

from components._pods import pod_fields, pod_values
from components._spec import InvalidArgsError
from components.charts import MINIO
from components.demo.spec import DemoSpec
from components.storage.minio import minio_values, warnings
from components.storage.spec import MinioObjectStorageSpec


def demo(**args: object) -> DemoSpec:
    return DemoSpec.check("Demo", {"namespace": "demo", "otlp_http_url": "http://alloy.telemetry:4318", **args})


@pytest.mark.parametrize("registry", ["", "localhost:5000", "registry.example.com/mirror", "r.io/a/b-c/d__e.f"])
def test_a_registry_has_host_port_and_path(registry: str) -> None:
    assert demo(image_registry=registry).image_registry == registry


@pytest.mark.parametrize("registry", ["https://r.io", "r.io/", "r.io/UPPER", "r.io/a b", "r.io/image:tag"])
def test_another_text_is_no_registry(registry: str) -> None:
    with pytest.raises(InvalidArgsError, match=rf'image_registry = "{registry}": must be host, port and path'):
        demo(image_registry=registry)


def test_a_pod_has_only_the_fields_that_are_set() -> None:
    assert pod_fields(demo()) == {}
    taint = {"key": "dedicated", "operator": "Exists"}
    arguments = {"node_selector": {"pool": "obs"}, "tolerations": [taint], "priority_class": "high"}
    assert pod_fields(demo(**arguments, image_pull_secrets=["one", "two"])) == {
        "nodeSelector": {"pool": "obs"},
        "tolerations": [taint],
        "priorityClassName": "high",
        "imagePullSecrets": [{"name": "one"}, {"name": "two"}],
    }


def test_a_chart_gets_only_the_values_that_are_set() -> None:
    values: dict[str, dict[str, Any]] = {
        "image_registry": {"global": {"registry": "r"}},
        "image_pull_secrets": {"global": {"secrets": ["s"]}},
        "priority_class": {"priority": "p"},
    }
    assert pod_values(demo(), **values) == {}
    assert pod_values(demo(priority_class="p"), **values) == {"priority": "p"}
    everything = demo(image_registry="r", image_pull_secrets=["s"], priority_class="p")
    assert pod_values(everything, **values) == {"global": {"registry": "r", "secrets": ["s"]}, "priority": "p"}


def test_an_image_that_is_set_by_name_has_no_other_registry() -> None:
    assert demo().effective_image == "docker.io/library/python:3.13.7-alpine3.22"
    assert demo(image_registry="r.io/m").effective_image == "r.io/m/library/python:3.13.7-alpine3.22"
    assert demo(image_registry="r.io/m", image="acme.io/python:3.13").effective_image == "acme.io/python:3.13"


def test_a_pod_without_a_value_for_its_priority_is_named_in_a_warning() -> None:
    def minio(**args: object) -> MinioObjectStorageSpec:
        return MinioObjectStorageSpec.check("MinioObjectStorage", {"namespace": "minio", **args})

    assert len(warnings(minio())) == 1
    _, warning = warnings(minio(priority_class="high"))
    assert warning.startswith('priority_class = "high": ')
    assert "Job minio-post-job, image pgsty/mc" in warning and f"minio {MINIO.default_version}" in warning
    assert "priorityClassName" not in minio_values(minio(priority_class="high"))["postJob"]
