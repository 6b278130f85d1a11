"""Logins as a program registers them."""

import re
from typing import Any

import pulumi
import pytest
from pulumi_kubernetes.core.v1 import ConfigMap

from components._htpasswd import line_for_machine, problem_of_htpasswd
from components._spec import InvalidArgsError
from components.logins import ClientLogin, GatewayLogins
from tests.recording import record

HASH = "$2b$10$" + "a" * 53


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

    with pytest.raises(InvalidArgsError, match=r"htpasswd \(value hidden\): line 1 ") as raised:
        record(build)
    assert "hunter2" not in str(raised.value)


def test_who_uses_a_login_waits_for_its_secret() -> None:
    recording = record(lambda: ConfigMap("user", data={"secret": login().secret_name}))
    assert recording.one(":Secret").urn in recording.one(":ConfigMap").request.dependencies
