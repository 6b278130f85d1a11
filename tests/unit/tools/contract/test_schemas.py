"""Objects that the API server would refuse, or quietly cut, are found without one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.contract.schemas import Definitions, violations
from tools.render import RenderedObject

from .conftest import Manifest, manifest, workload

DEFINITION = """\
kind: CustomResourceDefinition
spec:
  group: example.org
  names: {kind: Thing}
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: {x-kubernetes-int-or-string: true}
                sign: {type: string, enum: [=, "!="]}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                note: {type: string, nullable: true}
"""


def rendered(item: Manifest) -> list[RenderedObject]:
    return [RenderedObject(item, "test")]


def thing(**spec: object) -> Manifest:
    return manifest("Thing", "one", api="example.org/v1", spec=spec)


@pytest.fixture
def definitions(tmp_path: Path) -> Callable[[Manifest], Definitions]:
    (tmp_path / "example.org").mkdir()
    (tmp_path / "example.org/things.yaml").write_text(DEFINITION)
    return lambda item: Definitions(tmp_path, tuple(rendered(item)))


def test_a_field_of_a_later_version_does_not_exist_in_an_earlier_one() -> None:
    later = workload()
    later["spec"]["template"]["spec"]["initContainers"] = [{"name": "first", "restartPolicy": "Always"}]
    (earlier, same) = ({finding.message for finding in violations(rendered(later), v)} for v in ("1.26", "1.28"))
    (sentence,) = earlier - same
    assert "initContainers[0].restartPolicy: this field does not exist" in sentence


def test_an_unknown_field_of_a_builtin_kind_is_found_with_its_path() -> None:
    misspelt = workload()
    misspelt["spec"]["template"]["spec"]["containers"][0]["imagePullPolicies"] = "Always"
    places = [str(finding) for finding in violations(rendered(misspelt), "1.36")]
    assert any("imagePullPolicies: this field does not exist" in place for place in places)


def test_a_custom_resource_is_held_against_its_definition(definitions: Callable[[Manifest], Definitions]) -> None:
    assert list(definitions(thing(size="10%", sign="=", free={"any": 1}, note=None)).violations()) == []
    (null,) = definitions(thing(size=1, free=None)).violations()
    assert "spec.free: None is not of type 'object'" in str(null), "the API server refuses it in a server-side apply"
    (missing,) = definitions(thing(sign="=")).violations()
    assert "spec: 'size' is a required property" in str(missing)
    (unknown,) = definitions(thing(size=1, colour="red")).violations()
    assert "'colour' was unexpected" in str(unknown)


def test_a_custom_resource_without_a_definition_is_unchecked(
    definitions: Callable[[Manifest], Definitions],
) -> None:
    assert definitions(manifest("Other", "one", api="example.org/v1")).unchecked() == {"example.org/v1 Other"}
    assert definitions(thing(size=1)).unchecked() == set()
    assert definitions(manifest("ConfigMap", "settings")).unchecked() == set()
