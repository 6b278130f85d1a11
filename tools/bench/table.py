"""The table that `make bench` prints."""

from collections.abc import Sequence

from tools.bench.measure import Budget, Measured

HEAD = ["", "median", "min", "max", "peak memory", "budget", ""]


def measured_row(measured: Measured) -> list[str]:
    """Give the row of one command."""
    times = [measured.median, min(measured.seconds), max(measured.seconds)]
    verdict = _verdict(measured.over) if str(measured.budget) else ""
    memory = f"{measured.peak_mib:.0f} MiB"
    return [measured.name, *(f"{seconds:.2f} s" for seconds in times), memory, str(measured.budget), verdict]


def failed_row(name: str, budget: Budget) -> list[str]:
    """Give the row of a command that did not succeed."""
    return [name, "", "", "", "", str(budget), "failed"]


def printed(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Give the lines of the table, columns aligned, numbers to the right."""
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
