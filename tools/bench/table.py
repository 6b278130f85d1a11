"""The table that `make bench` prints."""

from collections.abc import Sequence

from tools.bench.measure import Measured, Paired

HEAD = ["", "median", "min", "max", "peak memory", "budget", ""]


def measured_row(measured: Measured) -> list[str]:
    """Return the row of one command."""
    times = [measured.median, min(measured.seconds), max(measured.seconds)]
    verdict = _verdict(measured.over) if str(measured.budget) else ""
    memory = f"{measured.peak_mib:.0f} MiB"
    return [measured.name, *(f"{seconds:.2f} s" for seconds in times), memory, str(measured.budget), verdict]


def paired_rows(paired: Paired) -> list[list[str]]:
    """Return the rows of two commands that ran in turn: each of them, and the ratio of the pairs."""
    times = [paired.median, min(paired.ratios), max(paired.ratios)]
    ratio = [paired.name, *(f"{ratio:.2f} times" for ratio in times), "", ratio_budget(paired.budget)]
    return [measured_row(paired.first), measured_row(paired.second), [*ratio, _verdict(paired.over)]]


def ratio_budget(times: float) -> str:
    """Return a bound of a ratio as the table has it."""
    return f"{times:.1f} times"


def failed_row(name: str, budget: object) -> list[str]:
    """Return the row of a command that did not succeed."""
    return [name, "", "", "", "", str(budget), "failed"]


def printed(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of the table, columns aligned, numbers to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if column in (0, len(head) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]


def _verdict(over: bool) -> str:
    return "over" if over else "ok"
