"""Alloy's configurations against the reference of its components, and what breaks each rule of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.charts import ALLOY
from tools.contract.alloy_components import configurations_fit_their_components, problems, schemas
from tools.contract.alloy_reference import TAGS, written
from tools.render import ReleaseSummary, Rendering

from .conftest import manifest

GOLDEN = sorted((Path(__file__).parents[3] / "golden").rglob("*.alloy"))
NEWEST = ALLOY.default_version
WRITE = 'loki.write "a" {\n  endpoint {\n    url = "http://loki"\n  }\n}\n'


def test_every_supported_version_has_a_reference_with_its_source() -> None:
    assert set(TAGS) == set(ALLOY.versions)
    assert all(len(schemas(version)) > 150 for version in TAGS)


@pytest.mark.parametrize("version", ALLOY.versions)
@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_recorded_configuration_fits_every_supported_version(golden: Path, version: str) -> None:
    assert list(problems(golden.read_text(), version)) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('loki.wrote "a" { }', "loki.wrote: is no component of the Alloy of chart"),
        (WRITE.replace(' "a"', ""), "loki.write: must have one label"),
        ('logging "a" { }', "logging.a: must have no label"),
        ('loki.write "a" { urls = 1 }', "loki.write.a: has no argument urls"),
        (WRITE.replace("url ", "uri "), "loki.write.a > endpoint: has no argument uri"),
        (WRITE.replace('url = "http://loki"', ""), "loki.write.a > endpoint: requires the argument url"),
        ('local.file "a" { }', "local.file.a: requires the argument filename"),
        ('loki.write "a" {\n endpoints { }\n}', "loki.write.a: has no block endpoints"),
        ('otelcol.processor.batch "a" { }', "otelcol.processor.batch.a: requires the block output"),
        (
            'loki.process "a" {\n forward_to = []\n stage.match {\n selector = ""\n stage.drops { }\n }\n}',
            "loki.process.a > stage.match: has no block stage.drops",
        ),
        (
            'loki.process "a" {\n forward_to = []\n stage.match {\n selector = ""\n stage.multiline { }\n }\n}',
            "loki.process.a > stage.multiline: requires the argument firstline",
        ),
        (WRITE.replace("endpoint {", 'endpoint "b" {'), "loki.write.a > endpoint: must have no label"),
        ('loki.process "a" {\n forward_to = [\n}', "is not Alloy's syntax: "),
        (WRITE + WRITE, "loki.write.a: is declared 2 times"),
        (
            WRITE + 'loki.process "p" {\n forward_to = [loki.write.a.receiver, loki.write.b.receiver]\n}',
            "loki.process.p: names loki.write.b, which is not declared",
        ),
        (
            'prometheus.scrape "x" {\n targets = array.concat(discovery.relabel.nix.output, [])\n forward_to = []\n}',
            "prometheus.scrape.x: names discovery.relabel.nix, which is not declared",
        ),
        (
            'otelcol.exporter.loadbalancing "a" {\n resolver { }\n retry { }\n}',
            "otelcol.exporter.loadbalancing.a: has no block retry",
        ),
    ],
)
def test_what_a_component_does_not_know_or_lacks_is_found(text: str, problem: str) -> None:
    found = list(problems(text, NEWEST))
    assert any(problem in message for message in found), found


def test_a_component_that_the_configuration_declares_is_not_judged() -> None:
    assert list(problems('declare "mine" {\n}\nmine "a" {\n  anything = 1\n}\n', NEWEST)) == []


MODULE = """declare "mine" {
  loki.write "inner" {
    endpoint {
      url = "http://loki"
    }
  }
  loki.process "inner" {
    forward_to = [loki.write.NAME.receiver]
  }
}
"""
TEMPLATE = """loki.write "a" {
  endpoint {
    url = "http://loki"
  }
}
foreach "nodes" {
  collection = []
  var = "each"
  template {
    loki.process "inner" {
      forward_to = [loki.write.NAME.receiver]
    }
  }
}
"""


@pytest.mark.parametrize(("text", "declared"), [(MODULE, "inner"), (TEMPLATE, "a")], ids=["declare", "foreach"])
def test_a_module_and_a_template_name_what_they_may(text: str, declared: str) -> None:
    assert list(problems(text.replace("NAME", declared), NEWEST)) == []
    (problem,) = problems(text.replace("NAME", "other"), NEWEST)
    assert problem.endswith("names loki.write.other, which is not declared")


def test_an_older_version_lacks_what_came_later() -> None:
    text = 'loki.source.kubernetes_events "a" {\n  forward_to = []\n  clustering {\n    enabled = true\n  }\n}\n'
    assert list(problems(text, ALLOY.versions[0])) == []
    assert list(problems(text, ALLOY.versions[-1])) == ["loki.source.kubernetes_events.a: has no block clustering"]


def test_the_configuration_of_a_stack_is_held_against_the_version_that_it_installs(
    rendering: Callable[..., Rendering],
) -> None:
    text = manifest("ConfigMap", "alloy-config", data={"config.alloy": WRITE.replace("url ", "uri ")})
    values = {"alloy": {"configMap": {"name": "alloy-config"}}}
    release = ReleaseSummary("alloy", "apps", "alloy", NEWEST, Path(), "", True, values, 1)
    found = [str(each) for each in configurations_fit_their_components(replace(rendering(text), releases=(release,)))]
    assert found[0] == "ConfigMap apps/alloy-config: config.alloy: loki.write.a > endpoint: has no argument uri"
    assert list(configurations_fit_their_components(rendering(text))) == []


def page(arguments: str, blocks: str = "", rest: str = "") -> str:
    return f"# x\n\n## Arguments\n\n{arguments}\n\n## Blocks\n\n{blocks}\n\n{rest}\n"


def table(first: str, *rows: str) -> str:
    return "\n".join([f"| {first} | Description | Required |", "|---|---|---|", *(f"| {row} |" for row in rows)])


def test_the_tables_of_the_documentation_become_data(tmp_path: Path) -> None:
    reference = tmp_path / "docs/sources/reference"
    for directory in ("components/loki", "config-blocks"):
        (reference / directory).mkdir(parents=True)
    for name in ("http", "livedebugging", "logging", "remotecfg", "tracing"):
        (reference / "config-blocks" / f"{name}.md").write_text(page(table("Name", "`level` | The level. | no")))
    shared = tmp_path / "docs/sources/shared/reference/tls.md"
    shared.parent.mkdir(parents=True)
    shared.write_text(f"---\nheadless: true\n---\n{table('Name', '`ca_file` | The authority. | no')}\n")
    blocks = table("Block", "[`endpoint`][endpoint] | x | yes", "`endpoint` > [`tls`][tls] | x | no")
    rest = (
        f"### `endpoint`\n\n{table('Name', '`url` | x | yes', '`name` | x | no')}\n\n"
        '### `tls`\n\n{{< docs/shared lookup="reference/tls.md" source="alloy" >}}\n\n'
        f"## Exported fields\n\n{table('Name', '`receiver` | x | no')}"
    )
    (reference / "components/loki/loki.x.md").write_text(page(table("Name", "`forward_to` | x | yes"), blocks, rest))
    made: Any = written(tmp_path, "v1")
    assert made["components"]["logging"] == {"label": False, "blocks": {"": {"optional": ["level"]}}}
    assert made["components"]["loki.x"] == {
        "label": True,
        "blocks": {
            "": {"required": ["forward_to"]},
            "endpoint": {"required": ["url"], "optional": ["name"], "compulsory": True},
            "endpoint/tls": {"optional": ["ca_file"]},
        },
    }
