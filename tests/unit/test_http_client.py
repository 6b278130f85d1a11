"""The client of the metrics store: one login in Tempo, the collectors and Grafana, and its secrets as files alone."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components._http_client import DIRECTORY, HttpClientSettings, secret_volume
from components._spec import InvalidArgsError
from components.datasources.provisioning import provisioning_files
from components.datasources.spec import DatasourcesSpec
from components.grafana.spec import GrafanaSpec
from components.grafana.values import grafana_values
from components.telemetry.alloy.values import alloy_values
from components.tracing.metrics_generator import generator_config
from components.tracing.values import tempo_values
from tests.unit.telemetry.examples import BASIC_AUTH, CLIENT, component, config_of, secret_key, telemetry_spec
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec

PUSH = "https://metrics.example.org/api/v1/push"
REMOTE_WRITE: dict[str, Any] = {"metrics_otlp_url": "", "metrics_remote_write_url": PUSH}
OTLP: dict[str, Any] = {"metrics_otlp_url": "https://metrics.example.org/otlp"}
URL = "https://metrics.example.org/prometheus"
ROLE = "arn:aws:iam::123456789012:role/amp"
FILES = re.compile(rf"{DIRECTORY}/([\w.-]+)")
LOGINS: dict[str, dict[str, Any]] = {
    "basic": {**CLIENT, "basic_auth": BASIC_AUTH},
    "bearer": {"bearer_token": secret_key("token"), "tls": {"ca": secret_key("ca.crt")}},
    "sigv4": {"sigv4": {"region": "eu-west-1", "role_arn": ROLE}},
    "headers": {"headers": {"X-Api-Key": secret_key("api-key"), "X-Org": secret_key("org")}},
}
every_login = pytest.mark.parametrize("client", LOGINS.values(), ids=LOGINS.keys())


def tempo(client: dict[str, Any]) -> Any:
    """Return the remote write of Tempo, beside its address and exemplars."""
    made = spec(KAFKA, remote_write_url=PUSH, metrics_client=client, credentials_secret="", service_account="tempo")
    (written,) = generator_config(made)["storage"]["remote_write"]
    return {name: part for name, part in written.items() if name not in ("url", "send_exemplars")}


def datasource(client: dict[str, Any]) -> Any:
    made = DatasourcesSpec.check(
        "Datasources",
        {
            **{"namespace": "grafana", "logs_uid": "", "traces_uid": "", "metrics_url": URL},
            **{"provision_metrics": True, "metrics_client": client},
        },
    )
    return yaml.safe_load(provisioning_files(made)["metrics"])["datasources"][0]


def grafana(client: dict[str, Any]) -> dict[str, Any]:
    return grafana_values(GrafanaSpec.check("Grafana", {"namespace": "grafana", "metrics_client": client}))


def test_tempo_logs_in_by_name_and_password() -> None:
    assert tempo({**LOGINS["basic"], "headers": {"X-Api-Key": secret_key("api-key")}}) == {
        "headers": {"X-Scope-OrgID": "acme"},
        "http_headers": {"X-Api-Key": {"files": [f"{DIRECTORY}/header-x-api-key"]}},
        "basic_auth": {"username": "123456", "password_file": f"{DIRECTORY}/password"},
        "tls_config": {
            "ca_file": f"{DIRECTORY}/ca.crt",
            "cert_file": f"{DIRECTORY}/tls.crt",
            "key_file": f"{DIRECTORY}/tls.key",
            "server_name": "metrics.example.org",
        },
    }


def test_the_name_of_a_login_may_be_a_secret_too() -> None:
    client = {"basic_auth": {"username_secret": secret_key("username"), "password": secret_key("password")}}
    assert tempo(client)["basic_auth"] == {
        "username_file": f"{DIRECTORY}/username",
        "password_file": f"{DIRECTORY}/password",
    }
    assert datasource(client)["basicAuthUser"] == f"$__file{{{DIRECTORY}/username}}"
    for destination in (REMOTE_WRITE, OTLP):
        config = config_of(**destination, metrics_client=client)
        assert f'filename = "{DIRECTORY}/username"' in config
        assert "local.file.metrics_username.content" in config


@pytest.mark.parametrize(
    ("login", "message"),
    [
        ({}, "is missing: a login has a name"),
        ({"username": "a", "username_secret": secret_key("username")}, "must not be set with username_secret"),
    ],
)
def test_a_login_has_one_name(login: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgsError, match=message):
        grafana({"basic_auth": {**login, "password": secret_key("password")}})


def test_tempo_sends_a_token_or_signs_its_requests() -> None:
    assert tempo(LOGINS["bearer"])["authorization"] == {"credentials_file": f"{DIRECTORY}/token"}
    assert tempo(LOGINS["sigv4"]) == {"sigv4": {"region": "eu-west-1", "role_arn": ROLE}}
    assert tempo({"sigv4": {"region": "eu-west-1"}}) == {"sigv4": {"region": "eu-west-1"}}


@pytest.mark.parametrize(
    ("login", "handler", "parts"),
    [
        ("basic", "otelcol.auth.basic", ('username = "123456"', "local.file.metrics_password.content")),
        ("bearer", "otelcol.auth.bearer", ("token = local.file.metrics_token.content",)),
        ("sigv4", "otelcol.auth.sigv4", ('region  = "eu-west-1"', 'service = "aps"', f'arn = "{ROLE}"')),
        ("headers", "otelcol.auth.headers", ('key   = "X-Org"', "local.file.metrics_header_1.content")),
    ],
)
def test_the_exporter_of_the_collectors_has_the_handler_of_the_login(
    login: str, handler: str, parts: tuple[str, ...]
) -> None:
    config = config_of(**OTLP, metrics_client=LOGINS[login])
    assert f"= {handler}.metrics.handler" in component(config, 'otelcol.exporter.otlphttp "prometheus"')
    for part in parts:
        assert part in component(config, f'{handler} "metrics"')


@pytest.mark.parametrize(
    ("login", "parts"),
    [
        (
            "basic",
            ("basic_auth {", f'password_file = "{DIRECTORY}/password"', '"X-Scope-OrgID" = "acme"', "tls_config {"),
        ),
        ("bearer", (f'bearer_token_file = "{DIRECTORY}/token"', f'ca_file = "{DIRECTORY}/ca.crt"')),
        ("sigv4", ("sigv4 {", 'region   = "eu-west-1"', f'role_arn = "{ROLE}"')),
        ("headers", ('"X-Api-Key" = [local.file.metrics_header_0.content]', '"X-Org"     = [local.file')),
    ],
)
def test_the_remote_write_of_the_collectors_has_the_login(login: str, parts: tuple[str, ...]) -> None:
    write = component(config_of(**REMOTE_WRITE, metrics_client=LOGINS[login]), 'prometheus.remote_write "metrics"')
    for part in parts:
        assert part in write


@pytest.mark.parametrize("tls_secret", ["", "alloy-tls"])
def test_the_authority_of_the_store_replaces_that_of_the_platform_in_the_exporter(tls_secret: str) -> None:
    client = {"tls": {"ca": secret_key("ca.crt")}}
    exporter = component(
        config_of(**OTLP, metrics_client=client, tls_secret=tls_secret), 'otelcol.exporter.otlphttp "prometheus"'
    )
    assert f"{DIRECTORY}/ca.crt" in exporter
    assert "include_system_ca_certs_pool" not in exporter and "/etc/alloy-tls" not in exporter


def test_grafana_logs_in_by_name_and_password_from_files() -> None:
    found = datasource({**LOGINS["basic"], "headers": {"X-Api-Key": secret_key("api-key")}})
    assert (found["type"], found["basicAuth"], found["basicAuthUser"]) == ("prometheus", True, "123456")
    assert found["secureJsonData"] == {
        "httpHeaderValue1": "acme",
        "httpHeaderValue2": f"$__file{{{DIRECTORY}/header-x-api-key}}",
        "basicAuthPassword": f"$__file{{{DIRECTORY}/password}}",
        "tlsCACert": f"$__file{{{DIRECTORY}/ca.crt}}",
        "tlsClientCert": f"$__file{{{DIRECTORY}/tls.crt}}",
        "tlsClientKey": f"$__file{{{DIRECTORY}/tls.key}}",
    }
    wanted = {
        **{"httpHeaderName1": "X-Scope-OrgID", "httpHeaderName2": "X-Api-Key", "tlsAuthWithCACert": True},
        **{"tlsAuth": True, "serverName": "metrics.example.org"},
    }
    assert wanted.items() <= found["jsonData"].items()


def test_grafana_sends_a_token_as_a_header() -> None:
    found = datasource(LOGINS["bearer"])
    assert found["jsonData"]["httpHeaderName1"] == "Authorization"
    assert found["secureJsonData"]["httpHeaderValue1"] == f"Bearer $__file{{{DIRECTORY}/token}}"


def test_grafana_signs_by_the_plugin_that_it_installs() -> None:
    found, made = datasource(LOGINS["sigv4"]), grafana(LOGINS["sigv4"])
    assert [found["type"]] == made["plugins"] == ["grafana-amazonprometheus-datasource"]
    signed = {"sigV4Auth": True, "sigV4AuthType": "default", "sigV4Region": "eu-west-1", "sigV4AssumeRoleArn": ROLE}
    assert signed.items() <= found["jsonData"].items()
    assert made["grafana.ini"]["auth"] == {"sigv4_auth_enabled": True}
    assert "plugins" not in grafana(LOGINS["basic"]) and "auth" not in grafana(LOGINS["basic"])["grafana.ini"]


def mounted(volume: Any) -> set[str]:
    return {item["path"] for source in volume["sources"] for item in source["secret"]["items"]}


@every_login
def test_every_pod_has_exactly_the_files_that_its_configuration_names(client: dict[str, Any]) -> None:
    expected = {*HttpClientSettings.model_validate(client).secrets}
    assert mounted(secret_volume(HttpClientSettings.model_validate(client)) or {"sources": []}) == expected
    for address in (OTLP, REMOTE_WRITE):
        collectors = telemetry_spec(**address, metrics_client=client)
        volumes = {each["name"]: each for each in alloy_values(collectors)["controller"]["volumes"]["extra"]}
        mounts = {each["mountPath"]: each["name"] for each in alloy_values(collectors)["alloy"]["mounts"]["extra"]}
        assert set(FILES.findall(config_of(**address, metrics_client=client))) == expected
        if expected:
            assert mounted(volumes[mounts[DIRECTORY]]["projected"]) == expected
    assert set(FILES.findall(yaml.safe_dump(datasource(client)))) == expected
    assert set(FILES.findall(yaml.safe_dump(tempo(client)))) == expected
    if expected:
        (mount,) = grafana(client)["extraSecretMounts"]
        assert mount["mountPath"] == DIRECTORY and mounted(mount["projected"]) == expected


@pytest.mark.parametrize("base", [ON_PREMISES, KAFKA])
def test_only_the_generator_of_distributed_tempo_reads_the_secrets(base: dict[str, Any]) -> None:
    values = tempo_values(spec(base, remote_write_url=PUSH, metrics_client=LOGINS["basic"]))
    assert [name for name, part in values.items() if "metrics-login" in str(part)] == ["metricsGenerator"]
    (mount,) = values["metricsGenerator"]["extraVolumeMounts"]
    assert mount == {"name": "metrics-client", "mountPath": DIRECTORY, "readOnly": True}


@pytest.mark.parametrize("tls", [{}, {"tls_secret": "tempo-tls"}])
def test_monolithic_tempo_reads_them_beside_its_certificate(tls: dict[str, str]) -> None:
    url = "https://metrics.example.org/api/v1/push"
    values = tempo_values(spec(LAPTOP, remote_write_url=url, metrics_client=LOGINS["basic"], **tls))
    expected = [*(["tls"] if tls else []), "metrics-client"]
    assert [volume["name"] for volume in values["extraVolumes"]] == expected
    assert [mount["name"] for mount in values["tempo"]["extraVolumeMounts"]] == expected


@pytest.mark.parametrize(("base", "section"), [(LAPTOP, "tempo"), (ON_PREMISES, "metricsGenerator")])
def test_the_certificates_of_the_store_are_mounted_beside_the_secrets_of_the_client(
    base: dict[str, Any], section: str
) -> None:
    store = {"bucket": "prod", "endpoint": "https://s3.example.org", "storage_ca": {"secret": "ca", "key": "ca.crt"}}
    url = "https://metrics.example.org/api/v1/write"
    values = tempo_values(
        spec({**base, **store, "store": "s3", "remote_write_url": url}, metrics_client=LOGINS["basic"])
    )
    mounts = [mount["mountPath"] for mount in values[section]["extraVolumeMounts"]]
    volumes = values.get("extraVolumes") or values[section]["extraVolumes"]
    assert len(mounts) == len(set(mounts)) == len(volumes) == 2
    assert "/etc/storage-ca" in mounts


@pytest.mark.parametrize(
    ("client", "message", "fix"),
    [
        (
            {"basic_auth": BASIC_AUTH, "sigv4": {"region": "eu-west-1"}},
            "metrics_client.sigv4 = .*: must not be set with basic_auth, as a request has one login",
            "metrics_client.sigv4",
        ),
        (
            {"tls": {"certificate": secret_key("tls.crt")}},
            "metrics_client.tls.certificate = .*: requires key; set it, or remove this",
            "metrics_client.tls.certificate",
        ),
        (
            {"headers": {"x-scope-orgid": secret_key("org")}},
            "headers.x-scope-orgid = .*: must be set as tenant; remove it and set tenant",
            "metrics_client.headers.x-scope-orgid",
        ),
        (
            {"headers": {"Authorization": secret_key("token")}},
            "headers.Authorization = .*: must not be a header that clients set themselves; remove it, or use a login",
            "metrics_client.headers.Authorization",
        ),
    ],
)
def test_a_client_that_contradicts_itself_is_refused(client: dict[str, Any], message: str, fix: str) -> None:
    with pytest.raises(InvalidArgsError, match=message) as raised:
        telemetry_spec(**OTLP, metrics_client=client)
    (problem,) = raised.value.problems
    assert ".".join(map(str, next(iter(problem.fix or {})))) == fix


@pytest.mark.parametrize(
    ("client", "message"),
    [
        (
            {"bearer_token": "hunter2"},
            r"bearer_token \(value hidden\): must be the secret and key of an existing Secret",
        ),
        ({"headers": {"X-Key": "hunter2"}}, r"headers.X-Key \(value hidden\): must be the secret and key"),
        ({"tls": {"insecure_skip_verify": True}}, "insecure_skip_verify = true: unknown argument"),
        ({"sigv4": {"region": "Ireland"}}, 'sigv4.region = "Ireland": must be an AWS region'),
        ({"basic_auth": {**BASIC_AUTH, "username": "${HOME}"}}, "basic_auth.username = .*: must be a name without"),
    ],
)
def test_a_secret_in_plain_text_and_an_unsafe_option_are_refused(client: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgsError, match=message) as raised:
        telemetry_spec(**OTLP, metrics_client=client)
    assert "hunter2" not in str(raised.value)


def test_secret_headers_and_a_login_together_need_remote_write() -> None:
    client = {**LOGINS["headers"], "basic_auth": BASIC_AUTH}
    with pytest.raises(
        InvalidArgsError, match="both headers and basic_auth, of which an exporter sends one; remove it"
    ) as raised:
        telemetry_spec(**OTLP, metrics_client=client)
    (problem,) = raised.value.problems
    assert list(problem.fix or ()) == [("metrics_otlp_url",)]
    assert telemetry_spec(**REMOTE_WRITE, metrics_client=client)


@pytest.mark.parametrize(
    ("sigv4", "message"),
    [
        ({"region": "mars-north-1"}, "sigv4.region = .*: must be of a known partition of AWS"),
        ({"region": "cn-north-1", "role_arn": ROLE}, "sigv4.role_arn = .*: must be of partition aws-cn"),
        ({"region": "us-east-1"}, "metrics_remote_write_url = .*: must be of region us-east-1"),
    ],
)
def test_requests_are_signed_for_the_region_and_the_partition_of_the_store(sigv4: dict[str, str], message: str) -> None:
    host = "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0/api/v1/remote_write"
    url = host if sigv4["region"] == "us-east-1" else PUSH
    with pytest.raises(InvalidArgsError, match=message):
        telemetry_spec(metrics_otlp_url="", metrics_remote_write_url=url, metrics_client={"sigv4": sigv4})
    right = {"sigv4": {"region": "eu-west-1", "role_arn": ROLE}}
    assert telemetry_spec(metrics_otlp_url="", metrics_remote_write_url=host, metrics_client=right)


def test_tls_of_a_client_requires_an_https_address() -> None:
    client = {"tls": {"ca": secret_key("ca.crt")}}
    with pytest.raises(InvalidArgsError, match=r"metrics_client\.tls = .*: requires an https URL; set one"):
        spec(ON_PREMISES, remote_write_url="http://prometheus.monitoring:9090/api/v1/write", metrics_client=client)
    assert spec(ON_PREMISES, remote_write_url=PUSH, metrics_client=client)


def test_tempo_does_not_sign_with_the_keys_of_its_bucket() -> None:
    with pytest.raises(InvalidArgsError, match=r"metrics_client\.sigv4 = .*: must not be set with credentials_secret"):
        spec(ON_PREMISES, metrics_client=LOGINS["sigv4"])


def test_a_client_without_an_address_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="is not used without remote_write_url"):
        spec(LAPTOP, metrics_client=LOGINS["basic"])
    with pytest.raises(InvalidArgsError, match="is not used without an address of metrics"):
        telemetry_spec(metrics_otlp_url="", metrics_client=LOGINS["basic"])


def test_no_component_configuration_holds_more_than_names_of_files() -> None:
    golden = Path(__file__).parents[1] / "golden" / "telemetry-metrics-login.alloy"
    assert "metrics-login" not in golden.read_text(), "the Secret is named by the pod alone"
