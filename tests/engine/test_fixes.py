"""Every command that is printed for a wrong setting is run as it is: Pulumi takes it, and less is wrong after it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.charts import TEMPO
from config import SettingsError
from tests.checkout import Checkout
from tests.installed_tools import ENGINE, require
from tools.program.stacks import with_settings
from tools.stackfile import read_stack_file

pytestmark = pytest.mark.engine

WRONG: dict[str, Any] = {
    "observability:cluster": {"name": "Not A Name", "dns_resolver": "Kube DNS", "environment": "productoin"},
    "observability:retention": {"logs": "3x", "metrics": "1 day"},
    "observability:logging": {
        "replicas": "many",
        "tenants": "team-a",
        "schema_entries": [{"from": "yesterday"}, {"from": "2025-01-01", "store": "tsdb", "sort": 1}],
        "workloads": {"query-frontend": {"cpu": "lots"}},
        "limits": {"ingestion_rate_mb": -1},
        "chart_version": "7.0.0",
        "values": {"loki": {"storage": {"s3": {"secretAccessKey": "hunter2"}}}},
    },
    "observability:tracing": {"replicas": 2, "kafka_address": "broker"},
    "observability:storage": {
        "kind": "aws",
        "account_id": 42,
        "shared_bucket": "My_Bucket",
        "prefixes": {"metrics": "m"},
        "identity": "irsa",
    },
    "observability:telemetry": {"extra_labels": {"bad-label": "x"}, "namespace_tenants": {"Bad NS": "team-a"}},
    "observability:metrics": {"kind": "external", "otlp_url": "prometheus"},
    "observability:ingress": {"kind": "traefik", "auth_middleware": {"nam": "x", "namespace": "traefik"}},
    "observability:grafana": {"admin": {"secret": "grafana"}, "volume_size": "big"},
    "observability:demo": "yes",
    "observability:charts": {"directory": "/no/such/charts"},
    "observability:loging": {"replicas": 3},
    "aws:profile": "me",
}
KNOWN = {
    "<account_id>": "123456789012",
    "<context>": "prod-eu1",
    "<domain>": "obs.example.org",
    "<key>": "password",
    "<name>": "observability",
    "<oidc_issuer>": "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
    "<query_url>": "http://prometheus.metrics:9090",
    "<region>": "eu-west-1",
    "<remote_write_url>": "http://prometheus.metrics:9090/api/v1/write",
    "<shared_bucket>": "acme-observability",
}
"""What a user would put in place of each placeholder."""
PLACEHOLDER = re.compile(r"<[\w-]+>")
COUNT = re.compile(r"the settings of stack dev have (\d+) problems?; nothing was created or changed")
COMMAND = re.compile(r"^ +(pulumi config .*)$", re.MULTILINE)


@pytest.fixture
def checkout(tmp_path: Any) -> Checkout:
    """A copy of the project whose stack dev is known to Pulumi."""
    require(*ENGINE)
    copy = Checkout(tmp_path)
    done = copy.run("pulumi", "stack", "init", "dev")
    assert done.exit_code == 0, done.output
    return copy


def report(checkout: Checkout) -> str:
    """Return what is wrong in the settings, as every command reports it; empty where nothing is."""
    try:
        with_settings(read_stack_file(checkout.root, "dev").config, "dev", lambda settings, _: settings)
    except SettingsError as error:
        return str(error)
    return ""


def problems(message: str) -> tuple[int, list[str]]:
    """Return the number of problems in a report, and the commands that are printed for them."""
    assert "Traceback" not in message and "hunter2" not in message
    counted = COUNT.search(message)
    return (int(counted[1]), [command.strip() for command in COMMAND.findall(message)]) if counted else (0, [])


def filled(command: str) -> str:
    """Return a command with what the user knows in place of its placeholders."""
    return PLACEHOLDER.sub(lambda found: KNOWN[found[0]], command)


def run(checkout: Checkout, command: str) -> None:
    assert command.endswith(" --stack dev")
    done = checkout.run("sh", "-c", command)
    assert done.exit_code == 0, f"{command}\n{done.output}"


def test_the_printed_commands_are_taken_by_pulumi_and_lead_to_a_stack_that_previews(checkout: Checkout) -> None:
    checkout.configure("dev", {key: None for key in checkout.settings("dev")} | WRONG)
    left, commands = problems(report(checkout))
    assert left >= 25 and len(commands) >= left, "all kinds of problems are one report"
    assert problems(checkout.deploy("preview", "dev").output) == (left, commands)
    rounds = 0
    while left:
        for command in commands:
            run(checkout, filled(command))
        before, (left, commands) = left, problems(report(checkout))
        assert left < before, commands
        rounds += 1
    assert rounds <= 3
    done = checkout.deploy("preview", "dev")
    assert done.exit_code == 0, done.output


def test_a_command_with_a_placeholder_leaves_an_error_that_names_it_until_it_is_filled(checkout: Checkout) -> None:
    wrong = {"observability:storage": {"kind": "aws", "shared_bucket": "acme-observability"}}
    checkout.configure("dev", {key: None for key in checkout.settings("dev")} | wrong)
    left, commands = problems(report(checkout))
    assert left == len(commands) == 2
    for command in commands:
        assert PLACEHOLDER.search(command)
        run(checkout, command)
    message = report(checkout)
    assert 'observability:storage.account_id = "<account_id>": is a placeholder' in message
    assert 'aws:region = "<region>": is a placeholder' in message
    assert problems(message) == (left, commands), "the same commands, to be filled"
    for command in commands:
        run(checkout, filled(command))
    assert report(checkout) == ""


def test_values_of_the_wrong_type_and_in_the_wrong_place_are_corrected_by_what_is_printed(checkout: Checkout) -> None:
    wrong = {
        "observability:logging.replicas": 3,
        "observability:grafana": {"enabled": "no"},
        "observability:ingress": {"entry_points": "internet"},
        "observability:tracing": {"volume_size": 20, "chart_version": 2.2},
        "observability:metrics": {"volume_size": "8"},
        "observability:storage": {"kind": "AWS", "account_id": "123456789012", "shared_bucket": "acme"},
    }
    checkout.configure("dev", {key: None for key in checkout.settings("dev")} | wrong | {"aws:region": "eu-west-1"})
    left, commands = problems(report(checkout))
    assert left >= 7
    for command in commands:
        run(checkout, command)
    settings = checkout.settings("dev")
    assert "observability:logging.replicas" not in settings
    assert settings["observability:logging"]["replicas"] == 3
    assert settings["observability:grafana"]["enabled"] is False
    assert settings["observability:ingress"]["entry_points"] == ["internet"]
    assert settings["observability:tracing"] == {"volume_size": "20Gi", "chart_version": TEMPO.default_version}
    assert settings["observability:metrics"]["volume_size"] == "8Gi"
    assert settings["observability:storage"]["kind"] == "aws"
