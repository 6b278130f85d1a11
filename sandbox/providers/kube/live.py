"""From a live object back to the inputs that would give it, so that a refresh shows drift and nothing else."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from ..values import mark_secrets, plain

_ENTRY_KEYS: Final = ("name", "key", "mountPath", "containerPort", "port", "ip", "type", "topologyKey")
_QUANTITY: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)([eE]\d+|[numkKMGTPE]i?|)")
_SUFFIXES: Final = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", start=1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)},
}


def inputs_of(live: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the live values of exactly the fields that the inputs set; secret where those are secret."""
    known = plain(inputs)
    found = dict(_project(live, known))
    if live.get("kind") == "Secret" and known.get("stringData"):
        found["stringData"] = _string_data(live, known["stringData"])
    return dict(mark_secrets(found, inputs))


def _string_data(live: Mapping[str, Any], wanted: Mapping[str, str]) -> dict[str, str]:
    data = live.get("data") or {}
    return {key: base64.b64decode(data[key]).decode(errors="replace") for key in wanted if key in data}


def _project(live: Any, wanted: Any) -> Any:
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        return {
            key: _project(live.get(key), value)
            for key, value in wanted.items()
            if key in live or value is None or value in ({}, [], "", 0, False)
        }
    if isinstance(live, list) and isinstance(wanted, list):
        return _project_list(live, wanted)
    if live is None and wanted in ({}, [], "", 0, False, None):
        return wanted
    return wanted if _same(live, wanted) else live


def _project_list(live: list[Any], wanted: list[Any]) -> list[Any]:
    key = _entry_key(live, wanted)
    if key is None:
        if len(live) != len(wanted):
            return live
        return [_project(have, want) for have, want in zip(live, wanted, strict=True)]
    present = {entry[key]: entry for entry in live}
    kept = [_project(present.pop(entry[key]), entry) for entry in wanted if entry[key] in present]
    return kept


def _entry_key(live: list[Any], wanted: list[Any]) -> str | None:
    """Return the field that identifies the entries of a list, where they have one: lists of that form are merged."""
    entries = [*live, *wanted]
    if not all(isinstance(entry, Mapping) for entry in entries):
        return None
    for key in _ENTRY_KEYS:
        if all(isinstance(entry.get(key), str | int) for entry in entries) and all(
            len({entry[key] for entry in side}) == len(side) for side in (live, wanted)
        ):
            return key
    return None


def _same(live: Any, wanted: Any) -> bool:
    if live == wanted:
        return True
    if not isinstance(live, str) or not isinstance(wanted, str | int | float):
        return False
    amounts = (_quantity(live), _quantity(str(wanted)))
    return None not in amounts and amounts[0] == amounts[1]


def _quantity(text: str) -> Decimal | None:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    number, suffix = match.groups()
    scale = _SUFFIXES.get(suffix)
    return Decimal(number + suffix) if scale is None else Decimal(number) * scale
