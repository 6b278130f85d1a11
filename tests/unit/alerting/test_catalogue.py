import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from components.alerting.catalogue import (
    ApplicationMetric,
    Catalogue,
    Drop,
    Metric,
    MetricType,
    Producer,
    additions,
    border_text,
    closed_values,
    programs,
    recorded_files,
)
from components.alerting.label_flow import Values
from components.alerting.producers import PRODUCERS, deployed
from components.alerting.promql import NAME

SHOP = Producer("shop", (), {"job": ("shop",), "pod": (), "instance": ()}, is_scraped=False)


def _labels(metric: Metric, producer: Producer = SHOP) -> set[str]:
    catalogue = Catalogue([])
    catalogue.declare("orders", metric, producer)
    (variant,) = catalogue.variants("orders")
    return set(variant.series.labels)


def test_every_program_of_a_producer_is_in_the_catalogue() -> None:
    stated = {program for producer in PRODUCERS.values() for program in producer.programs}
    assert stated == set(programs())


def test_every_recorded_file_states_its_program_version_and_source() -> None:
    for file in recorded_files():
        program = json.loads(file.read_text())
        assert program["program"] and program["version"] and program["source"], file.name
        assert program["metrics"]


@pytest.mark.parametrize("entry", [*additions(), *closed_values()])
def test_what_is_stated_by_hand_names_the_files_of_its_source(entry: Mapping[str, Any]) -> None:
    assert entry["sources"]
    for source in entry["sources"]:
        assert source.keys() == {"repository", "version", "files"}
        assert re.fullmatch(r"github\.com/[\w.-]+/[\w.-]+", source["repository"])
        assert re.search(r"\d", source["version"]) and not re.fullmatch("main|master", source["version"])
        assert source["files"]
        for file in source["files"]:
            assert re.fullmatch(r"[\w-][\w./-]*\.\w+", file), file


def test_no_addition_repeats_what_a_run_has_shown() -> None:
    recorded: dict[str, dict[str, Any]] = {}
    for file in recorded_files():
        program = json.loads(file.read_text())
        recorded.setdefault(program["program"], {}).update(program["metrics"])
    repeated = [
        f"{entry['program']}: {name}"
        for entry in additions()
        for name, metric in entry["metrics"].items()
        if (shown := recorded.get(entry["program"], {}).get(name))
        and {*metric.get("labels", ()), *metric.get("optional", ())}
        <= {*shown.get("labels", ()), *shown.get("optional", ())}
    ]
    assert repeated == []


def test_a_histogram_has_three_series_and_none_of_its_own_name() -> None:
    metric = Metric(MetricType.HISTOGRAM, {"code": Values(), "le": Values(frozenset({"0.1", "+Inf"}))})
    found = dict(metric.series("latency"))
    assert set(found) == {"latency_bucket", "latency_count", "latency_sum"}
    assert found["latency_bucket"].labels["le"].texts == frozenset({"0.1", "+Inf"})
    assert set(found["latency_count"].labels) == {"code"}


def test_a_summary_has_a_series_for_each_quantile_and_two_more() -> None:
    metric = Metric(MetricType.SUMMARY, {"quantile": Values(frozenset({"0.5"}))})
    assert {name: set(each.labels) for name, each in metric.series("pause")} == {
        "pause": {"quantile"},
        "pause_count": set(),
        "pause_sum": set(),
    }


def test_the_label_of_the_target_wins_unless_labels_are_honored() -> None:
    metric = Metric(MetricType.GAUGE, {"pod": Values()})
    assert _labels(metric) == {NAME, "job", "pod", "instance", "exported_pod"}
    honoring = Producer("shop", (), SHOP.target, honor_labels=True, is_scraped=False)
    assert _labels(metric, honoring) == {NAME, "job", "pod", "instance"}


def test_labels_of_targets_are_those_that_are_stated_and_some_targets_lack_one() -> None:
    (loki,) = deployed({"loki"}, {"loki": {"namespace": ["logs"], "team": ["", "shop"]}})
    (variant,) = Catalogue([loki]).variants("up")
    assert variant.series.values("namespace") == Values(frozenset({"logs"}))
    assert variant.series.values("team") == Values(frozenset({"shop"}), True)
    assert variant.series.values("job").texts is None


def test_dropped_series_are_not_there() -> None:
    dropping = Producer("shop", (), {}, drops=(Drop((NAME,), "ord.*"),), is_scraped=False)
    catalogue = Catalogue([dropping])
    catalogue.declare("orders", Metric(MetricType.GAUGE), dropping)
    assert "orders" not in catalogue


def test_dropped_values_are_not_there() -> None:
    dropping = Producer("shop", (), {}, drops=(Drop((NAME, "le"), "time_bucket;0.1"),), is_scraped=False)
    catalogue = Catalogue([])
    metric = Metric(MetricType.HISTOGRAM, {"le": Values(frozenset({"0.1", "1.0"}))})
    catalogue.declare("time", metric, dropping)
    (variant,) = catalogue.variants("time_bucket")
    assert variant.series.values("le").texts == frozenset({"1.0"})


def test_an_application_declares_closed_and_open_labels() -> None:
    declared = {"type": "counter", "labels": {"method": ("GET", "POST"), "path": ()}}
    metric = ApplicationMetric.model_validate(declared).metric
    assert metric.labels == {"method": Values(frozenset({"GET", "POST"})), "path": Values()}


@pytest.mark.parametrize(
    ("producer", "series", "labels"),
    [
        ("kube-state-metrics", "kube_cronjob_status_last_successful_time", {"namespace", "cronjob"}),
        ("kube-state-metrics", "kube_persistentvolume_info", {"persistentvolume", "nfs_server"}),
        ("probes", "probe_icmp_duration_seconds", {"phase", "instance"}),
        ("probes", "probe_dns_query_succeeded", {"instance"}),
        ("thanos-compact", "thanos_compact_group_compactions_total", {"resolution"}),
        ("thanos-receive-router", "http_requests_total", {"handler", "code"}),
        ("thanos-rule", "thanos_alert_sender_latency_seconds_bucket", {"alertmanager", "le"}),
        ("thanos-store-gateway", "thanos_bucket_store_series_blocks_queried_count", {"tenant"}),
        ("thanos-store-gateway", "thanos_store_index_cache_items_evicted_total", {"item_type"}),
    ],
)
def test_what_shows_late_or_with_other_settings_is_there(producer: str, series: str, labels: set[str]) -> None:
    (found,) = Catalogue([PRODUCERS[producer]]).variants(series)
    assert labels <= found.series.labels.keys()


@pytest.mark.parametrize(
    ("program", "metric", "label", "values"),
    [
        ("node-exporter", "node_cpu_seconds_total", "mode", {"idle", "iowait", "steal", "system", "user"}),
        ("kube-state-metrics", "kube_pod_status_phase", "phase", {"Pending", "Running", "Succeeded", "Failed"}),
        ("kube-state-metrics", "kube_pod_container_status_waiting_reason", "reason", {"CrashLoopBackOff"}),
        ("kube-state-metrics", "kube_pod_container_status_last_terminated_reason", "reason", {"OOMKilled"}),
        ("kube-apiserver", "apiserver_request_total", "code", {"200", "503"}),
        ("blackbox-probe", "probe_http_duration_seconds", "phase", {"resolve", "connect", "tls"}),
        ("alertmanager", "alertmanager_alerts", "state", {"active", "suppressed"}),
    ],
)
def test_the_sets_that_rules_select_from_are_closed(program: str, metric: str, label: str, values: set[str]) -> None:
    texts = programs()[program].metrics[metric].labels[label].texts
    assert texts is not None and texts >= values


@pytest.mark.parametrize(
    ("border", "scraped", "pushed"),
    [
        (1, "1.0", "1"),
        (0.25, "0.25", "0.25"),
        (0.0001, "0.0001", "0.0001"),
        (0.00001, "1e-05", "0.00001"),
        (1e6, "1e+06", "1000000"),
        (2_500_000, "2.5e+06", "2500000"),
        (1_048_576, "1.048576e+06", "1048576"),
    ],
)
def test_a_border_is_written_as_it_is_stored(border: float, scraped: str, pushed: str) -> None:
    assert (border_text(border), border_text(border, pushed=True)) == (scraped, pushed)


def test_borders_are_as_prometheus_stores_them() -> None:
    for program in programs().values():
        for name, metric in program.metrics.items():
            texts = metric.labels.get("le", Values()).texts or ()
            assert not [text for text in texts if text.isdigit()], f"{program.name}: {name}"
