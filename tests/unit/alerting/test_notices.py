"""What a preview says of rules and routes that others load."""

from typing import Any

import pytest

from components.alerting.notices import notices
from components.alerting.rule_objects import rule_objects
from components.alerting.spec import AlertingSpec
from tests import shop_alerting

FILES = {"existing_prometheus": True, "rules_as": "config-maps"}


def spec_of(**args: Any) -> AlertingSpec:
    stated = {"namespace": "rules", "local_retention": "31d", **shop_alerting.SETTINGS, **args}
    return AlertingSpec.check("Alerting", stated)


def test_rules_of_the_stacks_own_prometheus_need_no_words() -> None:
    assert list(notices(spec_of())) == []


def test_files_and_the_secret_are_named_with_their_places() -> None:
    spec = spec_of(**FILES)
    (of_rules, of_routes) = notices(spec)
    count = sum(len(group.rules) for group in spec.compiled.groups)
    assert of_rules.startswith(f"{count} rules on metrics are in ConfigMap rules/alerting-rules: ")
    assert "rule_files has /etc/prometheus/rules/*.yaml" in of_rules and "label prometheus_rule" in of_rules
    assert "Secret rules/alertmanager-config: Alertmanager must mount it at /etc/alertmanager/config" in of_routes
    assert "Secret pager at /etc/alertmanager/secrets/pager" in of_routes


def test_objects_of_an_operator_are_selected() -> None:
    of_rules, *_ = notices(spec_of(existing_prometheus=True))
    assert "in PrometheusRule rules/alerting-rules: a Prometheus of the operator" in of_rules


def test_several_objects_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.alerting.notices.rule_objects", lambda groups: rule_objects(groups, 20_000))
    of_rules, *_ = notices(spec_of(**FILES))
    assert "in ConfigMaps rules/alerting-rules, rules/alerting-rules-1" in of_rules


def test_an_alertmanager_that_exists_is_named() -> None:
    stated = {name: value for name, value in shop_alerting.SETTINGS.items() if name not in shop_alerting.NOTIFICATIONS}
    url = "http://alertmanager.example.org:9093"
    args = {"namespace": "rules", "local_retention": "31d", **stated, **FILES, "alertmanager_url": url}
    _, of_alerts = notices(AlertingSpec.check("Alerting", args))
    assert of_alerts.startswith(f"Prometheus must send alerts to {url}")


def test_a_window_that_was_not_compared_is_said() -> None:
    *_, of_windows = notices(spec_of(**FILES, local_retention=""))
    assert of_windows.startswith("windows of objectives were not compared") and "(retention.metrics)" in of_windows
