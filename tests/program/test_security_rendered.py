"""Stacks with TLS and authentication, rendered whole and checked against the contract.

Charts are taken from `OBSERVABILITY_CHARTS`, from their repositories where those can be reached, and else from this
project's stand-ins.
"""

import re
from typing import Any

import pytest

from components.charts import ALLOY, LOKI
from components.tracing.modes import TEMPO_2_VERSIONS
from tests.checkout import ROOT
from tests.installed_tools import require
from tools.contract import check
from tools.contract.pods import pods_of
from tools.program.stacks import configured_program
from tools.render import Rendering
from tools.render.stack import render_program

BY_MANAGER = {"tls": "cert-manager", "issuer": {"name": "ca"}}
TEAMS = {"tenants": ["ops", "team-a"]}
STACKS: dict[str, dict[str, Any]] = {
    "mtls": {"security": {**BY_MANAGER, "authentication": "mtls", "receiver_tls": True}},
    "basic-and-tenants": {
        "security": {**BY_MANAGER, "authentication": "basic"},
        "logging": TEAMS,
        "tracing": {"mode": "distributed"},
        "telemetry": {"logs_tenant": "ops", "namespace_tenants": {"shop": "team-a"}},
    },
    "years-of-metrics": {
        "security": {**BY_MANAGER, "authentication": "basic"},
        "tracing": {"mode": "distributed"},
        "metrics": {"replicas": 2, "long_term": {"replicas": 2, "ruler": True, "receive": True}},
    },
    "older-charts": {
        "security": {"tls": "existing", "authentication": "basic"},
        "logging": {**TEAMS, "chart_version": LOKI.versions[-1]},
        "tracing": {"mode": "distributed", "chart_version": TEMPO_2_VERSIONS[-1]},
        "telemetry": {"logs_tenant": "ops", "chart_version": ALLOY.versions[-1]},
    },
}


@pytest.fixture(scope="module", params=STACKS)
def rendering(request: pytest.FixtureRequest) -> Rendering:
    require("helm")
    name: str = request.param
    return render_program(configured_program(ROOT, {"cluster": {"name": "test"}, **STACKS[name]}), name)


def test_the_contract_is_kept_and_no_generated_login_is_outside_of_secrets(rendering: Rendering) -> None:
    if rendering.stack != "mtls":
        assert len([secret for secret in rendering.secrets if "login" in secret]) >= 2, "there is one to look for"
    assert [str(finding) for finding in check(rendering).findings] == []


def test_every_pod_that_reads_a_secret_has_it_in_its_namespace(rendering: Rendering) -> None:
    if any(release.stand_in for release in rendering.releases):
        pytest.skip("stand-in charts mount no Secrets")
    there = {(item.namespace, item.name) for item in rendering.objects if item.kind in ("Secret", "Certificate")}
    read = {
        (pod.owner.namespace, found)
        for pod in pods_of(rendering.objects)
        for volume in pod.spec.get("volumes") or []
        for found in [volume.get("secret", {}).get("secretName", "")]
        if re.search(r"-(tls|logins?)$", found)
    }
    expected = {name for _, name in read if name.endswith("-tls")}
    assert expected >= {"loki-tls", "tempo-tls", "alloy-tls", "grafana-tls", "prometheus-tls"}
    assert ("thanos-tls" in expected) == (rendering.stack == "years-of-metrics")
    made = read if rendering.stack != "older-charts" else {each for each in read if not each[1].endswith("-tls")}
    assert made and made <= there
