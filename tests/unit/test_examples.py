"""The YAML example against the schema that the plugin serves, and the rule files of the shop by promtool."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.checkout import ROOT
from tests.installed_tools import require
from tools.docs.schema import package_schema
from tools.render.resources import texts

REFERENCE = re.compile(r"\$\{(?P<name>\w+)(?:\.(?P<property>\w+))?")
SCHEMA = package_schema(ROOT)["resources"]
PROGRAM = yaml.safe_load((ROOT / "examples/yaml/Pulumi.yaml").read_text(encoding="utf-8"))
RESOURCES = PROGRAM["resources"]
COMPONENTS = {name: entry for name, entry in RESOURCES.items() if entry["type"].startswith("observability:")}


def test_the_package_is_the_plugin_of_this_checkout() -> None:
    place = ROOT / "examples/yaml" / PROGRAM["packages"]["observability"]
    assert (place / "PulumiPlugin.yaml").is_file()


def test_every_component_and_every_input_exists() -> None:
    assert COMPONENTS
    for name, entry in COMPONENTS.items():
        resource = SCHEMA[entry["type"]]
        assert set(entry["properties"]) <= set(resource["inputProperties"]), name
        assert set(resource["requiredInputs"]) <= set(entry["properties"]), name


def test_every_reference_is_to_an_output_that_exists() -> None:
    found = [match for text in texts([RESOURCES, PROGRAM["outputs"]]) for match in REFERENCE.finditer(text)]
    assert found
    for match in found:
        name, output = match["name"], match["property"]
        if output is None:
            assert name in RESOURCES or name in PROGRAM["config"], match[0]
        else:
            assert output in SCHEMA[RESOURCES[name]["type"]]["properties"], match[0]


def test_no_input_that_must_be_known_is_given_an_output() -> None:
    for name, entry in COMPONENTS.items():
        inputs = SCHEMA[entry["type"]]["inputProperties"]
        for key, value in entry["properties"].items():
            assert not (inputs[key].get("plain") and any("${" in text for text in texts(value))), f"{name}.{key}"


def test_every_component_is_given_the_provider() -> None:
    for name, entry in COMPONENTS.items():
        assert entry["options"]["providers"] == ["${cluster}"], f"{name} would reach whatever kubeconfig is current"


@pytest.mark.parametrize(
    "file", sorted((ROOT / "examples/alerting/alerts").glob("*_test.yaml")), ids=lambda file: file.stem
)
def test_the_rules_of_the_shop_pass_their_tests(file: Path) -> None:
    require("promtool")
    done = subprocess.run(["promtool", "test", "rules", file.name], cwd=file.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
