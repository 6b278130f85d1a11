"""The program with certificates and logins: what is made where, who shows it, and that nobody is left out."""

from typing import Any

import pytest
import yaml

from components.charts import LOKI
from tests.program.programs import collectors, datasource, refused, stack
from tools.program import Recording

MTLS = {"tls": "cert-manager", "issuer": {"name": "observability-ca"}, "authentication": "mtls"}
BASIC = {"tls": "existing", "authentication": "basic"}
DISTRIBUTED = {"mode": "distributed"}
LOGINS = {
    "collectors": "a-login",
    "grafana": "g-login",
    "generator": "t-login",
    "loki": "l-users",
    "tempo": "t-users",
    "prometheus": "p-users",
}


def values(recording: Recording, release: str) -> Any:
    return recording.one(":Release", release).plain()["values"]


def certificates(recording: Recording) -> dict[tuple[str, str], Any]:
    made = [each.plain() for each in recording.of_type("cert-manager.io/v1:Certificate")]
    return {(each["metadata"]["namespace"], each["metadata"]["name"]): each["spec"] for each in made}


def secrets_of_pods(recording: Recording) -> set[tuple[str, str]]:
    """Every Secret for TLS or a login that the values of a release name."""
    found = set()
    for release in recording.of_type(":Release"):
        plain = release.plain()
        text = yaml.safe_dump(plain["values"])
        names = ("loki-tls", "tempo-tls", "alloy-tls", "grafana-tls", "prometheus-tls", "thanos-tls")
        for name in (*names, "loki-logins", "tempo-logins", "prometheus-logins"):
            found |= {(plain["namespace"], name)} if name in text else set()
        for name in ("alloy-login", "grafana-login"):
            found |= {(plain["namespace"], name)} if f": {name}\n" in text else set()
    return found


def test_without_the_setting_nothing_is_made_and_nothing_is_asked_for() -> None:
    recording = stack()
    assert not certificates(recording) and not recording.of_type(":ClientLogin")
    assert not secrets_of_pods(recording)
    assert datasource(recording, "logs")["url"].startswith("http://")
    assert "insecure = true" in collectors(recording)


@pytest.mark.parametrize("tracing", [{}, DISTRIBUTED], ids=["monolithic", "distributed"])
def test_certificates_are_asked_for_in_each_namespace_and_every_pod_finds_its_own(tracing: dict[str, Any]) -> None:
    recording = stack(security=MTLS, tracing=tracing)
    wanted = {
        ("logging", "loki-tls"),
        ("tracing", "tempo-tls"),
        ("telemetry", "alloy-tls"),
        ("monitoring", "grafana-tls"),
        ("monitoring", "prometheus-tls"),
    }
    assert set(certificates(recording)) == wanted == secrets_of_pods(recording)
    assert {spec["issuerRef"]["name"] for spec in certificates(recording).values()} == {"observability-ca"}


@pytest.mark.parametrize("tracing", [{}, DISTRIBUTED], ids=["monolithic", "distributed"])
def test_every_address_that_is_used_is_one_that_the_certificate_is_good_for(tracing: dict[str, Any]) -> None:
    recording = stack(security=MTLS, tracing=tracing)
    made = certificates(recording)
    loki, tempo = made["logging", "loki-tls"]["dnsNames"], made["tracing", "tempo-tls"]["dnsNames"]
    exports = recording.outputs
    for name, hosts in (("logs", loki), ("traces", tempo)):
        for address in exports[name].values():
            assert "https://" in address or "://" not in address
            host = address.split("://")[-1].partition("/")[0].partition(":")[0]
            assert host in hosts, f"{address} would not be trusted"
            assert address in collectors(recording) or name in ("logs", "traces")
    for signal in ("logs", "traces"):
        host = datasource(recording, signal)["url"].removeprefix("https://").partition(":")[0]
        assert host in (*loki, *tempo)


def test_with_mtls_both_clients_show_a_certificate_to_every_server() -> None:
    recording = stack(security=MTLS)
    config = collectors(recording)
    assert config.count("/etc/collector-tls/tls.key") == 3, "the push, OTLP logs and traces"
    assert "insecure" not in config
    for signal in ("logs", "traces", "metrics"):
        made = datasource(recording, signal)
        assert made["secureJsonData"]["tlsClientKey"] == "$__file{/etc/grafana-tls/tls.key}"
        assert made["jsonData"]["tlsAuth"] is True and "basicAuth" not in made


def test_who_needs_a_secret_is_made_after_it() -> None:
    recording = stack(security={**MTLS, "authentication": "basic"}, tracing=DISTRIBUTED)
    for release, made in (
        ("logging-loki", ["loki-certificate-certificate", "loki-logins-logins"]),
        ("tracing-tempo", ["tempo-certificate-certificate", "tempo-logins-logins"]),
        ("telemetry-agents", ["collectors-certificate-certificate", "alloy-login-login"]),
        ("grafana-grafana", ["grafana-certificate-certificate", "grafana-login-login"]),
    ):
        needed = {each.urn for each in recording.resources if each.name in made}
        assert len(needed) == 2 and needed <= set(recording.one(":Release", release).request.dependencies)


def test_given_certificates_are_used_by_the_same_names_and_none_is_made() -> None:
    recording = stack(security={**BASIC, "certificates": {"loki": "our-loki"}}, tracing=DISTRIBUTED)
    assert not certificates(recording)
    text = yaml.safe_dump(values(recording, "logging-loki"))
    assert "our-loki" in text and "loki-tls" not in text
    assert "tempo-tls" in yaml.safe_dump(values(recording, "tracing-tempo"))


def test_both_gateways_know_both_clients_by_generated_logins() -> None:
    recording = stack(security=BASIC, tracing=DISTRIBUTED)
    places = {}
    for secret in recording.of_type("v1:Secret"):
        plain = secret.plain()
        places[plain["metadata"]["namespace"], plain["metadata"]["name"]] = plain.get("stringData")
        assert {"data", "stringData"} & secret.secrets
    assert places["telemetry", "alloy-login"]["username"] == "alloy"
    assert places["monitoring", "grafana-login"]["username"] == "grafana"
    for place in (("logging", "loki-logins"), ("tracing", "tempo-logins")):
        assert [line.partition(":")[0] for line in places[place][".htpasswd"].splitlines()] == ["alloy", "grafana"]
    assert ("logging", "loki-logins") in secrets_of_pods(recording)
    assert ("tracing", "tempo-logins") in secrets_of_pods(recording)
    for signal in ("logs", "traces"):
        assert datasource(recording, signal)["basicAuthUser"] == "$__file{/etc/grafana-login/username}"
    assert 'otelcol.auth.basic "login"' in collectors(recording)


def test_no_generated_password_is_in_a_config_map_or_the_values_of_a_chart() -> None:
    recording = stack(security=BASIC, tracing=DISTRIBUTED, logging={"tenants": ["a"]})
    passwords = [secret for secret in recording.secrets if "login" in secret]
    assert len(passwords) >= 2
    for resource in (*recording.of_type(":ConfigMap"), *recording.of_type(":Release")):
        assert not [each for each in passwords if each in str(resource.inputs)], f"{resource.name} holds a password"
        assert not {"data", "values"} & resource.secrets


def test_logins_that_are_there_take_the_place_of_generated_ones() -> None:
    recording = stack(security={**BASIC, "logins": LOGINS}, tracing=DISTRIBUTED)
    assert not recording.of_type(":ClientLogin") and not recording.of_type(":GatewayLogins")
    for release, name in (
        ("logging-loki", "l-users"),
        ("tracing-tempo", "t-users"),
        ("tracing-tempo", "t-login"),
        ("grafana-grafana", "g-login"),
        ("metrics-prometheus", "p-users"),
    ):
        assert name in yaml.safe_dump(values(recording, release))
    assert "a-login" in yaml.safe_dump(values(recording, "telemetry-agents"))


def test_tenants_and_logins_go_together() -> None:
    telemetry = {"logs_tenant": "ops", "namespace_tenants": {"shop": "team-a"}}
    logging = {"tenants": ["ops", "team-a"]}
    recording = stack(security=BASIC, tracing=DISTRIBUTED, logging=logging, telemetry=telemetry)
    made = datasource(recording, "logs")
    assert made["secureJsonData"]["httpHeaderValue1"] == "ops|team-a" and made["basicAuth"] is True
    assert 'value = "team-a"' in collectors(recording)
    gateway = values(recording, "logging-loki")["gateway"]
    assert gateway["basicAuth"]["existingSecret"] == "loki-logins" and "$stranger" in yaml.safe_dump(gateway)


def test_a_grafana_that_is_there_finds_its_certificate_and_login_in_its_namespace() -> None:
    grafana = {"enabled": False, "namespace": "their-grafana"}
    recording = stack(security={**MTLS, "authentication": "basic"}, tracing=DISTRIBUTED, grafana=grafana)
    assert ("their-grafana", "grafana-tls") in certificates(recording)
    login = recording.one(":Secret", "grafana-login-login").plain()["metadata"]
    assert (login["namespace"], login["name"]) == ("their-grafana", "grafana-login")


def test_senders_speak_tls_where_the_stack_asks_them_to() -> None:
    recording = stack(security={**MTLS, "receiver_tls": True})
    assert recording.outputs["otlp"]["http"] == "https://alloy.telemetry:4318"
    assert "client_ca_file" in collectors(recording)
    hosts = certificates(recording)["telemetry", "alloy-tls"]["dnsNames"]
    assert "alloy.telemetry" in hosts


@pytest.mark.parametrize(
    ("metrics", "namespace"),
    [
        ({}, "monitoring"),
        (
            {
                "kind": "external",
                "remote_write_url": "http://prometheus.prom:9090/api/v1/write",
                "otlp_url": "http://prometheus.prom:9090/api/v1/otlp",
                "query_url": "http://prometheus.prom:9090",
            },
            "prom",
        ),
    ],
)
def test_prometheus_is_let_past_the_authentication_to_read_metrics(metrics: dict[str, Any], namespace: str) -> None:
    cluster = {"name": "test", "service_monitors": True}
    recording = stack(cluster=cluster, security=MTLS, tracing=DISTRIBUTED, metrics=metrics)
    policies = [each.plain() for each in recording.of_type(":NetworkPolicy")]
    of_backends = [policy for policy in policies if policy["metadata"]["namespace"] in ("logging", "tracing")]
    assert len(of_backends) == 2
    assert all(namespace in yaml.safe_dump(policy["spec"]) for policy in of_backends)


@pytest.mark.parametrize(
    ("security", "sentence"),
    [
        ({"authentication": "mtls"}, 'security.authentication = "mtls": a client certificate requires TLS'),
        ({"tls": "cert-manager"}, "security.issuer.name: is missing: tls cert-manager requires an issuer"),
        ({"tls": "existing", "issuer": {"name": "x"}}, 'security.issuer = "x": is not used'),
        ({**BASIC, "logins": {**LOGINS, "generator": None}}, "security.logins.generator: is missing"),
        ({"certificates": {"loki": "x"}}, 'security.certificates = {"loki": "x"}: is not used: tls is none'),
        (BASIC, 'security.authentication = "basic": monolithic Tempo has no gateway to check logins'),
        (
            {**MTLS, "logins": LOGINS},
            'security.logins = {"collectors": "a-login", ',
        ),
        ({"metrics_namespaces": ["prom"]}, 'security.metrics_namespaces = ["prom"]: is not used'),
        ({"receiver_tls": True}, "security.receiver_tls = true: requires tls_secret"),
        ({"tls": "certmanager"}, "security.tls"),
        ({**MTLS, "issuer": {"name": "x", "kind": "CA"}}, "security.issuer.kind"),
        ({**BASIC, "logins": {"loki": "x"}}, "security.logins.collectors: is missing"),
    ],
)
def test_what_cannot_be_had_together_is_refused_at_its_setting(security: dict[str, Any], sentence: str) -> None:
    assert f"observability:{sentence}" in refused(security=security)


@pytest.mark.parametrize("security", [{"authentication": "mtls"}, {"receiver_tls": True}])
def test_missing_tls_is_one_problem_whose_command_leaves_the_issuer_to_the_user(security: dict[str, Any]) -> None:
    message = refused(security=security)
    assert "have 1 problem;" in message
    assert "set --path observability:security.tls cert-manager --stack" in message
    assert "set --path --type string observability:security.issuer.name '<issuer>' --stack" in refused(
        security={**security, "tls": "cert-manager"}
    )


def test_logins_are_kept_by_a_tempo_that_can_ask_for_them() -> None:
    message = refused(security=BASIC)
    assert "have 1 problem;" in message
    assert "set --path observability:tracing.mode distributed --stack" in message


def test_passwords_in_the_clear_are_for_a_try_out() -> None:
    plain = {"authentication": "basic"}
    recording = stack(security=plain, tracing=DISTRIBUTED)
    assert 'endpoint = "http://tempo-gateway.tracing"' in collectors(recording), "no login goes out by plain gRPC"
    cluster = {"name": "prod", "context": "prod", "environment": "production"}
    message = refused(cluster=cluster, security=plain, tracing=DISTRIBUTED)
    assert 'observability:security.tls = "none": must not be none' in message
    assert "pulumi config set --path observability:security.tls cert-manager --stack" in message


def test_the_demo_and_lokis_own_traces_are_not_shut_out_silently() -> None:
    security = {**MTLS, "receiver_tls": True}
    message = refused(security=security, demo={"enabled": True})
    assert "security.receiver_tls = true: must not be set with demo.enabled" in message
    logging = {"chart_version": LOKI.versions[-1], "traces_endpoint": "http://alloy.telemetry:4318"}
    assert 'logging.traces_endpoint = "http://alloy.telemetry:4318": ' in refused(security=security, logging=logging)


def test_the_namespace_of_an_unknown_prometheus_is_required() -> None:
    cluster = {"name": "test", "service_monitors": True}
    metrics = {
        "kind": "external",
        "remote_write_url": "https://prometheus.example.org/api/v1/write",
        "otlp_url": "https://prometheus.example.org/api/v1/otlp",
        "query_url": "https://prometheus.example.org",
    }
    message = refused(cluster=cluster, security=MTLS, metrics=metrics)
    assert "observability:security.metrics_namespaces: is missing" in message and "set the namespace" in message
    assert "'observability:security.metrics_namespaces[0]' '<metrics_namespaces>'" in message


TENANTS_WHO_LOG_IN: dict[str, Any] = {
    "security": {**BASIC, "logins": {key: name for key, name in LOGINS.items() if key != "loki"}},
    "logging": {"tenants": ["ops", "team-a"], "tenants_secret": "loki-tenants"},
    "tracing": DISTRIBUTED,
}


def test_a_login_can_be_the_tenant() -> None:
    recording = stack(**TENANTS_WHO_LOG_IN)
    gateway = values(recording, "logging-loki")["gateway"]
    assert gateway["basicAuth"]["existingSecret"] == "loki-tenants"
    assert "$remote_user" in gateway["nginxConfig"]["locationSnippet"]
    assert "httpHeaderName1" not in datasource(recording, "logs")["jsonData"], "whatever the header says"
    assert datasource(recording, "logs")["basicAuth"] is True


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"security": MTLS},
            'logging.tenants_secret = "loki-tenants": requires existing logins',
        ),
        ({"security": {**BASIC, "logins": LOGINS}}, 'security.logins.loki = "l-users": is not used'),
        (
            {"telemetry": {"namespace_tenants": {"shop": "team-a"}}},
            'telemetry.namespace_tenants = {"shop": "team-a"}: is not used',
        ),
        ({"logging": {}}, "security.logins.loki: is missing: Loki's gateway requires a Secret"),
    ],
)
def test_logins_of_tenants_are_those_of_the_clients_too(changes: dict[str, Any], sentence: str) -> None:
    assert f"observability:{sentence}" in refused(**{**TENANTS_WHO_LOG_IN, **changes})


def test_a_secret_of_tenants_without_tenants_is_refused() -> None:
    message = refused(**{**TENANTS_WHO_LOG_IN, "logging": {"tenants_secret": "loki-tenants"}})
    assert "observability:logging.tenants_secret" in message and "list them in tenants" in message
