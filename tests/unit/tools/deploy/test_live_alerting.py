"""After an up: which rulers a stack has, how they are asked, and what is printed of their rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import yaml

from components.alerting.spec import AlertingSpec
from tests.unit.tools.contract.conftest import Manifest, manifest
from tools.alerts.replay import target
from tools.deploy import live_alerting
from tools.deploy.kubectl import UnreachableClusterError
from tools.deploy.live_alerting import FailingRulesError, report_live_rules, rulers_of
from tools.deploy.store_client import StoreClient, UnusableLoginError
from tools.local_sink import running
from tools.render import RenderedObject, Rendering

RECORD = {"record": "job:up:sum", "expr": "sum by (job) (up)"}
LOG_ALERT = {"alert": "Errors", "expr": 'sum(rate({app="shop"}[5m])) > 1', "for": "1m"}
RULES = {"groups": [{"name": "shop", "rules": [RECORD]}]}
LOG_RULES = {"groups": [{"name": "logs", "rules": [LOG_ALERT]}]}
LIVE = {"type": "recording", "name": "job:up:sum", "query": "sum by (job) (up)", "health": "ok"}


def prometheus() -> list[Manifest]:
    operator = "monitoring.coreos.com/v1"
    return [
        manifest("Prometheus", "prometheus", "monitoring", operator, spec={}),
        manifest("PrometheusRule", "rules", "monitoring", operator, spec=RULES),
    ]


def stateful_set(name: str, *arguments: str, config_map: str = "") -> Manifest:
    pod = {
        "containers": [{"name": "main", "args": [*arguments]}],
        "volumes": [{"configMap": {"name": config_map}}] if config_map else [],
    }
    found = manifest("StatefulSet", name, "apps", "apps/v1", spec={"template": {"spec": pod}})
    found["metadata"]["labels"] = {"app.kubernetes.io/instance": "loki"}
    return found


def config_map(name: str, content: Any, directory: str = "") -> Manifest:
    found = manifest("ConfigMap", name, "apps", data={"rules.yaml": yaml.safe_dump(content)})
    found["metadata"]["annotations"] = {"k8s-sidecar-target-directory": directory} if directory else {}
    return found


def rendered(*manifests: Manifest) -> Rendering:
    return Rendering("test", tuple(RenderedObject(item, "test") for item in manifests), (), (), frozenset())


def rulers(*manifests: Manifest) -> list[tuple[str, str, int, str, str]]:
    found = rulers_of(rendered(*manifests))
    return [(ruler.name, ruler.workload, ruler.port, ruler.path, ruler.tenant) for ruler in found]


def test_each_ruler_is_asked_at_its_own_port() -> None:
    thanos = [stateful_set("thanos-rule", "rule", config_map="the-rules"), config_map("the-rules", RULES)]
    other = config_map("others", RULES)
    assert rulers(*prometheus(), *thanos, other) == [
        ("Prometheus", "statefulset/prometheus-prometheus", 9090, "/api/v1/rules", ""),
        ("the ruler of Thanos", "statefulset/thanos-rule", 10902, "/api/v1/rules", ""),
    ]
    assert rulers(stateful_set("thanos-rule", "rule")) == []


def test_the_ruler_of_thanos_answers_its_external_labels_on_every_rule(
    answers: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ['--label=rule_replica="$(NAME)"', '--label=cluster="a"']
    thanos = [stateful_set("thanos-rule", "rule", *flags, config_map="the-rules"), config_map("the-rules", RULES)]
    answers += [[{**LIVE, "labels": {"cluster": "a", "rule_replica": "thanos-rule-0"}}]]
    report_live_rules("", rendered(*thanos), seconds=0)
    assert "live rules of the ruler of Thanos" in (said := capsys.readouterr().out) and "differences" not in said
    answers[:] = [[{**LIVE, "labels": {"cluster": "a", "rule_replica": "b"}, "health": "err", "lastError": "no such"}]]
    with pytest.raises(FailingRulesError, match="no such"):
        report_live_rules("", rendered(*thanos), seconds=0)


@pytest.mark.parametrize(
    ("name", "directory", "ruler", "tenant"),
    [
        ("loki-rules-fake", "", "the ruler of Loki", "fake"),
        ("loki-rules-fake-0123456789", "", "the ruler of Loki", "fake"),
        ("loki-rules-shop-eu", "/rules/shop-eu", "the ruler of Loki, tenant shop-eu", "shop-eu"),
        ("loki-rules-0123456789", "/rules/Shop_EU", "the ruler of Loki, tenant Shop_EU", "Shop_EU"),
    ],
)
def test_the_ruler_of_loki_is_asked_as_each_tenant_with_rules(
    name: str, directory: str, ruler: str, tenant: str
) -> None:
    loki = stateful_set("loki-backend", "-target=backend")
    expected = [(ruler, "statefulset/loki-backend", 3100, "/prometheus/api/v1/rules", tenant)]
    assert rulers(loki, stateful_set("loki-write", "-target=write"), config_map(name, LOG_RULES, directory)) == expected


def test_a_tenant_whose_name_is_not_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    loki = [stateful_set("loki", "-target=all"), config_map("loki-rules-0123456789-9876543210", LOG_RULES)]
    report_live_rules("", rendered(*loki))
    assert "tenant 0123456789 not compared: its name is no DNS label" in capsys.readouterr().out


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The rules that a ruler answers, one after the other; the last one stays."""
    found: list[Any] = []

    def content() -> str:
        rules = found.pop(0) if len(found) > 1 else found[0]
        return rules if isinstance(rules, str) else json.dumps({"data": {"groups": [{"name": "shop", "rules": rules}]}})

    with target(content) as address:

        @contextmanager
        def forwarded(*_: Any) -> Iterator[str]:
            yield f"http://{address}"

        monkeypatch.setattr(live_alerting, "forwarded_port", forwarded)
        monkeypatch.setattr(live_alerting, "_POLL_SECONDS", 0.01)
        yield found


def test_rules_that_are_read_after_a_while_are_as_compiled(
    answers: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answers += [[], [], [LIVE]]
    report_live_rules("", rendered(*prometheus()), seconds=60)
    assert capsys.readouterr().out == "live rules of Prometheus: as the 1 that were compiled\n"


def test_a_difference_that_stays_is_printed_and_fails_nothing(
    answers: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answers += [[{**LIVE, "name": "job:up:old"}]]
    report_live_rules("", rendered(*prometheus()), seconds=0)
    first, *others = capsys.readouterr().out.splitlines()
    assert first == "live rules of Prometheus: 2 differences from the 1 that were compiled"
    assert others == [
        "!! Prometheus: group 'shop': record job:up:sum: was compiled and is not evaluated; look at the events of its "
        "object and at the log of the ruler",
        "!! Prometheus: group 'shop': record job:up:old: is evaluated and was not compiled; remove it, or add it to "
        "the rules: sum by (job) (up)",
    ]


def test_a_rule_that_cannot_be_evaluated_fails_the_command(answers: list[Any]) -> None:
    answers += [[{**LIVE, "health": "err", "lastError": "found duplicate series"}]]
    with pytest.raises(FailingRulesError, match=r"(?s)the stack is deployed, .*job:up:sum: cannot be .*duplicate"):
        report_live_rules("", rendered(*prometheus()), seconds=0)


def test_a_ruler_behind_a_login_is_not_compared(answers: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    answers += ["Client sent an HTTP request to an HTTPS server."]
    report_live_rules("", rendered(*prometheus()))
    said = capsys.readouterr().out
    assert said.startswith("live rules of Prometheus not compared: it does not answer a request without TLS and login")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        ("", "pod is not running"),
        (
            "observability-sandbox",
            "the nodes of the sandbox run no containers; make rehearse SANDBOX=1 has one of them fire beside it",
        ),
    ],
)
def test_a_ruler_without_a_pod_is_not_compared(
    context: str, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unreachable(*_: Any) -> Any:
        raise UnreachableClusterError("pod is not running")

    monkeypatch.setattr(live_alerting, "forwarded_port", unreachable)
    report_live_rules(context, rendered(*prometheus()))
    assert capsys.readouterr().out == f"live rules of Prometheus not compared: {reason}\n"


def existing(url: str) -> Rendering:
    """Return a stack with rule files for a Prometheus at a URL."""
    held = config_map("alerting-rules", RULES)
    held["metadata"]["labels"] = {"prometheus_rule": ""}
    stated = {"namespace": "apps", "existing_prometheus": True, "rules_as": "config-maps"}
    return replace(rendered(held), exports={"metrics": {"query": url}}, alerting=AlertingSpec.model_validate(stated))


@pytest.mark.parametrize(
    ("url", "workload", "port", "path"),
    [
        ("http://prometheus-server.prometheus", "service/prometheus-server", 80, "/api/v1/rules"),
        ("http://mimir.metrics.svc:8080/prometheus/", "service/mimir", 8080, "/prometheus/api/v1/rules"),
    ],
)
def test_an_existing_prometheus_of_the_cluster_is_asked_through_its_service(
    url: str, workload: str, port: int, path: str
) -> None:
    (ruler,) = rulers_of(existing(url))
    assert (ruler.workload, ruler.port, ruler.path, ruler.url) == (workload, port, path, "")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "metrics.query_url is not set"),
        ("https://prometheus.metrics:9090", "its URL is one of the cluster, with TLS"),
        ("http://127.0.0.1:1", "it does not answer a request without TLS and login"),
    ],
)
def test_an_existing_prometheus_that_cannot_be_asked_is_named_once(
    url: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report_live_rules("", existing(url))
    said = capsys.readouterr().out
    assert said.startswith(f"live rules of the existing Prometheus not compared: {reason}") and said.count("\n") == 1


def test_an_existing_prometheus_may_evaluate_other_groups_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {"name": "others", "rules": [{**LIVE, "name": "a:b:c"}]}
    groups: list[Any] = [other]
    with target(lambda: json.dumps({"data": {"groups": groups}})) as address:
        report_live_rules("", existing(f"http://{address}"))
        assert capsys.readouterr().out == (
            "live rules of the existing Prometheus not compared: it evaluates none of the 1 that were compiled, and "
            "has to load them first\n"
        )
        groups.append({"name": "shop", "rules": [LIVE]})
        report_live_rules("", existing(f"http://{address}"))
        assert capsys.readouterr().out == "live rules of the existing Prometheus: as the 1 that were compiled\n"
        groups[1] = {"name": "shop", "rules": [{**LIVE, "query": "sum(up)"}, {**LIVE, "name": "old"}]}
        report_live_rules("", existing(f"http://{address}"), seconds=0)
        assert "2 differences from the 1" in capsys.readouterr().out


def test_an_existing_prometheus_is_asked_with_the_login_of_the_stack(capsys: pytest.CaptureFixture[str]) -> None:
    groups = [{"name": "shop", "rules": [LIVE]}]
    asked: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Authorization"))
            body = json.dumps({"data": {"groups": groups}}).encode()
            self.send_response(200 if asked[-1] == "Bearer t" else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server, running(server):
        url = f"http://127.0.0.1:{server.server_port}"
        report_live_rules("", existing(url), client=lambda: StoreClient({"Authorization": "Bearer t"}))
        assert capsys.readouterr().out == "live rules of the existing Prometheus: as the 1 that were compiled\n"
        report_live_rules("", existing(url), client=lambda: StoreClient({"Authorization": "Bearer x"}))
        assert "not compared: it answers 401 to a request with metrics.client" in capsys.readouterr().out
    assert asked == ["Bearer t", "Bearer x"]


def test_a_login_that_only_pods_have_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def unusable() -> StoreClient:
        raise UnusableLoginError("its requests are signed")

    report_live_rules("", existing("https://metrics.example.org"), client=unusable)
    assert "not compared: its login cannot be used here: its requests are signed" in capsys.readouterr().out


def test_a_stack_without_rules_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    report_live_rules("", rendered(stateful_set("loki", "-target=all")))
    assert capsys.readouterr().out == ""
