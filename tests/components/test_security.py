"""Certificates and logins as a program registers them."""

import re
from typing import Any

import pulumi
import pytest
from pulumi_kubernetes.core.v1 import ConfigMap

from components._htpasswd import line_for_machine, problem_of_htpasswd
from components._spec import InvalidArgsError
from components.security import Certificate, CertificateArgs, ClientLogin, GatewayLogins
from components.security.spec import CertificateSpec
from tests.fixes import fix_of
from tests.recording import Recording, record

ARGS: CertificateArgs = {
    "namespace": "logging",
    "secret_name": "loki-tls",
    "dns_names": ["loki-gateway", "loki-gateway.logging"],
    "issuer": "observability-ca",
}
HASH = "$2b$10$" + "a" * 53


def certificate(**changes: Any) -> Recording:
    args: Any = {**ARGS, **changes}
    return record(lambda: {"secret": Certificate("loki", args).secret_name})


def test_a_certificate_serves_servers_and_clients_and_renews_its_key() -> None:
    recording = certificate()
    made = recording.one(":Certificate", "loki-certificate").plain()
    assert (made["apiVersion"], made["kind"]) == ("cert-manager.io/v1", "Certificate")
    assert made["metadata"]["namespace"] == "logging"
    spec = made["spec"]
    assert spec["issuerRef"] == {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "observability-ca"}
    assert {"server auth", "client auth"} <= set(spec["usages"])
    assert (spec["duration"], spec["renewBefore"]) == ("2160h", "720h")
    assert spec["privateKey"]["rotationPolicy"] == "Always"
    assert spec["dnsNames"] == ARGS["dns_names"] and "commonName" not in spec
    assert recording.outputs == {"secret": "loki-tls"}


def test_durations_are_written_as_cert_manager_reads_them() -> None:
    spec = certificate(duration="30d", renew_before="10d", issuer_kind="Issuer", common_name="loki").one(
        ":Certificate", "loki-certificate"
    )
    plain = spec.plain()["spec"]
    assert (plain["duration"], plain["renewBefore"]) == ("720h", "240h")
    assert (plain["issuerRef"]["kind"], plain["commonName"]) == ("Issuer", "loki")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"renew_before": "2160h"}, "renew_before = '2160h': must be less than duration = '2160h'"),
        ({"duration": "90m", "renew_before": "1h"}, "duration = '90m': '90m' is not a whole number of hours"),
        ({"renew_before": "90m"}, "renew_before = '90m': '90m' is not a whole number of hours"),
        ({"dns_names": []}, "dns_names"),
        ({"dns_names": ["loki gateway"]}, "is no host name"),
        ({"issuer": ""}, "issuer"),
        ({"issuer_kind": "CA"}, "issuer_kind"),
        ({"common_name": "a" * 65}, "common_name"),
    ],
)
def test_a_certificate_that_cannot_be_issued_is_refused_before(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        certificate(**changes)
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"duration": "1510m", "renew_before": "1h"}, {"duration": "25h"}),
        ({"renew_before": "10m"}, {"renew_before": "1h"}),
        ({"renew_before": "2160h"}, None),
    ],
)
def test_a_duration_is_fixed_by_the_nearest_hours(changes: dict[str, Any], fix: dict[str, str] | None) -> None:
    (problem,) = CertificateSpec.find_problems({**ARGS, **changes})
    assert fix_of(problem) == fix


def login(name: str = "alloy", **more: Any) -> ClientLogin:
    args: Any = {"namespace": "telemetry", "username": name, **more}
    return ClientLogin(name, args)


def test_a_client_finds_its_name_and_password_in_a_secret_beside_it() -> None:
    recording = record(lambda: {"secret": login().secret_name})
    secret = recording.one(":Secret")
    assert secret.plain()["metadata"] | {"labels": {}} == {
        "name": "alloy-login",
        "namespace": "telemetry",
        "labels": {},
    }
    assert secret.plain()["stringData"] == {"username": "alloy", "password": "generated-alloy-password"}
    assert "stringData" in secret.secrets
    assert recording.outputs["secret"] == "alloy-login"


def test_password_and_line_are_secret_outputs() -> None:
    recording = record(lambda: {"password": (made := login()).password, "line": made.htpasswd})
    assert recording.secret_outputs == {"password", "line"}


def test_a_gateway_knows_all_its_clients_by_a_hash_and_not_by_their_passwords() -> None:
    def both() -> None:
        lines: list[pulumi.Input[str]] = [login("alloy").htpasswd, login("grafana").htpasswd, f"human:{HASH}"]
        GatewayLogins("loki", {"namespace": "logging", "htpasswd": lines, "secret_name": "loki-logins"})

    recording = record(both)
    secret = recording.one(":Secret", "loki-logins")
    users = secret.plain()["stringData"][".htpasswd"]
    assert re.findall(r"^(\w+):", users, re.MULTILINE) == ["alloy", "grafana", "human"]
    assert users.count("{SHA}") == 2 and "generated" not in users
    assert "stringData" in secret.secrets
    assert "htpasswd" in recording.one(":GatewayLogins").secrets


def test_the_line_of_a_password_is_the_one_that_nginx_compares_with() -> None:
    line = line_for_machine("alloy", "password")
    assert line == "alloy:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="
    assert problem_of_htpasswd(line) is None


@pytest.mark.parametrize("known", [True, False])
def test_a_plain_password_in_a_line_is_refused_and_not_shown(known: bool) -> None:
    def build() -> None:
        plain = "alloy:hunter2"
        line: pulumi.Input[str] = plain if known else pulumi.Output.secret(plain)
        GatewayLogins("loki", {"namespace": "logging", "htpasswd": [line]})

    with pytest.raises(InvalidArgsError, match=r"htpasswd \(value hidden\): line 1 must be user:hash") as raised:
        record(build)
    assert "hunter2" not in str(raised.value)


def test_who_uses_a_login_waits_for_its_secret() -> None:
    recording = record(lambda: ConfigMap("user", data={"secret": login().secret_name}))
    assert recording.one(":Secret").urn in recording.one(":ConfigMap").request.dependencies
