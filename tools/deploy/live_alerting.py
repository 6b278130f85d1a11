"""After `make up`: whether every Prometheus and the rulers of Loki and Thanos evaluate what was compiled."""

import json
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from components._tenants import THE_ONLY_TENANT
from components.alerting.rule_files import read_groups
from components.alerting.rules import Group, Language
from components.logging.ruler import SIDECAR_DIRECTORY_ANNOTATION
from config.namespaces import namespace_in_url
from sandbox.layout import CONTEXT as SANDBOX_CONTEXT
from tools.contract.alert_rules import rendered_groups
from tools.render import RenderedObject, Rendering

from .confirmation import Refused
from .kubectl import LOOPBACK, REQUEST_SECONDS, UnreachableClusterError, forwarded_port
from .live_rules import Difference, LiveProblem, live_problems
from .store_client import StoreClient, UnusableLoginError

WAIT_SECONDS = 150.0
"""The longest that rulers are waited for: a kubelet brings a ConfigMap to its pods within two minutes, about."""
_POLL_SECONDS = 3.0
_RULES = "/api/v1/rules"
_PROMETHEUS_PORT, _LOKI_PORT, _THANOS_PORT = 9090, 3100, 10902
_DIGEST = r"[0-9a-f]{10}"
"""Stands in the name of a ConfigMap for a tenant whose own name does not fit there."""
_EXTERNAL_LABEL = re.compile(r"--label=([^=]+)=")
"""A flag of Thanos."""
_LOKI_RULERS = frozenset({"-target=all", "-target=backend", "-target=ruler"})


class FailingRulesError(Refused):
    """Rules that were deployed cannot be evaluated."""


class NotComparedError(Exception):
    """The rules of a ruler cannot be read; the message has the reason."""


@dataclass(frozen=True)
class Ruler:
    """What evaluates rules, and those that it was given."""

    name: str
    namespace: str
    workload: str
    """As kubectl names it: `statefulset/loki`."""
    port: int
    path: str
    groups: Sequence[Group] = field(repr=False)
    tenant: str = ""
    url: str = ""
    """Where it is asked without kubectl: of one outside of the cluster."""
    has_others: bool = False
    """Whether it evaluates rules that the stack does not know."""
    added_labels: frozenset[str] = frozenset()
    """Labels that it answers on every rule."""
    unknown: str = ""
    """Why it cannot be asked."""


def rulers_of(rendering: Rendering) -> Iterator[Ruler]:
    """Yield the rulers of a stack."""
    groups = rendered_groups(rendering)
    if groups and rendering.alerting and rendering.alerting.existing_prometheus:
        yield _existing(str((rendering.exports.get("metrics") or {}).get("query") or ""), groups)
    for item in rendering.objects:
        if item.kind == "Prometheus" and groups:
            # Its own port, on which it asks for no login, and not that of the gateway before it.
            name = f"statefulset/prometheus-{item.name}"
            yield Ruler("Prometheus", item.namespace, name, _PROMETHEUS_PORT, _RULES, groups)
        elif item.kind == "StatefulSet" and "rule" in _arguments(item):
            yield from _of_thanos(item, rendering)
        elif item.kind == "StatefulSet" and _LOKI_RULERS & _arguments(item):
            yield from _of_loki(item, rendering)


def report_live_rules(
    context: str,
    rendering: Rendering,
    *,
    client: Callable[[], StoreClient | None] = lambda: None,
    seconds: float = WAIT_SECONDS,
) -> None:
    """Print what differs between the rules that are evaluated and those of the rendering, or why it is not known.

    `client` returns that of an existing Prometheus, as `store_client` does. Rulers read new rules after a while, so
    that differences are looked at again for `seconds`. Raise `FailingRulesError` where a rule cannot be evaluated.
    """
    failing: list[str] = []
    for ruler in rulers_of(rendering):
        try:
            problems = _settled(context, ruler, client, seconds)
        except NotComparedError as reason:
            print(f"live rules of {ruler.name} not compared: {reason}")
            continue
        count = sum(len(group.rules) for group in ruler.groups)
        what = f"{len(problems)} differences from" if problems else "as"
        print(f"live rules of {ruler.name}: {what} the {count} that were compiled")
        for problem in problems:
            print(f"!! {problem}")
        failing += (str(problem) for problem in problems if problem.difference is Difference.FAILING)
    if failing:
        raise FailingRulesError("\n  ".join(["the stack is deployed, and rules cannot be evaluated:", *failing]))


def _settled(context: str, ruler: Ruler, client: Callable[[], StoreClient | None], seconds: float) -> list[LiveProblem]:
    """Return what differs once nothing does, or at the end of the time."""
    if ruler.unknown:
        raise NotComparedError(ruler.unknown)
    try:
        # Rulers of the stack itself are asked behind its logins.
        login = client() if ruler.has_others else None
    except (UnusableLoginError, UnreachableClusterError, ssl.SSLError) as error:
        raise NotComparedError(f"its login cannot be used here: {error}") from None
    if ruler.url:
        return settled(ruler, lambda: _answer(f"{ruler.url}{ruler.path}", ruler.tenant, login), seconds)
    with ExitStack() as stack:
        try:
            url = stack.enter_context(forwarded_port(context, ruler.namespace, ruler.workload, ruler.port))
        except UnreachableClusterError as error:
            raise NotComparedError(_OF_THE_SANDBOX if context == SANDBOX_CONTEXT else str(error)) from None
        return settled(ruler, lambda: _answer(f"{url}{ruler.path}", ruler.tenant, login), seconds)


_OF_THE_SANDBOX = "the nodes of the sandbox run no containers; make rehearse SANDBOX=1 has one of them fire beside it"


def settled(ruler: Ruler, answer: Callable[[], Mapping[str, Any]], seconds: float) -> list[LiveProblem]:
    """Return what differs once nothing does, or `seconds` later.

    Raise `NotComparedError` where a ruler that others have too evaluates none of the rules: they are not loaded.
    """
    deadline = time.monotonic() + seconds
    options: Any = {"has_others": ruler.has_others, "added_labels": ruler.added_labels}
    while problems := list(live_problems(ruler.name, answer(), ruler.groups, **options)):
        count = sum(len(group.rules) for group in ruler.groups)
        if ruler.has_others and [problem.difference for problem in problems] == [Difference.MISSING] * count:
            raise NotComparedError(f"it evaluates none of the {count} that were compiled, and has to load them first")
        if time.monotonic() >= deadline:
            break
        time.sleep(min(_POLL_SECONDS, seconds))
    return problems


def _answer(url: str, tenant: str, login: StoreClient | None) -> Mapping[str, Any]:
    request = Request(url, headers={"X-Scope-OrgID": tenant} if tenant else {})
    how = "with metrics.client" if login else "without TLS and login"
    for name, value in login.headers.items() if login else ():
        # Another host that it redirects to gets no login.
        request.add_unredirected_header(name, value)
    try:
        with _opener(url, login).open(request, timeout=REQUEST_SECONDS) as response:
            found: Mapping[str, Any] = json.loads(response.read())
    except HTTPError as error:
        text = error.read().decode(errors="replace").strip()
        raise NotComparedError(f"it answers {error.code} to a request {how}: {text}") from None
    except (OSError, ValueError) as error:
        raise NotComparedError(f"it does not answer a request {how}: {error}") from None
    return found


def _opener(url: str, login: StoreClient | None) -> OpenerDirector:
    """Return what asks a URL: a proxy of the environment is none for a forwarded port."""
    if urlsplit(url).hostname == LOOPBACK:
        return build_opener(ProxyHandler({}))
    return login.opener() if login else build_opener()


def _existing(url: str, groups: Sequence[Group]) -> Ruler:
    """Return a Prometheus that is no part of the stack, by the URL that is queried."""
    parts = urlsplit(url)
    path, name = f"{parts.path.rstrip('/')}{_RULES}", "the existing Prometheus"
    namespace = namespace_in_url(url)
    if not url:
        return Ruler(name, "", "", 0, path, groups, unknown="metrics.query_url is not set")
    if not namespace:
        return Ruler(name, "", "", 0, path, groups, url=f"{parts.scheme}://{parts.netloc}", has_others=True)
    secured = "its URL is one of the cluster, with TLS" if parts.scheme == "https" else ""
    service = f"service/{str(parts.hostname).partition('.')[0]}"
    return Ruler(name, namespace, service, parts.port or 80, path, groups, has_others=True, unknown=secured)


def _of_thanos(item: RenderedObject, rendering: Rendering) -> Iterator[Ruler]:
    volumes = item.manifest["spec"]["template"]["spec"].get("volumes") or []
    names = {volume["configMap"]["name"] for volume in volumes if "configMap" in volume}
    files = {
        f"{held.name}/{name}": text
        for held in _config_maps(item.namespace, rendering)
        if held.name in names
        for name, text in (held.manifest.get("data") or {}).items()
    }
    if groups := read_groups(files, of_thanos=files):
        place = f"statefulset/{item.name}"
        labels = frozenset(found[1] for argument in _arguments(item) if (found := _EXTERNAL_LABEL.match(argument)))
        yield Ruler("the ruler of Thanos", item.namespace, place, _THANOS_PORT, _RULES, groups, added_labels=labels)


def _of_loki(item: RenderedObject, rendering: Rendering) -> Iterator[Ruler]:
    release = item.manifest["metadata"].get("labels", {}).get("app.kubernetes.io/instance", item.name)
    for held in _config_maps(item.namespace, rendering):
        found = re.fullmatch(rf"{re.escape(release)}-rules-(.+?)(-{_DIGEST})?", held.name)
        groups = read_groups(held.manifest.get("data") or {}, Language.LOGQL)
        if found is None or not groups:
            continue
        directory = (held.manifest["metadata"].get("annotations") or {}).get(SIDECAR_DIRECTORY_ANNOTATION, "")
        tenant = directory.rpartition("/")[2] or found[1]
        yield Ruler(
            "the ruler of Loki" if tenant == THE_ONLY_TENANT else f"the ruler of Loki, tenant {tenant}",
            item.namespace,
            f"statefulset/{item.name}",
            _LOKI_PORT,
            f"/prometheus{_RULES}",
            groups,
            tenant,
            unknown="" if directory or not re.fullmatch(_DIGEST, tenant) else "its name is no DNS label",
        )


def _config_maps(namespace: str, rendering: Rendering) -> list[RenderedObject]:
    return [item for item in rendering.objects if item.kind == "ConfigMap" and item.namespace == namespace]


def _arguments(item: RenderedObject) -> frozenset[str]:
    containers = item.manifest["spec"]["template"]["spec"]["containers"]
    return frozenset(str(argument) for container in containers for argument in container.get("args") or [])
