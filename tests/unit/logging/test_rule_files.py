"""Which files of rules are taken, and what is said of the others."""

from typing import Any

import pytest
import yaml

from components.logging.rule_files import file_problems
from components.logging.spec import LoggingSpec
from tests.fixes import refusal

from .examples import ALERT, BUCKET, IN_BUCKET, LAPTOP, RECORD, RULES, rule_file, spec_of


def messages(path: str, content: str, *tenants: str) -> list[str]:
    found = list(file_problems({path: content}, tenants))
    assert all(place == path for place, _ in found)
    return [message for _, message in found]


@pytest.mark.parametrize("content", [rule_file(ALERT, RECORD, interval="1m30s"), "groups: []\n"])
def test_a_file_as_prometheus_has_them_is_taken(content: str) -> None:
    assert messages("app.yaml", content) == []
    assert messages("team-a/app.yml", content, "team-a", "team-b") == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("groups: [", "app.yaml:2: must be valid YAML ("),
        ("- alert: A", "begin it with groups:"),
        ("namespace: x\ngroups: []", "begin it with groups:"),
        (yaml.safe_dump({"groups": [{"rules": [ALERT]}]}), "group 1 must have a name"),
        (yaml.safe_dump({"groups": [{"name": "g", "rules": [ALERT]}] * 2}), "has two groups 'g'"),
        (rule_file(), "group 'g': must have at least one rule"),
        (rule_file(ALERT, limits=3), "app.yaml:2: group 'g': has the unknown key limits; use"),
        (rule_file(ALERT, interval="often"), "group 'g': interval = \"often\": must be a duration"),
        (rule_file("alert"), "rule 1 must be a map"),
        (rule_file({**ALERT, "summary": "x"}), "rule 1 (ManyErrors): has the unknown key summary"),
        (rule_file({"expr": "1"}), "must have either alert or record"),
        (rule_file({**RECORD, "alert": "A"}), "must have either alert or record"),
        (rule_file({"alert": "A", "expr": " "}), "must have an expr"),
        (rule_file({"alert": "A"}), "must have an expr"),
        (rule_file({**RECORD, "for": "5m"}), "is a recording rule and must not have for"),
        (rule_file({**ALERT, "for": "5"}), 'for = "5": must be a duration'),
        (rule_file({**ALERT, "for": "30m1h"}), 'for = "30m1h": must be a duration'),
        (rule_file(ALERT, interval="1y"), 'interval = "1y": must be a duration'),
        ("groups: [{name: g, on: 1, rules: [{alert: A, expr: x}]}]", "has the key True, which YAML reads as true or"),
        (
            "groups: [{name: g, rules: [{alert: A, expr: x, labels: {a: 2020-13-41}}]}]",
            "must be valid YAML (month must",
        ),
        (rule_file({**ALERT, "labels": {"a": ["b"]}}), 'labels.a = ["b"]: must be text; write'),
    ],
)
def test_what_would_fail_in_a_pod_is_found_at_preview(content: str, sentence: str) -> None:
    (problem,) = messages("app.yaml", content)
    assert sentence in problem


@pytest.mark.parametrize(
    ("path", "tenants", "sentence"),
    [
        ("app.json", (), "the name must have letters"),
        ("team-a/app.yaml", (), "the name must have letters"),
        ("team-a/x/app.yaml", ("team-a",), "the name must have letters"),
        ("app.yaml", ("team-a",), "TENANT/FILE with one of tenants (team-a)"),
        ("team-c/app.yaml", ("team-a", "team-b"), "one of tenants (team-a, team-b)"),
    ],
)
def test_each_file_has_a_tenant_and_a_valid_name(path: str, tenants: tuple[str, ...], sentence: str) -> None:
    (problem,) = messages(path, rule_file(ALERT), *tenants)
    assert sentence in problem


def test_two_files_of_one_namespace_are_refused() -> None:
    ((path, message),) = file_problems({"app.yaml": rule_file(ALERT), "app.yml": rule_file(ALERT)}, ())
    assert path == "app.yml" and "as 'app.yaml'" in message
    assert not list(file_problems({"a/app.yaml": rule_file(ALERT), "b/app.yaml": rule_file(ALERT)}, ("a", "b")))


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            {**BUCKET, "rules": {"a.yaml": rule_file(ALERT)}},
            "only the ruler evaluates rules; set ruler to true, or remove them",
        ),
        ({**BUCKET, "rule_source": "bucket"}, 'rule_source = "bucket": only the ruler evaluates rules'),
        ({**LAPTOP, **RULES, "rule_source": "bucket", "lokitool_image": "i"}, "store filesystem has no bucket"),
        ({**BUCKET, **RULES, "rule_source": "bucket"}, "lokitool_image: is missing"),
        ({**BUCKET, **RULES, "lokitool_image": "i"}, 'lokitool_image = "i"'),
        ({**BUCKET, **RULES, "ruler_bucket": "r"}, 'ruler_bucket = "r"'),
        ({**IN_BUCKET, "bucket_prefix": "loki"}, "set another bucket in ruler_bucket"),
        ({**IN_BUCKET, "tenants": ["rules", "a"]}, "chunks of the tenant 'rules'"),
        ({**IN_BUCKET, "rule_source": "both"}, "must be one of config-maps, bucket"),
    ],
)
def test_rules_have_one_way_to_the_ruler(args: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(LoggingSpec, args)


def test_a_bucket_of_their_own_lets_chunks_have_a_prefix() -> None:
    assert spec_of(IN_BUCKET, bucket_prefix="loki", ruler_bucket="acme-rules").effective_ruler_bucket == "acme-rules"


def test_a_long_file_is_not_repeated_in_the_message() -> None:
    message = refusal(LoggingSpec, {**BUCKET, **RULES, "rules": {"a.json": rule_file(*[ALERT] * 50)}})
    assert "..." in message and len(message) < 700
