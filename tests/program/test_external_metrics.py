"""External metrics of a stack: an address that takes remote write only, and one login for every client."""

from typing import Any

import pytest

from tests.program.programs import collectors, datasource, record_stack, refused
from tools.program import Recording

URL = "https://metrics.example.org"
METRICS: dict[str, Any] = {
    "kind": "external",
    "remote_write_url": f"{URL}/workspaces/ws-0/api/v1/remote_write",
    "query_url": f"{URL}/workspaces/ws-0",
}
LOGIN = {"username": "123456", "password": {"secret": "metrics-login", "key": "password"}}


def stack(**metrics: Any) -> Recording:
    return record_stack({"cluster": {"name": "test"}, "metrics": {**METRICS, **metrics}})


def values(recording: Recording, release: str) -> Any:
    return recording.one(":Release", release).plain()["values"]


def test_a_store_that_takes_remote_write_only_gets_the_metrics_of_tempo_and_the_collectors() -> None:
    recording = stack()
    assert f'url = "{METRICS["remote_write_url"]}"' in collectors(recording)
    assert 'otlphttp "prometheus"' not in collectors(recording)
    (written,) = values(recording, "tracing-tempo")["tempo"]["metricsGenerator"]["storage"]["remote_write"]
    assert written["url"] == METRICS["remote_write_url"]


def test_with_an_otlp_url_the_collectors_do_not_write_twice() -> None:
    assert "prometheus.remote_write" not in collectors(stack(otlp_url=f"{URL}/otlp"))


def test_one_login_reaches_tempo_the_collectors_and_grafana() -> None:
    recording = stack(client={"basic_auth": LOGIN})
    releases = [values(recording, name) for name in ("tracing-tempo", "telemetry-agents", "grafana-grafana")]
    assert all("'name': 'metrics-login'" in str(each) for each in releases)
    assert 'password_file = "/etc/metrics-client/password"' in collectors(recording)
    assert datasource(recording, "metrics")["basicAuthUser"] == "123456"


@pytest.mark.parametrize(
    ("metrics", "problem", "command"),
    [
        (
            {"client": {"basic_auth": LOGIN, "bearer_token": LOGIN["password"]}},
            "metrics.client.bearer_token",
            "rm --path observability:metrics.client.bearer_token",
        ),
        (
            {"client": {"headers": {"Host": LOGIN["password"]}}},
            "metrics.client.headers.Host",
            "rm --path observability:metrics.client.headers.Host",
        ),
        (
            {"client": {"sigv4": {"region": "eu-west-1"}}},
            "metrics.client.sigv4",
            "rm --path observability:metrics.client.sigv4",
        ),
        (
            {"client": {"headers": {"X-Key": LOGIN["password"]}, "basic_auth": LOGIN}, "otlp_url": f"{URL}/otlp"},
            "metrics.otlp_url",
            "rm --path observability:metrics.otlp_url",
        ),
    ],
)
def test_a_wrong_client_is_reported_once_at_its_setting(metrics: dict[str, Any], problem: str, command: str) -> None:
    message = refused(metrics={**METRICS, **metrics})
    assert "have 1 problem;" in message and f"observability:{problem}" in message
    assert f"pulumi config {command} --stack" in message


def test_a_client_of_the_stacks_own_prometheus_is_refused() -> None:
    message = refused(metrics={"client": {"basic_auth": LOGIN}})
    assert "observability:metrics.client" in message and "must not be set with kind operator" in message


def test_a_password_in_plain_text_is_refused_and_not_shown() -> None:
    client = {"basic_auth": {"username": "123456", "password": "hunter2"}}
    message = refused(metrics={**METRICS, "client": client})
    assert "observability:metrics.client.basic_auth.password = (hidden): must be the secret and key" in message
    assert "hunter2" not in message
