"""Warnings about valid arguments of `Logging`."""

from components.logging.warnings import warnings

from .examples import BUCKET, DOCUMENT, LAPTOP, spec_of


def test_two_copies_come_with_what_they_mean_for_writes() -> None:
    sentences = " ".join(warnings(spec_of(DOCUMENT)))
    assert "a write needs both ingesters" in sentences and "Loki refuses every write" in sentences
    assert "mode = simple-scalable: deprecated" in sentences


def test_three_monolithic_replicas_need_no_warnings() -> None:
    assert warnings(spec_of(BUCKET, replicas=3)) == []


def test_one_copy_on_several_replicas_is_named() -> None:
    assert "replication_factor = 1" in warnings(spec_of(BUCKET, replicas=2, replication_factor=1))[0]


def test_logs_on_one_volume_are_named() -> None:
    assert "store = filesystem" in warnings(spec_of(LAPTOP))[0]


def test_an_open_guard_is_named_on_every_run() -> None:
    assert "allow_changes = volumes" in warnings(spec_of(BUCKET, allow_changes=["volumes"]))[0]


def test_logins_without_tls_come_with_a_warning() -> None:
    assert any("unencrypted" in sentence for sentence in warnings(spec_of(BUCKET, logins_secret="loki-logins")))
    assert warnings(spec_of(BUCKET, logins_secret="loki-logins", tls_secret="loki-tls")) == []
