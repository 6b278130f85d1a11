"""A rendering on disk: stable, masked, and never in place of what somebody else wrote."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.render import RenderedObject, RenderError, Rendering
from tools.render.files import MARKER, as_yaml, write
from tools.render.masking import masked
from tools.render.objects import AwsResource

SECRET = "correct-horse"
IN_BASE64 = "Y29ycmVjdC1ob3JzZQ=="


def manifest(kind: str, name: str, **content: Any) -> dict[str, Any]:
    return {"kind": kind, "apiVersion": "v1", "metadata": {"namespace": "apps", "name": name}, **content}


def rendering(*manifests: dict[str, Any], aws: tuple[AwsResource, ...] = ()) -> Rendering:
    objects = tuple(RenderedObject(item, "test") for item in manifests)
    return Rendering("dev", objects, (), aws, frozenset({SECRET}))


def test_a_secret_is_written_with_its_keys_alone(tmp_path: Path) -> None:
    secret = manifest("Secret", "login", data={"password": IN_BASE64}, stringData={"user": "anything"})
    write(rendering(secret), tmp_path / "out")
    written = yaml.safe_load((tmp_path / "out/apps/secret-login.yaml").read_text())
    assert (written["data"], written["stringData"]) == ({"password": "[secret]"}, {"user": "[secret]"})


def test_a_secret_value_is_masked_in_every_object_and_form() -> None:
    shown = masked(manifest("ConfigMap", "settings", data={"a": f"x {SECRET}", "b": [IN_BASE64]}), [SECRET])
    assert shown["data"] == {"a": "x [secret]", "b": ["[secret]"]}


def test_the_order_of_keys_is_that_of_the_alphabet_behind_what_identifies_an_object() -> None:
    text = as_yaml({"spec": {"b": 1, "a": 2}, "kind": "K", "data": {}, "metadata": {"name": "n"}, "apiVersion": "v1"})
    assert [line for line in text.splitlines() if not line.startswith("  name")] == [
        "apiVersion: v1",
        "kind: K",
        "metadata:",
        "data: {}",
        "spec:",
        "  a: 2",
        "  b: 1",
    ]


def test_two_writes_give_the_same_bytes_and_the_second_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    one, two = manifest("ConfigMap", "one", data={"b": "1", "a": "2"}), manifest("ConfigMap", "two")
    assert write(rendering(one, two), tmp_path / "out") == 2
    first = (tmp_path / "out/apps/configmap-one.yaml").read_bytes()
    assert write(rendering({**one, "data": {"a": "2", "b": "1"}}), tmp_path / "out") == 1
    assert (tmp_path / "out/apps/configmap-one.yaml").read_bytes() == first
    assert not (tmp_path / "out/apps/configmap-two.yaml").exists()


def test_a_directory_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RenderError, match=f"holds what is no earlier rendering \\(no {MARKER}\\)"):
        write(rendering(), tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_aws_resources_have_files_of_their_own_without_secrets(tmp_path: Path) -> None:
    key = AwsResource("aws:iam/accessKey:AccessKey", "logs", {"user": "loki", "secret": SECRET})
    write(rendering(aws=(key,)), tmp_path / "out")
    written = yaml.safe_load((tmp_path / "out/_aws/iam-accesskey-logs.yaml").read_text())
    assert written == {"type": key.type, "name": "logs", "inputs": {"user": "loki", "secret": "[secret]"}}
