"""Secrets written out in chart values are refused and never shown; what only names one, or where it is, is taken."""

from typing import Any

import pulumi
import pytest
import yaml

from components._plain_secrets import plain_secrets, redacted
from components._spec import InvalidArgsError
from components.grafana.spec import GrafanaSpec
from components.logging.spec import LoggingSpec
from tests.real_charts import BESIDE
from tests.recording import record

SECRET = "hunter2"
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}"


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"adminPassword": SECRET}, "adminPassword"),
        ({"adminPassword": 4242}, "adminPassword"),
        ({"loki": {"storage": {"s3": {"secretAccessKey": SECRET}}}}, "loki.storage.s3.secretAccessKey"),
        ({"loki": {"structuredConfig": {"common": {"secret_access_key": SECRET}}}}, "secret_access_key"),
        ({"s3": {"accessKeyId": SECRET}}, "s3.accessKeyId"),
        ({"users": [{"accessKey": "a", "secretKey": SECRET}]}, "users.0.secretKey"),
        ({"gateway": {"basicAuth": {"htpasswd": SECRET}}}, "gateway.basicAuth.htpasswd"),
        ({"loki": {"tenants": [{"name": "a", "passwordHash": SECRET}]}}, "loki.tenants.0.passwordHash"),
        ({"grafana.ini": {"auth.google": {"client_secret": SECRET}}}, "grafana.ini.auth.google.client_secret"),
        ({"grafana.ini": {"security": {"secret_key": SECRET}}}, "security.secret_key"),
        ({"env": {"GF_SMTP_PASSWORD": SECRET}}, "env.GF_SMTP_PASSWORD"),
        ({"extraEnv": [{"name": "AWS_SECRET_ACCESS_KEY", "value": SECRET}]}, "extraEnv.0.value"),
        ({"remoteWrite": [{"authorization": {"credentials": SECRET}}]}, "authorization.credentials"),
        ({"remoteWrite": [{"bearer_token": SECRET}]}, "bearer_token"),
        ({"datasources": [{"secureJsonData": {"httpHeaderValue1": SECRET}}]}, "secureJsonData.httpHeaderValue1"),
        ({"url": f"https://me:{SECRET}@prometheus.example.org"}, "url"),
        ({"tls": {"key": KEY}}, "tls.key"),
        ({"extraArgs": [f"--header=Authorization: Bearer {SECRET}-abc"]}, "extraArgs.0"),
        ({"extraArgs": [f"-client.bearer-token={SECRET}"]}, "extraArgs.0"),
        ({"extraArgs": {"remote.bearer-token": SECRET}}, "extraArgs.remote.bearer-token"),
        ({"args": [f"--password {SECRET}"]}, "args.0"),
        ({"headers": {"Authorization": f"Basic {SECRET}=="}}, "headers.Authorization"),
        ({"config": f"headers:\n  authorization: bearer {SECRET}"}, "config"),
        ({"slack": {"api_url": f"https://hooks.slack.com/services/T0/B0/{SECRET}"}}, "slack.api_url"),
        ({"url": f"https://discord.com/api/webhooks/1/{SECRET}"}, "url"),
        ({"url": f"https://acme.webhook.office.com/webhookb2/{SECRET}"}, "url"),
        ({"url": f"https://chat.googleapis.com/v1/spaces/A/messages?key=k&token={SECRET}"}, "url"),
        ({"url": f"https://api.telegram.org/bot1:{SECRET}/send"}, "url"),
        ({"url": f"https://alerts.example.org/hook?api_key={SECRET}"}, "url"),
    ],
)
def test_a_secret_is_refused_at_its_place_and_not_shown(values: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        GrafanaSpec.check("Grafana", {"namespace": "monitoring", "values": values})
    message = str(raised.value)
    assert f"{place} (value hidden): is a secret in plain text" in message
    assert SECRET not in message
    assert "${NAME}" in message
    assert SECRET not in str(redacted(values))


@pytest.mark.parametrize(
    "values",
    [
        {"adminPassword": "", "rootPassword": None},
        {"adminPassword": "${ADMIN_PASSWORD}", "bearer_token": "$TOKEN", "apiKey": "$(API_KEY)"},
        {"grafana.ini": {"database": {"password": "$__file{/etc/secrets/password}"}}},
        {"admin": {"existingSecret": "grafana-admin", "userKey": "user", "passwordKey": "password"}},
        {"oidc": {"existingClientSecretName": "oidc", "existingClientSecretKey": "secret"}},
        {"license": {"existingSecret": "license", "secretKey": "license.json"}},
        {"remote": {"auth": {"passwordSecretName": "remote", "passwordSecretKey": "password"}}},
        {"users": [{"accessKey": "logs", "existingSecret": "logs", "existingSecretKey": "key"}]},
        {"extraEnv": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "a", "key": "password"}}}]},
        {"extraEnv": [{"name": "AWS_SECRET_ACCESS_KEY", "value": "$(KEY)"}]},
        {"extraEnvFrom": [{"secretRef": {"name": "bucket"}}], "imagePullSecrets": ["registry"]},
        {"serviceAccount": {"automountServiceAccountToken": True}, "useFederatedToken": False},
        {"password_file": "/etc/p", "tokenFile": "/etc/t", "env": {"GF_DATABASE_PASSWORD__FILE": "/etc/p"}},
        {"tls": {"privateKey": "private.key"}, "ingress": {"tls": [{"secretName": "tls"}]}, "tlsSecret": "tls"},
        {"ring": {"num_tokens": 512}, "maxTokens": 3, "auth": {"token_url": "https://login.example.org/token"}},
        {"gateway": {"basicAuth": {"htpasswd": '{{ htpasswd "a" .Values.gateway.password }}'}}},
        {"url": "https://${USER}:${PASSWORD}@prometheus.example.org"},
        {
            "extraArgs": [
                "--token=$(TOKEN)",
                "-auth.token-file=/etc/t",
                "--header=Authorization: Bearer ${TOKEN}",
                "-v=4",
            ]
        },
        {"extraArgs": ["-config.expand-env=true", "--bearer-token-file=/etc/t"], "auth": {"type": "basic auth"}},
        {"url": "https://hooks.slack.com/services/${SLACK}", "hook": "https://a.example/hook?token=${TOKEN}&a=b"},
        {"url": "https://discord.com/developers", "docs": "https://hooks.slack.com/"},
    ],
)
def test_what_names_a_secret_or_where_it_is_is_taken(values: dict[str, Any]) -> None:
    assert GrafanaSpec.check("Grafana", {"namespace": "monitoring", "values": values}).values == values
    assert redacted(values) == values


def test_all_secrets_are_reported_together() -> None:
    values = {"adminPassword": SECRET, "smtp": {"password": SECRET}}
    with pytest.raises(InvalidArgsError, match="2 problems"):
        GrafanaSpec.check("Grafana", {"namespace": "monitoring", "values": values})


def test_a_secret_hides_nothing_else_that_is_wrong_with_the_values() -> None:
    values = {"write": {"replicas": 2}, "loki": {"storage": {"s3": {"secretAccessKey": SECRET}}}}
    with pytest.raises(InvalidArgsError) as raised:
        LoggingSpec.check("Logging", {"namespace": "logging", "store": "filesystem", "values": values})
    message = str(raised.value)
    assert "write does not run in mode monolithic; remove it" in message
    assert "values.loki.storage.s3.secretAccessKey (value hidden): is a secret" in message
    assert SECRET not in message


def test_a_secret_output_is_refused_before_it_is_known() -> None:
    def program() -> None:
        values = {
            "adminPassword": pulumi.Output.secret(SECRET),
            "smtp": {"existingSecret": pulumi.Output.from_input("a")},
        }
        with pytest.raises(InvalidArgsError, match=r"1 problem in its arguments\n  values\.adminPassword"):
            GrafanaSpec.check("Grafana", {"namespace": "monitoring", "values": values})

    record(program)


DEFAULTS_THAT_ARE_SECRETS = {"rootPassword", "accessKey", "secretKey"}
"""Of the MinIO in some charts, written out as everybody knows them."""


@pytest.mark.skipif(not BESIDE.is_dir(), reason="the published charts are not on this machine")
def test_no_default_of_a_real_chart_is_refused_by_its_name_alone() -> None:
    files = sorted(BESIDE.glob("charts/*/values.yaml"))
    found = {
        f"{file.parent.name}: {'.'.join(map(str, place))}"
        for file in files
        for place in plain_secrets(yaml.safe_load(file.read_text(encoding="utf-8")))
        if place[-1] not in DEFAULTS_THAT_ARE_SECRETS
    }
    assert files
    assert not found
