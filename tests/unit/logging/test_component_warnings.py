"""Warnings about valid arguments of `Logging`."""

from components.logging.component import warnings

from .examples import BUCKET, DOCUMENT, LAPTOP, spec_of


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
