"""What Kubernetes would refuse of names, labels and tolerations is refused here first, and only that."""

from typing import Any

import pytest
from pydantic import BaseModel, Field

from components._kubernetes import LabelKey, LabelValue, OptionalObjectName, Toleration
from components._spec import InvalidArgsError, Spec
from components.units import EntryPoint, Quantity


class ExampleSpec(Spec):
    replicas: int = 1
    rate: float | None = None
    enabled: bool = False
    size: Quantity = "1Gi"
    storage_class: OptionalObjectName = ""
    node_selector: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    entry_point: EntryPoint = "websecure"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"replicas": True}, "replicas = true: must be a whole number"),
        ({"rate": True}, "rate = true: must be a number"),
        ({"enabled": 1}, "enabled = 1: must be true or false"),
        ({"enabled": "no"}, 'enabled = "no": must be true or false'),
        ({"size": "0"}, '= "0": must be more than 0'),
        ({"size": "0Gi"}, '= "0Gi": must be more than 0'),
        ({"storage_class": "Gp3 X"}, 'storage_class = "Gp3 X": must be at most 253'),
        ({"storage_class": "a" * 254}, "must be at most 253"),
        ({"node_selector": {"a b": "c"}}, "must be the key of a label"),
        ({"node_selector": {"a": "c d"}}, "must be the value of a label"),
        ({"node_selector": {"Example.org/pool": "c"}}, "must be the key of a label"),
        ({"node_selector": {"a" * 64: "c"}}, "at most 63"),
        ({"tolerations": [{"kee": "x"}]}, "a toleration has no kee; use key, operator"),
        ({"tolerations": [{"key": "x", "operator": "In"}]}, "operator 'In' must be Exists or Equal"),
        ({"tolerations": [{"key": "x", "effect": "Never"}]}, "effect 'Never' must be one of NoSchedule"),
        ({"tolerations": [{"key": "x", "operator": "Exists", "value": "y"}]}, "operator Exists must not have a value"),
        ({"tolerations": [{"operator": "Equal"}]}, "operator Equal requires a key"),
        ({"tolerations": [{"key": "a b"}]}, "must be the key of a label"),
        ({"tolerations": [{"key": "x", "tolerationSeconds": 5}]}, "requires effect NoExecute"),
        (
            {"tolerations": [{"key": "x", "effect": "NoExecute", "tolerationSeconds": "soon"}]},
            "tolerationSeconds 'soon' must be a number",
        ),
        ({"entry_point": "a b"}, "must be the name of an entry point"),
    ],
)
def test_what_kubernetes_would_refuse_is_refused_with_the_reason(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        ExampleSpec.check("Example", args)
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    "args",
    [
        {"replicas": 3.0, "rate": 1, "enabled": True, "size": "500m"},
        {"storage_class": "longhorn-crypto.local"},
        {"node_selector": {"node-role.kubernetes.io/storage": "", "topology.kubernetes.io/zone": "eu_West-1a"}},
        {"tolerations": [{"operator": "Exists"}]},
        {"tolerations": [{"key": "node-role.kubernetes.io/storage", "operator": "Exists"}]},
        {"tolerations": [{"key": "a", "value": "", "effect": "NoSchedule"}]},
        {"tolerations": [{"key": "a", "value": "b", "effect": "NoExecute", "tolerationSeconds": 30}]},
        {"entry_point": "web_1"},
    ],
)
def test_what_kubernetes_takes_is_taken(args: dict[str, Any]) -> None:
    checked: BaseModel = ExampleSpec.check("Example", args)
    assert checked.model_dump(include=set(args)) == {
        name: tuple(value) if isinstance(value, list) else value for name, value in args.items()
    }
