"""Every committed stack, previewed by the real engine as `make preview` does: whole, and silent about secrets."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.checkout import ROOT, Checkout, Done
from tests.installed_tools import ENGINE, require
from tools.deploy.__main__ import main as deploy

pytestmark = pytest.mark.engine

STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
NAMESPACES = {
    "agent": ["telemetry"],
    "dev": ["demo", "logging", "monitoring", "storage", "telemetry", "tracing"],
    "distributed": ["alloy", "grafana", "loki", "minio", "monitoring", "tracing"],
    "docker": ["telemetry"],
    "eks": ["grafana", "logging", "monitoring", "telemetry", "tracing"],
    "microservices": ["caching", "grafana", "logging", "minio", "monitoring", "telemetry", "tracing"],
    "minimal": ["demo", "telemetry"],
    "onprem": ["logging", "telemetry", "tracing"],
}
COLLECTORS_ONLY = ("agent", "docker")
OUTPUTS = {"buckets", "logs", "traces", "metrics", "otlp", "datasources", "ui"}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A copy of the project without a cluster."""
    require(*ENGINE)
    return Checkout(tmp_path)


@pytest.mark.parametrize("stack", STACKS)
def test_a_preview_creates_the_whole_platform(stack: str, checkout: Checkout) -> None:
    done = checkout.deploy("preview", stack, "--", "--json")
    assert done.exit_code == 0, done.output
    preview = json.loads(done.stdout)
    created = Counter(step["newState"]["type"] for step in preview["steps"])
    assert set(preview["changeSummary"]) == {"create"}, "nothing is there yet"
    has_stores = stack not in COLLECTORS_ONLY
    for component in ("Logging", "Tracing", "Datasources"):
        assert created[f"observability:index:{component}"] == has_stores
    assert created["observability:index:Telemetry"] == 1
    releases = {inputs["name"] for inputs in _inputs(preview, ":Release")}
    collectors = {"minimal": {"otel-collector"}, "agent": {"alloy", "alloy-singleton"}}.get(stack, {"alloy"})
    assert collectors | ({"loki", "tempo"} if has_stores else set()) <= releases
    namespaces = [inputs["metadata"]["name"] for inputs in _inputs(preview, "/v1:Namespace")]
    assert sorted(namespaces) == NAMESPACES[stack], "each namespace is made once"
    assert (created["random:index/randomPassword:RandomPassword"] == 0) == (stack in ("onprem", *COLLECTORS_ONLY)), (
        "all it needs is given"
    )
    assert (created["aws:s3/bucket:Bucket"] > 0) == (stack == "eks"), "only eks is on AWS"
    assert not [step["urn"] for step in preview["steps"] if "::default_" in step["urn"]], "no default provider"
    assert not [secret for secret in _secrets(checkout, stack) if secret in done.output]


def test_a_preview_prints_every_address_and_changes_no_file(checkout: Checkout) -> None:
    before = _files(checkout.root)
    done = checkout.deploy("preview", "onprem")
    assert done.exit_code == 0, done.output
    assert set(_outputs(done.stdout)) == OUTPUTS
    assert _files(checkout.root) == before
    assert not [secret for secret in _secrets(checkout, "onprem") if secret in done.output]


def test_invalid_settings_are_reported_together_without_a_traceback_and_no_secret_among_them(
    checkout: Checkout,
) -> None:
    checkout.configure(
        "dev",
        {
            "observability:retention": {"logs": "ten days"},
            "observability:logging": {"replicas": 0, "mod": "monolithic"},
            "observability:grafana": {
                "admin_password": "hunter2hunter2",
                "values": {"adminPassword": "hunter2hunter2"},
            },
            "observability:tempo": {"replicas": 2},
            "observability:charts": {"directory": "/no/such/charts"},
            "observability:ingress": {"kind": "traefik", "domain": "obs.example.org"},
        },
    )
    checkout.run("pulumi", "stack", "init", "dev")
    secret = checkout.run(
        "pulumi", "config", "set", "--stack", "dev", "--secret", "observability:ui_users", "al:ice123"
    )
    assert secret.exit_code == 0, secret.output
    message = _error_block(checkout.deploy("preview", "dev"))
    counted = re.search(r"the settings of stack dev have (\d+) problems; nothing was created or changed", message)
    assert counted, message
    assert 'observability:retention.logs = "ten days"' in message
    assert "observability:logging.replicas = 0" in message
    assert 'observability:logging.mod = "monolithic": ' in message
    assert "observability:grafana.admin_password: " in message
    assert "observability:grafana.values.adminPassword" in message and "is a secret in plain text" in message
    assert "pulumi config rm --path observability:grafana.values.adminPassword" in message
    assert "observability:tempo" in message
    assert "/no/such/charts" in message
    assert "observability:ui_users = (hidden): line 1 " in message
    assert "hunter2hunter2" not in message and "ice123" not in message, (
        "a secret in the wrong place is not shown either"
    )
    assert message.count("pulumi config") >= int(counted[1]), "each problem comes with the command that fixes it"


def test_a_secret_within_an_object_is_refused_and_not_shown(checkout: Checkout) -> None:
    secure = checkout.settings("onprem")["observability:logs_secret_access_key"]
    checkout.configure("onprem", {"observability:grafana": {"domain": secure}})
    message = _error_block(checkout.deploy("preview", "onprem"))
    assert "observability:grafana: holds an encrypted value" in message
    for secret in _secrets(checkout, "onprem", "logs_secret_access_key"):
        assert secret not in message


def test_a_stack_file_that_is_no_yaml_is_one_sentence(checkout: Checkout) -> None:
    (checkout.root / "Pulumi.dev.yaml").write_text("config: [\n")
    for command in ("preview", "up", "destroy", "recover"):
        done = checkout.deploy(command, "dev")
        assert done.exit_code == 1
        assert done.stderr.startswith("error: Pulumi.dev.yaml, line 2: ")
        assert "Traceback" not in done.output


def test_an_unknown_stack_is_reported_with_the_known_ones(checkout: Checkout) -> None:
    done = checkout.deploy("preview", "prod")
    assert done.exit_code == 1
    assert done.stderr == (
        f"error: there is no stack 'prod' (Pulumi.prod.yaml): choose one with STACK=, there are {', '.join(STACKS)}\n"
    )


def test_an_up_without_a_cluster_is_one_sentence(checkout: Checkout, capfd: pytest.CaptureFixture[str]) -> None:
    for command in ("up", "destroy", "recover"):
        assert checkout.call(deploy, command, "--stack", "dev", "--yes") == 1
        errors = capfd.readouterr().err.splitlines()
        assert errors[-1].startswith("error: kubectl against context (the current one) failed: ")


def _inputs(preview: dict[str, Any], suffix: str) -> list[dict[str, Any]]:
    states = (step["newState"] for step in preview["steps"])
    return [state["inputs"] for state in states if state["type"].endswith(suffix)]


def _outputs(printed: str) -> dict[str, Any]:
    """Read the outputs as the engine prints them: without their braces they are YAML."""
    block = printed.partition("\nOutputs:\n")[2].partition("\nResources:\n")[0]
    lines = (line.removesuffix("{") for line in block.splitlines() if line.strip() != "}")
    return dict(yaml.safe_load("\n".join(lines)))


def _secrets(checkout: Checkout, stack: str, *names: str) -> list[str]:
    """The encrypted settings of a stack, decrypted."""
    done = checkout.run("pulumi", "config", "--stack", stack, "--show-secrets", "--json")
    assert done.exit_code == 0, done.output
    settings = json.loads(done.stdout)
    secrets = {name: entry["value"] for name, entry in settings.items() if entry["secret"]}
    return [value for name, value in secrets.items() if not names or name.partition(":")[2] in names]


def _error_block(done: Done) -> str:
    assert done.exit_code != 0, "the preview fails"
    assert "Traceback" not in done.output
    return done.output


def _files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in found if ".venv" not in path.parts}
