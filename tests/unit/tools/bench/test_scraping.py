"""The benchmark of scrapes: its target and the table."""

from pathlib import Path

import pytest

from tools.bench.measure import CommandFailedError
from tools.bench.scraping import HEAD, Load, Scraped, exposition, measure_scraping, scraping_rows
from tools.catalogue.exposition import describe


def test_a_target_has_the_series_of_its_load() -> None:
    text = exposition(250)
    series = {line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")}
    assert len(series) == 250
    assert {name: metric["type"] for name, metric in describe([text]).items()} == {
        f"http_requests_{number}_total": "counter" for number in range(3)
    }


def test_a_row_has_rates_of_the_samples_that_arrived() -> None:
    (row,) = scraping_rows([Scraped(Load(10_000, scrapes=3), 10.0, 40_000, 0.6, 70.4, 109.5)])
    assert row == ["a target with 10,000 series", "4,000", "15 µs", "70 MiB", "110 MiB", "4.0 KiB"]
    assert len(row) == len(HEAD)


def test_without_the_collector_the_reason_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandFailedError, match="otelcol-contrib is not on PATH"):
        measure_scraping([Load(1)], tmp_path)
