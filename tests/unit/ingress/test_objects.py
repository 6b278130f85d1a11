"""Traefik's objects, and what is refused."""

from typing import Any

import jsonschema
import pytest
import yaml

from components._spec import InvalidArgsError
from components.ingress.objects import basic_auth, ingress_route
from components.ingress.spec import BasicAuthSpec, UiRouteSpec
from tests.fixes import fix_of
from tests.real_charts import BESIDE

CRDS = BESIDE / "crds" / "traefik.io"
ALLOY = {
    "namespace": "telemetry",
    "service": "alloy",
    "port_name": "http-metrics",
    "entry_points": ["internal"],
    "host": "alloy.dev.example.org",
    "auth_middleware": "traefik/internal-basic-auth",
}
HASH = "$2y$05$" + "a" * 53


def route(**args: Any) -> dict[str, Any]:
    return ingress_route(UiRouteSpec.check("UiRoute", {**ALLOY, **args}))


def validate(kind: str, spec: dict[str, Any]) -> None:
    file = CRDS / f"traefik.io_{kind.lower()}s.yaml"
    if not file.exists():
        pytest.skip("the CRDs of Traefik are not on this machine")
    (version,) = yaml.safe_load(file.read_text())["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]
    whole = {"apiVersion": "traefik.io/v1alpha1", "kind": kind, "metadata": {"name": "x"}, "spec": spec}
    jsonschema.validate(whole, _closed(schema))


def _closed(schema: Any) -> Any:
    """Refuse fields that a schema does not name, as the API server drops them."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    if schema.get("x-kubernetes-int-or-string"):
        closed["type"] = ["integer", "string"]
    return closed


def test_a_ui_is_reached_through_the_middleware_that_authenticates() -> None:
    assert route() == {
        "entryPoints": ["internal"],
        "routes": [
            {
                "match": "Host(`alloy.dev.example.org`)",
                "kind": "Rule",
                "middlewares": [{"name": "internal-basic-auth", "namespace": "traefik"}],
                "services": [{"name": "alloy", "port": "http-metrics"}],
            }
        ],
    }


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"port_name": "", "port": 80, "path_prefix": "/grafana", "tls_secret": "certificate"},
        {"scheme": "h2c", "cert_resolver": "letsencrypt", "middlewares": ["traefik/allow-list"]},
    ],
)
def test_routes_are_what_traefik_accepts(args: dict[str, Any]) -> None:
    metadata_free = route(**args)
    validate("IngressRoute", metadata_free)


def test_a_route_that_traefik_would_not_accept_fails_the_check() -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate("IngressRoute", {**route(), "entrypoints": ["internal"]})


def test_the_middleware_is_what_traefik_accepts_and_hides_the_password_from_the_ui() -> None:
    spec = basic_auth("users")
    validate("Middleware", spec)
    assert spec["basicAuth"]["removeHeader"] is True


def test_a_path_narrows_the_host() -> None:
    (only,) = route(path_prefix="/grafana")["routes"]
    assert only["match"] == "Host(`alloy.dev.example.org`) && PathPrefix(`/grafana`)"


def test_a_route_is_on_the_entry_point_with_tls_unless_another_is_named() -> None:
    args = {key: value for key, value in ALLOY.items() if key != "entry_points"}
    assert ingress_route(UiRouteSpec.check("UiRoute", args))["entryPoints"] == ["websecure"]


def test_further_middlewares_run_before_the_login() -> None:
    (only,) = route(middlewares=["traefik/allow-list"])["routes"]
    assert [each["name"] for each in only["middlewares"]] == ["allow-list", "internal-basic-auth"]


def test_grpc_is_spoken_in_the_clear_behind_traefik() -> None:
    (only,) = route(port_name="", port=4317, scheme="h2c")["routes"]
    assert only["services"] == [{"name": "alloy", "port": 4317, "scheme": "h2c"}]


@pytest.mark.parametrize(
    ("args", "url"),
    [
        ({}, "https://alloy.dev.example.org"),
        ({"https": False}, "http://alloy.dev.example.org"),
        (
            {"https": False, "tls_secret": "certificate", "path_prefix": "/alloy"},
            "https://alloy.dev.example.org/alloy",
        ),
        ({"https": False, "cert_resolver": "letsencrypt"}, "https://alloy.dev.example.org"),
    ],
)
def test_the_url_is_the_one_that_users_open(args: dict[str, Any], url: str) -> None:
    assert UiRouteSpec.check("UiRoute", {**ALLOY, **args}).url == url


def test_an_unauthenticated_ui_is_refused_whatever_other_middlewares_it_has() -> None:
    args = {key: value for key, value in ALLOY.items() if key != "auth_middleware"}
    with pytest.raises(InvalidArgsError, match="anyone who reaches the entry point can use the UI"):
        UiRouteSpec.check("UiRoute", {**args, "middlewares": ["traefik/redirect-to-https"]})
    assert UiRouteSpec.check("UiRoute", {**args, "authenticated_by_ui": True})


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"auth_middleware": "internal-basic-auth"}, "must be the namespace and name"),
        ({"auth_middleware": ""}, "must be the namespace and name"),
        ({"port": 80}, 'port = 80: must not be set with port_name = "http-metrics"; remove one'),
        ({"port_name": ""}, "port: is missing; set port or port_name"),
        ({"port_name": "", "port": 0}, "port = 0: must be at least 1"),
        (
            {"tls_secret": "a", "cert_resolver": "b"},
            'tls_secret = "a": must not be set with cert_resolver = "b"; remove one',
        ),
        ({"scheme": "grpc"}, 'scheme = "grpc": must be one of http, https, h2c'),
        ({"entry_points": []}, "entry_points = []: must have at least 1"),
        ({"entry_points": ["web secure"]}, "must be the name of an entry point"),
        ({"host": "a`) || Host(`b"}, "must be a host name"),
        ({"path_prefix": "grafana"}, "must be a path with '/'"),
        ({"path_prefix": "/a`) || PathPrefix(`/"}, "must be a path with"),
    ],
)
def test_wrong_routes_are_refused(args: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        route(**args)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("args", "place", "fix"),
    [
        ({"auth_middleware": None}, "auth_middleware", {"auth_middleware": "<auth_middleware>"}),
        ({"port_name": ""}, "port", {"port": "<port>"}),
        ({"port": 80}, "port", None),
        ({"tls_secret": "a", "cert_resolver": "b"}, "tls_secret", None),
    ],
)
def test_a_route_is_fixed_by_a_change_or_else_by_removing_the_argument(
    args: dict[str, Any], place: str, fix: dict[str, Any] | None
) -> None:
    (problem,) = UiRouteSpec.find_problems({**ALLOY, **args})
    assert (problem.field, fix_of(problem)) == (place, fix)


@pytest.mark.parametrize("lines", [f"admin:{HASH}", f"a:{HASH}\nb:{{SHA}}0123=\n", "c:$apr1$salt$hash"])
def test_hashed_users_are_taken(lines: str) -> None:
    assert BasicAuthSpec.check("BasicAuth", {"namespace": "traefik", "htpasswd": lines}).htpasswd == lines


@pytest.mark.parametrize("lines", ["", "admin:hunter2", f"admin:{HASH}\nbob:hunter2", "hunter2"])
def test_a_password_in_the_clear_is_refused_and_not_shown(lines: str) -> None:
    with pytest.raises(InvalidArgsError, match="must be user:hash") as raised:
        BasicAuthSpec.check("BasicAuth", {"namespace": "traefik", "htpasswd": lines})
    assert "hunter2" not in str(raised.value)


def test_users_are_given_by_htpasswd_or_by_an_existing_secret() -> None:
    args = {"namespace": "traefik", "htpasswd": f"admin:{HASH}", "existing_secret": "users"}
    (problem,) = BasicAuthSpec.find_problems(args)
    assert (problem.field, problem.shown) == ("htpasswd", " (value hidden)")
    assert 'must not be set with existing_secret = "users"' in problem.message
