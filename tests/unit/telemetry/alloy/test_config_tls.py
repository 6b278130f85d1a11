"""TLS and logins of the collectors: what they present, which CAs they trust and what their receiver requires."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.telemetry.alloy.values import alloy_values
from components.telemetry.workload import LOGIN_DIRECTORY, TLS_DIRECTORY
from tests.unit.telemetry.examples import VARIANTS, component, config_of, telemetry_spec

SECURED = VARIANTS["secured"]
EXPORTERS = ('otelcol.exporter.otlphttp "loki"', 'otelcol.exporter.otlp "tempo"')
WRITERS = ('loki.write "endpoint"', *EXPORTERS)


@pytest.mark.parametrize("writer", WRITERS)
def test_every_way_to_loki_and_tempo_shows_a_certificate_and_a_login(writer: str) -> None:
    way = component(config_of(**SECURED), writer)
    for file in ("ca.crt", "tls.crt", "tls.key"):
        assert f"{TLS_DIRECTORY}/{file}" in way
    assert "otelcol.auth.basic.login.handler" in way or "local.file.login_password.content" in way


@pytest.mark.parametrize("writer", WRITERS)
def test_without_client_certificates_only_the_authority_is_read(writer: str) -> None:
    way = component(config_of(**{**SECURED, "client_certificates": False}), writer)
    assert "ca.crt" in way and "tls.key" not in way


def test_traces_over_http_are_secured_as_those_over_grpc() -> None:
    way = component(
        config_of(**{**SECURED, "traces_otlp_endpoint": "https://tempo:443"}), 'otelcol.exporter.otlphttp "tempo"'
    )
    assert "ca.crt" in way and "otelcol.auth.basic.login.handler" in way


def test_a_plain_address_gets_no_tls_block() -> None:
    config = config_of(tls_secret="alloy-tls")
    assert "tls" not in component(config, 'loki.write "endpoint"')
    assert "tls" not in component(config, EXPORTERS[0])
    assert "ca_file" in component(config, EXPORTERS[1]), "gRPC has no scheme: the Secret says that it is TLS"


def test_an_external_prometheus_is_trusted_by_public_cas_and_gets_no_credentials() -> None:
    way = component(config_of(**SECURED), 'otelcol.exporter.otlphttp "prometheus"')
    assert "include_system_ca_certs_pool = true" in way
    assert "auth" not in way and "tls.key" not in way


def test_the_password_is_a_file_that_the_configuration_names() -> None:
    config = config_of(**SECURED)
    assert f'"{LOGIN_DIRECTORY}/password"' in component(config, 'local.file "login_password"')
    assert "is_secret = true" in component(config, 'local.file "login_password"')
    assert "local.file" not in config_of().replace("local.file_match", "")


def test_what_is_renewed_is_read_again() -> None:
    config = config_of(**SECURED)
    for name in (*EXPORTERS, 'otelcol.receiver.otlp "default"'):
        assert component(config, name).count("tls {") == component(config, name).count('reload_interval = "10m"')


def test_senders_are_asked_for_certificates_only_where_collectors_show_theirs() -> None:
    receiver = component(config_of(**SECURED), 'otelcol.receiver.otlp "default"')
    assert receiver.count("client_ca_file") == receiver.count("tls {") == 2
    asking_nobody = config_of(tls_secret="alloy-tls", receiver_tls=True)
    assert "client_ca_file" not in component(asking_nobody, 'otelcol.receiver.otlp "default"')
    assert "tls" not in component(config_of(tls_secret="alloy-tls"), 'otelcol.receiver.otlp "default"')


def test_the_pods_have_the_files_that_the_configuration_names() -> None:
    values = alloy_values(telemetry_spec(**SECURED))
    volumes = {volume["name"]: volume for volume in values["controller"]["volumes"]["extra"]}
    mounts = {mount["mountPath"]: mount for mount in values["alloy"]["mounts"]["extra"]}
    for directory, secret in ((TLS_DIRECTORY, "alloy-tls"), (LOGIN_DIRECTORY, "alloy-login")):
        assert volumes[mounts[directory]["name"]]["secret"] == {"secretName": secret}
        assert mounts[directory]["readOnly"] is True
    assert len(alloy_values(telemetry_spec())["controller"]["volumes"]["extra"]) == 1


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({"client_certificates": True}, "client_certificates = true: a client certificate requires TLS"),
        ({"receiver_tls": True}, "receiver_tls = true: requires tls_secret"),
        (
            {"login_secret": "alloy-login"},
            "requires TLS where traces are sent over gRPC, to tempo-distributor.tracing:4317",
        ),
    ],
)
def test_what_would_send_nothing_or_in_the_clear_is_refused(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        telemetry_spec(**args)
    assert sentence in str(raised.value)
