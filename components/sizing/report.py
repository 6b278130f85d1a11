"""A plan as text for people."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from .cost import LEFT_OUT, cost
from .model import Choice, Plan, Topology

HEAD = ("component", "workload", "pods", "cpu", "memory", "volume")


@dataclass(frozen=True)
class Row:
    """One backend of the report."""

    title: str
    topology: Topology
    """The deployed one, with the objects that the load puts into the bucket."""
    choice: Choice | None = None
    """Its modes, where there are several."""


def report(plan: Plan, rows: Sequence[Row], without_row: Sequence[str] = (), external: Collection[str] = ()) -> str:
    """Return sizes, reasons and cost of what is deployed.

    `without_row` names what the cost leaves out, `external` the signals whose store is another platform's, which
    decides how long it keeps them.
    """
    lines = [
        f"Sizes as deployed, with an expected load of {_load(plan, external)}",
        *_table(rows),
        *_modes(rows),
        *_caches(rows),
        *_objects(rows),
    ]
    lines.append(_cost(plan, rows, without_row))
    return "\n".join(lines)


def _load(plan: Plan, external: Collection[str]) -> str:
    load, kept = plan.load, plan.retention

    def days(signal: str) -> str:
        return "" if signal in external else f" for {getattr(kept, signal):g} days"

    parts = []
    if load.logs_gb_per_day:
        parts.append(
            f"{load.logs_gb_per_day:,.15g} GB of logs a day in about {load.streams:,.0f} streams{days('logs')}"
        )
    if load.spans_per_second:
        parts.append(f"{load.spans_per_second:,.15g} spans/s{days('traces')}")
    if load.active_series:
        parts.append(f"{load.active_series:,.15g} series every {load.scrape_interval_seconds:g} s{days('metrics')}")
    return "; ".join(parts) or "no load"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    cells = [HEAD]
    for row in rows:
        title = f"{row.title} {row.topology.mode}" if row.choice else row.title
        for name, size in row.topology.all.items():
            cells.append((title, name, str(size.replicas), size.cpu, size.memory, size.volume_size or "-"))
            title = ""
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    for line in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _modes(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row.choice is None:
            continue
        chosen, best = row.topology.mode, row.choice.recommended
        verdict = f"{best} fits, as set" if chosen == best else f"{best} is recommended, {chosen} is set"
        yield f"  {row.title}: {verdict}: {'; '.join(row.choice.reasons)}"


def _caches(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row.topology.chunks_cache_mib or row.topology.results_cache_mib:
            yield (
                f"  {row.title}: caches of {row.topology.chunks_cache_mib} MiB for chunks and "
                f"{row.topology.results_cache_mib} MiB for results"
            )


def _objects(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        found = row.topology.objects
        if found.gb or found.writes:
            yield (
                f"  {row.title}: {found.gb:,.0f} GB in the bucket; a month {found.writes:,.0f} requests that write "
                f"and about {found.reads:,.0f} that read (estimates)"
            )


def _cost(plan: Plan, rows: Sequence[Row], without_row: Sequence[str]) -> str:
    money, currency = cost([row.topology for row in rows], plan.prices), plan.prices.currency
    named = f" ({', '.join(without_row)})" if without_row else ""
    return (
        f"  Cost a month, once the retention is full: {money.total:,.0f} {currency} (object store "
        f"{money.object_store:,.0f}, disks {money.disks:,.0f}, compute {money.compute:,.0f}); it leaves out workloads "
        f"without a row above{named}, {LEFT_OUT}"
    )
