"""Warnings about valid arguments of `Logging`."""

from typing import Any

import pytest

from components.logging.component import fault_warnings, warnings

from .examples import BUCKET, CHARTS, DOCUMENT, LAPTOP, spec_of


def test_replication_factor_2_warns_of_refused_writes() -> None:
    found = " ".join(warnings(spec_of(DOCUMENT)))
    assert "a write needs both ingesters" in found and "Loki refuses every write" in found
    assert "mode = simple-scalable: deprecated" in found


def test_three_monolithic_replicas_need_no_warnings() -> None:
    assert warnings(spec_of(BUCKET, replicas=3)) == []


def test_replication_factor_1_on_several_replicas_warns_of_reads() -> None:
    assert "replication_factor = 1" in warnings(spec_of(BUCKET, replicas=2, replication_factor=1))[0]


def test_store_filesystem_warns_of_lost_logs() -> None:
    assert "store = filesystem" in warnings(spec_of(LAPTOP))[0]


def test_allow_changes_warns_on_every_run() -> None:
    assert 'allow_changes = ["volumes"]: ' in warnings(spec_of(BUCKET, allow_changes=["volumes"]))[0]


def test_logins_without_tls_come_with_a_warning() -> None:
    assert any("unencrypted" in warning for warning in warnings(spec_of(BUCKET, logins_secret="loki-logins")))
    assert warnings(spec_of(BUCKET, logins_secret="loki-logins", tls_secret="loki-tls")) == []


def test_a_pinned_image_with_a_known_fault_of_the_store_comes_with_a_warning() -> None:
    pinned = {"loki": {"image": {"tag": "3.7.2"}}}
    (warning,) = [one for one in fault_warnings(spec_of(DOCUMENT, values=pinned)) if "aws-chunked" in one]
    assert warning.startswith("values.loki.image.tag = 3.7.2: Loki 3.7.2 has a known fault in a store with the S3 API")
    assert "use 3.7.7 or later (https://github.com/grafana/loki/issues/24206)" in warning
    assert not any("aws-chunked" in one for one in fault_warnings(spec_of(BUCKET, values=pinned)))


def test_the_image_of_a_single_workload_is_checked_too() -> None:
    values = {"write": {"image": {"tag": "v3.6.12"}}}
    (warning,) = fault_warnings(spec_of(DOCUMENT, values=values))
    assert warning.startswith("values.write.image.tag = v3.6.12:") and "use 3.6.16 or later" in warning


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("args", [BUCKET, {**BUCKET, "endpoint": "https://s3.example.org"}, LAPTOP])
def test_the_image_of_a_chart_has_no_known_fault(chart: str, args: dict[str, Any]) -> None:
    assert fault_warnings(spec_of(args, chart_version=chart)) == []


def test_a_fault_without_a_fixed_version_is_named() -> None:
    args = {"traces_endpoint": "http://alloy:4318", "values": {"loki": {"image": {"tag": "3.7.7"}}}}
    (warning,) = fault_warnings(spec_of(BUCKET, **args))
    assert "its tracing does not start; no version without it is known" in warning
