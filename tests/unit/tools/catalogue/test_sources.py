from pathlib import Path

import pytest

from tools.catalogue import sources

CODE = """
const namespace = "shop"

var orders = prometheus.NewCounterVec(prometheus.CounterOpts{
	Namespace: namespace, Name: "orders_total",
}, []string{"state", "server.address"})

var latency = fmt.Sprintf("%s_latency_%s", namespace, "seconds")

const StateOpen State = 1
"""
EXPOSITION = """
# TYPE shop_temp_celsius gauge
shop_temp_celsius{chip="a"} 1
"""


def _unfounded(metrics: dict[str, object]) -> list[str]:
    return sources.unfounded({"program": "shop", "metrics": metrics}, [CODE, EXPOSITION])


def test_names_and_labels_are_joined_of_the_words_of_strings() -> None:
    stated = {
        "shop_orders_total": {"type": "counter", "labels": ["state"], "optional": ["server_address"]},
        "shop_latency_seconds": {"type": "histogram", "labels": ["le"]},
        "shop_temp_celsius": {"type": "gauge"},
    }
    assert _unfounded(stated) == []


@pytest.mark.parametrize(
    ("name", "metric", "problem"),
    [
        ("shop_order_total", {"type": "counter"}, "shop_order_total: no such name"),
        ("shop_latency", {"labels": ["status"]}, "shop_latency: no label status"),
        ("shop_latency", {"labels": ["state"], "values": {"state": ["shut"]}}, "shop_latency: no value shut"),
    ],
)  # fmt: skip
def test_what_no_file_has_is_reported(name: str, metric: dict[str, object], problem: str) -> None:
    assert _unfounded({name: metric}) == [problem]


def test_values_are_identifiers_of_any_case() -> None:
    assert sources.unfounded({"metrics": ".+", "values": ["stateopen", "closed"]}, [CODE]) == ["no value closed"]


def test_files_are_below_the_repository_at_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = {"repository": "github.com/acme/shop", "version": "v1", "files": ["orders.go", "stock.go"]}
    entry = {"program": "shop", "metrics": {"shop_lost": {"type": "gauge"}}, "sources": [source]}
    monkeypatch.setattr(sources, "additions", lambda: [entry])
    monkeypatch.setattr(sources, "closed_values", list)
    directory = tmp_path / "github.com" / "acme" / "shop@v1"
    directory.mkdir(parents=True)
    (directory / "orders.go").write_text(CODE)
    assert list(sources.problems(tmp_path)) == ["github.com/acme/shop@v1/stock.go: missing"]
    (directory / "stock.go").write_text("")
    assert list(sources.problems(tmp_path)) == ["shop: shop_lost: no such name"]
