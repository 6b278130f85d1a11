"""The laptop's stack through the real engine on a real API server: deployed, changed, broken, recovered, removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.handle import Sandbox
from tests.e2e.alerting.idle import idle
from tests.e2e.alerting.stack import short_of
from tests.e2e.conftest import Eventually
from tests.e2e.platform import Platform
from tests.installed_tools import require

pytestmark = pytest.mark.e2e

ALLOY_CONFIG = "/api/v1/namespaces/telemetry/configmaps/collectors-config"
GENERATOR = "/apis/apps/v1/namespaces/demo/deployments/telemetry-generator"
NO_SUCH_IMAGE = {"observability:telemetry": {"values": {"image": {"tag": "does-not-exist"}}}}


@pytest.fixture(scope="module")
def _platform(tmp_path_factory: pytest.TempPathFactory, empty_sandbox: Sandbox) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("dev"), empty_sandbox, "dev")
    yield platform
    platform.end()


@pytest.fixture
def platform(_platform: Platform) -> Platform:
    """The stack `dev`, deployed as committed; what a test deploys in its place is undone for the next."""
    _platform.deployed()
    return _platform


@pytest.fixture
def running(_platform: Platform) -> Platform:
    """The stack `dev`, deployed with the settings of the test before."""
    if not _platform.is_up:
        _platform.deployed()
    return _platform


def test_a_deployed_platform_runs_whole(platform: Platform) -> None:
    pods = platform.sandbox.get("/api/v1/pods")["items"]
    ready = {pod["metadata"]["namespace"] for pod in pods if pod["status"]["phase"] == "Running"}
    assert ready == platform.namespaces(), "every namespace of the stack has a running pod"
    phases = {pod["status"]["phase"] for pod in pods if pod["metadata"]["ownerReferences"][0]["kind"] != "Job"}
    assert phases == {"Running"}
    assert {status for _, status in platform.helm_releases()} == {"deployed"}


def test_a_second_preview_expects_no_changes(platform: Platform) -> None:
    done = platform.checkout.deploy("preview", "dev", "--", "--expect-no-changes")
    assert done.exit_code == 0, done.output


def test_a_refresh_finds_what_was_edited_by_hand_and_an_up_puts_it_back_and_prints_its_target_and_needs(
    platform: Platform,
) -> None:
    platform.unsettle()
    config = platform.sandbox.get(ALLOY_CONFIG)["data"]["config.alloy"]
    edited = {"config.alloy": f"// by hand\n{config}"}
    platform.sandbox.api.apply(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "collectors-config", "namespace": "telemetry"},
            "data": edited,
        }
    )
    platform.sandbox.api.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {
                "name": "telemetry-generator",
                "namespace": "demo",
                "labels": {"app.kubernetes.io/managed-by": "hand"},
            },
        }
    )
    found = platform.pulumi("refresh", "--preview-only", "--expect-no-changes")
    assert found.exit_code != 0, "drift fails the check that a nightly run makes"
    drifted = {line.split()[2] for line in found.stdout.splitlines() if line.startswith(" ~ ") and "update" in line}
    assert drifted == {"telemetry-config", "demo-generator"}, found.output
    output = platform.up("--", "--refresh").stdout
    assert platform.sandbox.get(ALLOY_CONFIG)["data"]["config.alloy"] == config
    assert platform.sandbox.get(GENERATOR)["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "pulumi"
    assert f"target   observability-sandbox ({platform.sandbox.api.connection.server}, Kubernetes v" in output
    assert "GiB of 80 CPU, 320.0 GiB free" in output, "what the stack itself runs already counts as free"
    assert "volumes  StorageClass standard (the default)" in output
    assert "CRDs     none missing" in output
    assert f"state    {platform.checkout.environment['PULUMI_BACKEND_URL']}" in output
    (compared,) = [line for line in output.splitlines() if line.startswith("live rules")]
    assert compared.startswith("live rules of Prometheus not compared: the nodes of the sandbox run no containers")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(
            {"observability:retention": {"logs": "30d"}},
            {("update", "logging"), ("update", "logging-loki")},
            id="how-long-logs-are-kept",
        ),
        pytest.param(
            {"observability:telemetry": {"extra_labels": {"team": "payments"}}},
            {
                ("update", "telemetry"),
                ("update", "telemetry-config"),
                ("update", "telemetry-agents"),
                ("update", "datasources"),
            },
            id="a-label-of-every-line",
        ),
        pytest.param(
            {"observability:demo": {"enabled": False}},
            {("delete", name) for name in ("demo", "demo-generator", "demo-script", "demo-namespace")},
            id="no-demo",
        ),
    ],
)
def test_a_changed_setting_changes_what_it_is_about_and_nothing_else(
    platform: Platform, settings: dict[str, object], expected: set[tuple[str, str]]
) -> None:
    platform.checkout.configure("dev", settings)
    assert platform.checkout.changes("dev") == expected


def test_a_changed_configuration_is_updated_in_place_and_rolls_its_pods(platform: Platform) -> None:
    before = platform.sandbox.get(ALLOY_CONFIG)["metadata"]
    pods = _pods(platform, "telemetry", "alloy")
    platform.checkout.configure("dev", {"observability:telemetry": {"extra_labels": {"team": "payments"}}})
    platform.up()
    after = platform.sandbox.get(ALLOY_CONFIG)
    assert after["metadata"]["uid"] == before["uid"], "the ConfigMap is the same object"
    assert "payments" in after["data"]["config.alloy"]
    assert not pods & _pods(platform, "telemetry", "alloy"), "every collector was started with the new configuration"


def test_an_up_that_was_killed_is_recovered_and_run_again(running: Platform, eventually: Eventually) -> None:
    running.checkout.configure("dev", NO_SUCH_IMAGE)
    cut_off = ("alloy", "pending-upgrade")
    running.up_cut_off_when(lambda: cut_off in running.helm_releases(), eventually)
    running.checkout.restore("dev")

    refused = running.checkout.deploy("up", "dev")
    assert refused.exit_code == 1
    assert "make recover STACK=dev" in refused.stderr, "the lock is told of with its way out"

    recovered = running.checkout.deploy("recover", "dev")
    assert recovered.exit_code == 0, recovered.output
    for leftover in ("lock of process", "operation updating telemetry-agents", "Helm release telemetry/alloy"):
        assert leftover in recovered.stdout
    assert "pending-upgrade" not in {status for _, status in running.helm_releases()}

    running.up()
    assert {("alloy", "deployed")} <= running.helm_releases()
    assert not running.checkout.changes("dev"), "nothing is left of the interruption"


def test_recovering_where_nothing_is_wrong_changes_nothing(platform: Platform) -> None:
    before = platform.pulumi("stack", "export").stdout
    done = platform.checkout.deploy("recover", "dev")
    assert done.exit_code == 0, done.output
    assert "nothing to recover" in done.stdout
    assert platform.pulumi("stack", "export").stdout == before


def test_an_edited_schema_entry_is_refused_at_preview(platform: Platform) -> None:
    edited = [{"from": "2024-01-01", "index_prefix": "renamed_"}]
    platform.checkout.configure("dev", {"observability:logging": {"schema_entries": edited}})
    done = platform.checkout.deploy("preview", "dev")
    assert done.exit_code != 0
    assert "logging-loki: the applied state forbids 1 change" in done.output
    assert "schema_entries.0 (from 2024-01-01): must not be edited once applied" in done.output
    assert "restore store tsdb, object_store s3, schema v13, index index_ 24h" in done.output


def test_a_schema_entry_appended_for_the_future_passes(platform: Platform) -> None:
    entries = [{"from": "2024-01-01"}, {"from": "2099-01-01", "index_prefix": "later_"}]
    platform.checkout.configure("dev", {"observability:logging": {"schema_entries": entries}})
    assert platform.checkout.changes("dev") == {("update", "logging"), ("update", "logging-loki")}


def test_an_up_refuses_a_value_that_the_chart_does_not_know(platform: Platform) -> None:
    platform.checkout.configure("dev", {"observability:logging": {"values": {"chunkCache": {"enabled": True}}}})
    done = platform.checkout.deploy("up", "dev")
    assert done.exit_code == 1, done.output
    assert "violation of the contract: release logging/loki: values.chunkCache: unknown value" in done.output
    assert "nothing was changed" in done.output and "Updating" not in done.output


def test_alerting_that_is_wrong_leaves_the_rules_that_run(platform: Platform) -> None:
    def rules() -> dict[str, str]:
        found = platform.sandbox.get("/apis/monitoring.coreos.com/v1/prometheusrules")["items"]
        return {item["metadata"]["name"]: item["metadata"]["resourceVersion"] for item in found}

    before = rules()
    assert "alerting-rules" in before
    dead = {"groups": [{"name": "shop", "rules": [{"record": "shop:nodes:sum", "expr": 'sum(up{job="node"})'}]}]}
    changed = {"alerts": {"HighCPU": {"threshold": 0.9}}, "rules": {"shop.yaml": dead}}
    platform.checkout.configure("dev", {"observability:alerting": changed})
    done = platform.checkout.deploy("up", "dev")
    assert done.exit_code == 1, done.output
    assert "rule 1 (shop:nodes:sum)" in done.output and "job = node: must be a value of the label" in done.output
    assert "nothing was created or changed" in done.output
    assert rules() == before


def test_the_stand_ins_refuse_every_other_cluster(platform: Platform) -> None:
    elsewhere = platform.checkout.root.parent / "elsewhere"
    elsewhere.write_text(platform.sandbox.kubeconfig.read_text().replace("observability-sandbox", "somewhere-else"))
    for command in ("up", "destroy"):
        done = platform.checkout.run(
            *platform.checkout.deploy_command(command, "dev"),
            KUBECONFIG=str(elsewhere),
            OBSERVABILITY_PROVIDERS="stand-in",
        )
        assert done.exit_code == 1, done.output
        assert "context = somewhere-else: must be the sandbox without provider plugins" in done.stderr
        assert "pulumi plugin install resource kubernetes" in done.stderr


def test_nobody_is_paged_while_nobody_uses_it_and_no_alert_waits_for_series_in_vain(
    platform: Platform, tmp_path: Path
) -> None:
    require("prometheus", "alertmanager", "loki", "node_exporter", "kube-state-metrics", "operator")
    with idle(platform.sandbox, tmp_path) as found:
        found.stack.wait_until(lambda: not short_of(found.stack, found.groups), "evaluations of ten minutes")
        assert found.paged == {("heartbeat", "Watchdog", "none")}
        assert found.waiting() == [], "alerts that fire or will, as their expression holds"
        assert found.failing() == [], "rules whose evaluation fails"
        assert found.without_series() == set()


def test_a_destroy_leaves_nothing_and_can_be_run_again(platform: Platform) -> None:
    platform.destroy()
    assert platform.leftovers() == []
    again = platform.destroy()
    assert "nothing: no resource is protected" in again.stdout


def _pods(platform: Platform, namespace: str, application: str = "") -> set[str]:
    selector = f"?labelSelector=app.kubernetes.io/name%3D{application}" if application else ""
    pods = platform.sandbox.get(f"/api/v1/namespaces/{namespace}/pods{selector}")["items"]
    return {pod["metadata"]["uid"] for pod in pods}
