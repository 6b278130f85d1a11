"""Every rule of a stack declares each setting that it reads, as it is skipped where one of them is wrong."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import combinations
from typing import Any

import pytest
import yaml

from components._model import StrictModel
from config.rule import Rule, reads_of
from config.settings import AREAS, Settings
from config.source import Source
from config.stack import load
from config.stack_rules import RULES
from tests.checkout import ROOT
from tests.unit.config.stacks import AWS, COLLECTORS_ONLY, EXTERNAL, EXTERNAL_LOGS, EXTERNAL_METRICS, PRODUCTION

SECRETS = {
    f"{purpose}_{key}": "given" for purpose in ("logs", "traces") for key in ("access_key_id", "secret_access_key")
}
READ: set[str] = set()
"""The settings that were read."""
READ_AS_A_WHOLE = {"configured_secrets": "secrets", "aws_region": "aws:region"}
"""What `Settings` holds beside areas, as rules declare it."""


@cache
def recording(area: str, model: type[StrictModel]) -> type[StrictModel]:
    """Return the model of an area whose objects note in `READ` each setting that is read, also by a property."""

    class Recording(model):  # type: ignore[misc, valid-type]
        def __getattribute__(self, name: str) -> Any:
            if name in model.model_fields:
                READ.add(f"{area}.{name}")
            return super().__getattribute__(name)

        @property
        def model_fields_set(self) -> Any:
            return ReadNames(area, super().model_fields_set)

    return Recording


class ReadNames:
    """The names of the settings that are stated; all of them are read where it is asked whether there are any."""

    def __init__(self, area: str, names: set[str]) -> None:
        self._area, self._names = area, names

    def __contains__(self, name: str) -> bool:
        READ.add(f"{self._area}.{name}")
        return name in self._names

    def __len__(self) -> int:
        READ.add(self._area)
        return len(self._names)


class ReadSettings:
    """Settings that note in `READ` what is read of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._areas = {
            name: recording(name, type(area)).model_construct(area.model_fields_set, **dict(area))
            for name, area in vars(settings).items()
            if isinstance(area, StrictModel)
        }

    def __getattr__(self, name: str) -> Any:
        if name in self._areas:
            return self._areas[name]
        if name in vars(self._settings):
            READ.add(READ_AS_A_WHOLE.get(name, name))
        return getattr(self._settings, name)


def undeclared(rule: Rule, settings: ReadSettings) -> set[str]:
    READ.clear()
    list(rule(settings))  # type: ignore[arg-type]
    declared = set(reads_of(rule))
    return {read for read in READ if read not in declared and read.partition(".")[0] not in declared}


def settings_of(name: str, areas: Mapping[str, Any]) -> Settings:
    """Return settings whether or not a rule refuses them."""
    found: list[Settings] = []

    def keep(settings: Settings) -> list[Any]:
        found.append(settings)
        return []

    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in areas.items()}
    refused = Source(name, texts, frozenset(SECRETS) | {"ui_users"}, "eu-west-1")
    try:
        load(refused, keep)
    except Exception as error:
        assert type(error).__name__ == "SettingsError"
    return found[0]


def committed() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted(ROOT.glob("Pulumi.*.yaml")):
        config = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
        areas = {key.partition(":")[2]: value for key, value in config.items() if key.startswith("observability:")}
        yield path.name.split(".")[1], {key: value for key, value in areas.items() if key in AREAS}


MIDDLEWARE = {"name": "login", "namespace": "traefik"}
LOGINS = {"collectors": "a", "grafana": "g", "tempo": "t"}
BASIC = {"tls": "existing", "authentication": "basic"}
CHOICES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "cluster": (
        {},
        {"environment": "production"},
        {"service_monitor_labels": {"a": "b"}, "existing_namespaces": ["apps"], "kubernetes_version": "1.28"},
    ),
    "storage": (
        {"kind": "filesystem"},
        {"kind": "minio", "buckets": {"logs": "chunks"}},
        {**AWS, "protect": False},
        {**EXTERNAL, "prefixes": {"logs": "l", "m": "m"}, "credentials": {"logs": "l", "m": "m"}},
        {"replicas": 3},
    ),
    "metrics": (
        {},
        {"replicas": 2, "long_term": {"receive": True}},
        {"namespace_limits": {"logging": {"samples_per_target": 500}}},
        {"replicas": 2, "native_histograms": False},
        EXTERNAL_METRICS,
        {"kind": "external", "provision_datasource": True},
        {"kind": "external"},
        {
            "kind": "none",
            "provision_datasource": True,
            "memory": "2Gi",
            "otlp_url": "http://p:9090/otlp",
            "client": {"tenant": "a"},
        },
    ),
    "alerting": (
        {},
        {"owner": "sre"},
        {"alertmanager_url": "http://alertmanager:9093", "alertmanager": {"replicas": 2}},
        {"receivers": {"pager": {"kind": "webhook", "url": "https://pager.example.org"}}},
    ),
    "logging": (
        {"tenants": ["a", "b"], "replicas": 1, "workloads": {"loki": {"replicas": 1}}},
        {"mode": "distributed", "tenants": ["a"], "tenants_secret": "s", "traces_endpoint": "http://a.telemetry:4318"},
        EXTERNAL_LOGS,
        {"kind": "external"},
        {"url": "https://loki.example.org", "client": {}, "provision_datasource": False},
    ),
    "tracing": (
        {},
        {"mode": "distributed"},
        {"kind": "external", "otlp_endpoint": "tempo.example.org:4317", "query_url": "https://tempo.example.org"},
        {"kind": "external", "provision_datasource": True},
        {"kind": "external"},
        {"otlp_endpoint": "t:4317", "query_url": "https://t", "client": {}, "provision_datasource": False},
    ),
    "security": (
        {"tls": "cert-manager"},
        {"issuer": {"name": "ca"}, "certificates": {}, "metrics_namespaces": ["m"], "logins": LOGINS},
        {"receiver_tls": True, "authentication": "mtls"},
        {**BASIC, "receiver_tls": True, "logins": {**LOGINS, "loki": "l"}},
        {**BASIC, "tls": "none", "logins": LOGINS},
        {**BASIC, "logins": {**LOGINS, "generator": "m", "prometheus": "p"}},
    ),
    "rest": (
        {
            "load": {"query_factor": 2},
            "alerting": {
                "repeat_interval": "7d",
                "application_metrics": {"orders_seconds": {"type": "native-histogram"}},
            },
            "caching": {"thanos_namespace": "m"},
            "demo": {"namespace": "shop"},
            "grafana": {"native_sidecars": True},
            "probes": {"targets": {"shop": {"address": "https://shop.example.org"}}},
        },
        {
            "load": {"active_streams": 5, "scrape_interval": "0s"},
            "caching": {"kind": "valkey", "thanos_namespace": "monitoring"},
            "demo": {"enabled": True},
            "grafana": {"enabled": False, "volume_size": "9Gi"},
            "ingress": {"kind": "traefik", "auth_middleware": MIDDLEWARE},
            "charts": {"directory": "/nope"},
        },
        {"caching": {"kind": "valkey"}},
        {"ingress": {"kind": "traefik"}, "telemetry": {"logs_tenant": "c", "namespace_tenants": {"shop": "b"}}},
    ),
}
"""What decides which way a rule takes; every two of them are combined."""


def stacks() -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from committed()
    yield "production", PRODUCTION
    yield "collectors-only", {**COLLECTORS_ONLY, "security": {"tls": "existing", "authentication": "mtls"}}
    secrets = {**SECRETS, "ui_users": "alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="}
    usual = {area: choices[0] for area, choices in CHOICES.items()}
    choices = [(area, choice) for area in CHOICES for choice in CHOICES[area]]
    for number, pair in enumerate(combinations(choices, 2)):
        areas = {**usual, **dict(pair)}
        rest = areas.pop("rest")
        yield f"chosen-{number}", {**areas, **rest, **(secrets if number % 3 == 0 else {})}


@pytest.fixture(scope="module")
def examples() -> list[ReadSettings]:
    return [ReadSettings(settings_of(name, areas)) for name, areas in stacks()]


def name_of(rule: Callable[..., Any]) -> str:
    return f"{rule.__name__} {reads_of(rule)[-1]}"


def test_every_rule_that_a_module_declares_is_checked() -> None:
    modules = (import_module(f"config.{path.stem}") for path in (ROOT / "config").glob("*.py") if path.stem != "rule")
    declared = {value for module in modules for value in vars(module).values() if hasattr(value, "reads")}
    assert declared and declared <= set(RULES)


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_a_rule_declares_every_setting_that_it_reads(rule: Rule, examples: list[ReadSettings]) -> None:
    assert {read for settings in examples for read in undeclared(rule, settings)} == set()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.__name__ != "setting_is_used"], ids=name_of)
def test_the_examples_break_every_rule_but_those_that_are_made_for_each_setting(
    rule: Rule, examples: list[Settings]
) -> None:
    assert any(list(rule(settings)) for settings in examples)
