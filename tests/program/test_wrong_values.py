"""Whatever stands where a setting belongs, it is taken or refused in words; nothing wrong ends in a traceback."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components._model import StrictModel
from config import SettingsError, load
from config.settings import AREAS
from config.storage import STORAGE_KINDS
from tests.unit.config.stacks import AWS, EXTERNAL, EXTERNAL_METRICS, source
from tools.program import record
from wiring.component_errors import component_problems

ANYTHING: tuple[Any, ...] = (
    *(None, 5, -1, True, "", "A B", [], [1], ["x", "x"], {}, {"a b": "c d"}, {"a": None}),
    *(10**30, 1e308, float("inf"), float("nan"), "99999999999999d", "9" * 200, "9" * 200 + "h"),
)
STEP = int(os.environ.get("WRONG_VALUES_STEP", "3"))
"""Each setting is tried with every third value, with every one in `make bench`."""
BASES: Mapping[str, Mapping[str, Any]] = {"aws": AWS, "external": EXTERNAL}
IN_PYDANTICS_WORDS = re.compile(r"Input should|\[type=|VALUE|match pattern|Value error")


def areas() -> Iterator[tuple[str, type[StrictModel], Mapping[str, Any]]]:
    for name, model in AREAS.items():
        if name != "storage":
            yield name, model, EXTERNAL_METRICS if name == "metrics" else {}
    for kind, of_kind in STORAGE_KINDS.items():
        yield "storage", of_kind, BASES.get(kind, {"kind": kind})


@pytest.mark.parametrize(("area", "model", "base"), [*areas()])
def test_anything_is_taken_or_refused_in_words(area: str, model: type[StrictModel], base: Mapping[str, Any]) -> None:
    messages: list[str] = []

    def loads() -> Mapping[str, Any]:
        for index, (name, field) in enumerate(model.model_fields.items()):
            for value in ANYTHING[index % STEP :: STEP]:
                asked: dict[str, Any] = {area: {**base, (field.alias or name): value}}
                try:
                    load(source(region="eu-west-1", **asked), component_problems)
                except SettingsError as error:
                    messages.append(str(error))
        return {}

    record(loads, preview=True, stack="test")
    assert messages
    assert not [message for message in messages if IN_PYDANTICS_WORDS.search(message)]
