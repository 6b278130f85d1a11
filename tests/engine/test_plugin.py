"""The components as a Pulumi package: its schema, and the plugin that serves it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.errors import InputPropertiesError
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from components._plugin import NAME, Plugin
from tests.checkout import ROOT
from tests.recording import record
from tools.docs.pages import reference
from tools.docs.schema import SCHEMA_FILE, package_schema, schema_text

LANGUAGES_KEYWORDS = {"urn", "id", "pulumi"}


@pytest.fixture(scope="module")
def plugin() -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """The plugin as the language host starts it, in a directory that is not the checkout."""
    command = [sys.executable, str(ROOT / "components"), "127.0.0.1:1"]
    with subprocess.Popen(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        port = process.stdout.readline().strip()
        assert port.isdigit(), process.stderr.read()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.terminate()


def constructed(component: str, inputs: Mapping[str, Any]) -> Any:
    """Have the plugin's provider make a component, with inputs as they arrive from another language."""
    token = f"{NAME}:index:{component}"
    return record(lambda: dict(Plugin("0.1.0").construct("it", token, dict(inputs), pulumi.ResourceOptions()).state))


@pytest.mark.engine
def test_the_plugin_serves_the_schema_over_grpc(plugin: provider_pb2_grpc.ResourceProviderStub) -> None:
    served = json.loads(plugin.GetSchema(provider_pb2.GetSchemaRequest(version=0)).schema)
    assert served == package_schema(ROOT)


@pytest.mark.engine
def test_the_plugin_reports_the_version_of_the_package(plugin: provider_pb2_grpc.ResourceProviderStub) -> None:
    assert plugin.GetPluginInfo(empty_pb2.Empty()).version == package_schema(ROOT)["version"]


def test_the_schema_has_not_changed_unseen() -> None:
    committed = (ROOT / SCHEMA_FILE).read_text(encoding="utf-8")
    assert schema_text(package_schema(ROOT)) == committed, (
        f"the public interface differs from {SCHEMA_FILE}: run `make docs`, and review its diff as a change that "
        "every user of the components meets"
    )


def test_the_reference_is_up_to_date() -> None:
    generated = reference(ROOT)
    stale = [name for name, text in generated.items() if _read(ROOT / name) != text]
    assert not stale, f"run `make docs`: {', '.join(stale)} tell something else than the code"
    pages = {str(page.relative_to(ROOT)) for page in (ROOT / "docs/reference").glob("*.md")}
    pages |= {str(page.relative_to(ROOT)) for page in (ROOT / "docs/runbooks").glob("*.md")}
    assert pages <= set(generated), f"run `make docs`: nothing makes {', '.join(pages - set(generated))} any more"


def test_every_input_and_output_is_described() -> None:
    schema = package_schema(ROOT)
    silent = [
        f"{token}.{name}"
        for token, topology in {**schema["resources"], **schema["types"]}.items()
        for group in ("inputProperties", "properties")
        for name, prop in (topology.get(group) or {}).items()
        if not prop["description"]
    ]
    assert not silent


def test_no_name_is_one_that_every_resource_has() -> None:
    for token, resource in package_schema(ROOT)["resources"].items():
        clashing = LANGUAGES_KEYWORDS & (set(resource["properties"]) | set(resource["inputProperties"]))
        assert not clashing, f"{token} cannot have {clashing} in the languages' SDKs"


def test_whole_numbers_that_arrive_as_floats_stay_whole() -> None:
    """The host hands numbers over as floats: `-7.0s` is no duration."""
    workloads = {"loki": {"replicas": 1}}
    logging = {"namespace": "logging", "store": "filesystem", "timeoutSeconds": 900, "workloads": workloads}
    datasources = {
        "namespace": "logging",
        "logsUrl": "http://loki",
        "tracesUrl": "http://tempo",
        "metricsUid": "",
        "logsBeforeSeconds": 7,
        "maxLines": 50,
    }
    for component, inputs in {"Logging": logging, "Datasources": datasources}.items():
        whole, as_floats = (
            {child.name: child.plain() for child in constructed(component, values).resources if child.parent}
            for values in (inputs, _as_floats(inputs))
        )
        assert len(whole) > 1 and whole == as_floats


def test_outputs_carry_the_names_of_the_schema() -> None:
    state = constructed("Logging", {"namespace": "logging", "store": "filesystem"}).outputs
    assert state["pushUrl"] == "http://loki-gateway.logging/loki/api/v1/push"
    assert set(state) == set(package_schema(ROOT)["resources"][f"{NAME}:index:Logging"]["properties"])


def test_every_refused_input_is_named_as_in_other_languages() -> None:
    wrong = {"namespace": "logging", "store": "filesystem", "maxPushMib": 0, "workloads": {"loki": {"replicas": 0}}}
    with pytest.raises(InputPropertiesError, match="2 inputs are wrong") as refused:
        constructed("Logging", wrong)
    reasons = {one["property_path"]: one["reason"] for one in refused.value.errors or []}
    assert set(reasons) == {"maxPushMib", "workloads.loki.replicas"}
    assert set(reasons.values()) == {"must be at least 1; set 1 or more"}


def test_the_manifest_asks_for_the_runtime_of_the_project() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    manifest = yaml.safe_load((ROOT / "components/PulumiPlugin.yaml").read_text(encoding="utf-8"))
    assert manifest["runtime"]["name"] == project["runtime"]["name"]
    assert manifest["runtime"]["options"]["toolchain"] == project["runtime"]["options"]["toolchain"]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _as_floats(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _as_floats(item) for key, item in value.items()}
    return float(value) if type(value) is int else value
