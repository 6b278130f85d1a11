"""What `Cache` and `CacheAccess` refuse, and where."""

from typing import Any

import pytest

from components._model import described
from components._spec import Fix, Spec
from components.caching.spec import CacheAccessSpec, CacheSpec
from components.charts import VALKEY
from tests.fixes import fix_of

VALID: dict[type[Spec], dict[str, Any]] = {
    CacheSpec: {"namespace": "caching"},
    CacheAccessSpec: {"namespace": "logging", "password": "word"},
}


@pytest.mark.parametrize(
    ("spec", "args", "place", "words", "fix"),
    [
        (CacheSpec, {"size_mib": 8}, "size_mib", "at least 32", None),
        (CacheSpec, {"release_name": "a" * 51}, "release_name", "at most 50", None),
        (
            CacheSpec,
            {"chart_version": "0.1.0"},
            "chart_version",
            VALKEY.default_version,
            {"chart_version": VALKEY.default_version},
        ),
        (CacheAccessSpec, {"password": ""}, "password", "at least 1", None),
        (CacheAccessSpec, {"namespace": "Logging"}, "namespace", "must be at most 63", None),
    ],
)
def test_a_wrong_argument_is_reported_at_its_place(
    spec: type[Spec], args: dict[str, Any], place: str, words: str, fix: Fix | None
) -> None:
    (problem,) = spec.find_problems({**VALID[spec], **args})
    assert problem.field == place
    assert words in problem.message
    assert fix_of(problem) == fix


@pytest.mark.parametrize(("spec", "name"), [(spec, name) for spec in VALID for name in spec.model_fields])
def test_every_argument_is_described_and_its_examples_are_valid(spec: type[Spec], name: str) -> None:
    field = spec.model_fields[name]
    assert described(name, field)
    for example in field.examples or ():
        assert spec.find_problems({**VALID[spec], name: example}) == []
