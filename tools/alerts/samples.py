"""Samples in the notation of `promtool test rules`, and what a target exposes of them at one time.

https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
"""

import re
from collections.abc import Iterator, Mapping, Sequence

MISSING = None
_UNSIGNED = r"\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_ITEM = re.compile(
    r"(?P<missing>_|stale)(?:x(?P<missed>\d+))?"
    rf"|(?P<first>[-+]?(?:{_UNSIGNED}|Inf|NaN))(?P<step>[-+]{_UNSIGNED})?(?:x(?P<times>\d+))?"
)


def expanded(notation: str) -> list[float | None]:
    """Return the samples of a series, `None` where there is none; raise `ValueError` on an item that is no sample."""
    return [sample for item in notation.split() for sample in _expanded(item)]


def exposition(series: Mapping[str, Sequence[float | None]], index: int) -> str:
    """Return the series with a sample at this index as a target exposes them; after its end the last one stays."""
    lines = []
    for name, samples in series.items():
        sample = samples[min(index, len(samples) - 1)] if samples else None
        if sample is not None:
            lines.append(f"{name} {sample:g}" if sample != int(sample) else f"{name} {int(sample)}")
    return "\n".join([*lines, ""])


def _expanded(item: str) -> Iterator[float | None]:
    match = _ITEM.fullmatch(item)
    if match is None:
        raise ValueError(f"{item!r} is no sample in the notation of promtool")
    if match["missing"]:
        yield from [MISSING] * int(match["missed"] or 1)
        return
    first, step = float(match["first"]), float(match["step"] or 0)
    yield from (first + step * number for number in range(int(match["times"] or 0) + 1))
