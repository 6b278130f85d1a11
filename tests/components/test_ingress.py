"""What `UiRoute` and `BasicAuth` register."""

from typing import Any

import pulumi
import pytest
from pulumi_kubernetes.core.v1 import ConfigMap

from components._spec import InvalidArgsError
from components.ingress import BasicAuth, UiRoute
from tests.recording import record

HASH = "$2y$05$" + "a" * 53
PASSWORD = "random:index/randomPassword:RandomPassword"


def users(name: str = "login", **more: Any) -> BasicAuth:
    args: Any = {"namespace": "traefik", "middleware_name": "internal-basic-auth", **more}
    return BasicAuth(name, args)


def route(**more: Any) -> UiRoute:
    args: Any = {"namespace": "telemetry", "service": "alloy", "port_name": "http-metrics"}
    args |= {"entry_points": ["internal"], "host": "alloy.dev.example.org", **more}
    return UiRoute("alloy", args)


def test_a_route_takes_the_middleware_of_basic_auth() -> None:
    def build() -> dict[str, Any]:
        made = route(auth_middleware=users().reference)
        return {"host": made.host, "url": made.url}

    recording = record(build)
    inputs = recording.one(":IngressRoute").plain()
    assert (inputs["metadata"]["name"], inputs["metadata"]["namespace"]) == ("alloy", "telemetry")
    assert inputs["spec"]["routes"][0]["middlewares"] == [{"name": "internal-basic-auth", "namespace": "traefik"}]
    assert recording.outputs == {"host": "alloy.dev.example.org", "url": "https://alloy.dev.example.org"}


def test_an_unauthenticated_ui_is_refused_before_anything_is_registered() -> None:
    with pytest.raises(InvalidArgsError, match="anyone who reaches the entry point"):
        record(route)


def test_a_user_is_made_with_a_password_whose_hash_stays_the_same() -> None:
    def build() -> dict[str, Any]:
        made = users(username="team")
        return {"username": made.username, "password": made.password, "secret": made.secret_name}

    recording = record(build)
    secret = recording.one(":Secret", "login-users")
    assert secret.plain()["stringData"] == {"users": "team:$2b$10$hash-of-login-password"}
    assert "stringData" in secret.secrets
    assert recording.outputs == {
        "username": "team",
        "password": "generated-login-password",
        "secret": "internal-basic-auth-users",
    }


def test_name_and_password_of_the_user_can_be_read_in_the_cluster() -> None:
    login = record(lambda: users(username="team")).one(":Secret", "login-login")
    assert login.plain()["metadata"]["name"] == "internal-basic-auth-login"
    assert login.plain()["stringData"] == {"username": "team", "password": "generated-login-password"}
    assert "stringData" in login.secrets


def test_the_password_is_a_secret_output() -> None:
    recording = record(lambda: ConfigMap("probe", data={"password": users().password}))
    assert "data" in recording.one(":ConfigMap").secrets


def test_given_users_are_kept_secret_and_none_is_made() -> None:
    recording = record(lambda: users(htpasswd=f"admin:{HASH}"))
    assert recording.of_type(PASSWORD) == []
    secret = recording.one(":Secret")
    assert secret.plain()["stringData"] == {"users": f"admin:{HASH}"}
    assert "stringData" in secret.secrets
    middleware = recording.one(":Middleware")
    assert HASH not in str(middleware.inputs)


def test_an_existing_secret_is_named_and_none_is_made() -> None:
    recording = record(lambda: users(existing_secret="team-users"))
    assert recording.of_type(":Secret") == recording.of_type(PASSWORD) == []
    assert recording.one(":Middleware").plain()["spec"]["basicAuth"]["secret"] == "team-users"


def test_a_secret_that_turns_out_to_hold_a_plain_password_is_refused_and_not_shown() -> None:
    with pytest.raises(InvalidArgsError, match=r"htpasswd \(value hidden\): line 1 ") as raised:
        record(lambda: users(htpasswd=pulumi.Output.secret("admin:hunter2")))
    assert "hunter2" not in str(raised.value)


def test_everything_hangs_from_the_component() -> None:
    recording = record(users)
    component = recording.one("observability:index:BasicAuth")
    own = [each for each in recording.resources if each.name.startswith("login-")]
    assert {each.name for each in own} == {
        "login-password",
        "login-login",
        "login-users",
        "login-middleware",
    }
    assert {each.parent for each in own} == {component.urn}


def test_two_middlewares_live_side_by_side() -> None:
    def two() -> None:
        users("one", middleware_name="one")
        users("two", middleware_name="two")

    recording = record(two)
    names = [each.plain()["metadata"]["name"] for each in recording.of_type(":Secret")]
    assert sorted(names) == ["one-login", "one-users", "two-login", "two-users"]


def test_a_further_middleware_may_be_known_later() -> None:
    args = {"authenticated_by_ui": True, "middlewares": ["traefik/first", pulumi.Output.from_input("traefik/second")]}
    (only,) = record(lambda: route(**args)).one(":IngressRoute").plain()["spec"]["routes"]
    assert [each["name"] for each in only["middlewares"]] == ["first", "second"]


def test_a_route_waits_for_its_middleware() -> None:
    recording = record(lambda: route(auth_middleware=users().reference))
    middleware = recording.one(":Middleware")
    assert middleware.urn in recording.one(":IngressRoute").request.dependencies
