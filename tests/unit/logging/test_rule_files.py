"""Which files of rules are taken, and what is said of the others."""

from typing import Any

import pytest
import yaml

from components._spec import InvalidArgsError
from components.logging.rule_files import file_problems
from components.logging.spec import LoggingSpec

from .examples import BUCKET, LAPTOP, RULES, spec_of

ALERT = {"alert": "ManyErrors", "expr": 'sum(rate({app="x"} |= "error" [5m])) > 1', "for": "5m"}
RECORD = {"record": "app:lines:rate1m", "expr": 'sum(rate({app="x"}[1m]))'}
IN_BUCKET: dict[str, Any] = {**BUCKET, **RULES, "rule_source": "bucket", "lokitool_image": "acme/lokitool:3.7.7"}


def text(*rules: Any, **group: Any) -> str:
    return yaml.safe_dump({"groups": [{"name": "g", "rules": list(rules), **group}]})


def messages(path: str, content: str, *tenants: str) -> list[str]:
    found = list(file_problems({path: content}, tenants))
    assert all(place == path for place, _ in found)
    return [message for _, message in found]


def refused(args: dict[str, Any]) -> str:
    with pytest.raises(InvalidArgsError) as raised:
        LoggingSpec.check("Logging", args)
    return str(raised.value)


@pytest.mark.parametrize("content", [text(ALERT, RECORD, interval="1m30s"), "groups: []\n"])
def test_a_file_as_prometheus_has_them_is_taken(content: str) -> None:
    assert messages("app.yaml", content) == []
    assert messages("team-a/app.yml", content, "team-a", "team-b") == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("groups: [", "is not valid YAML in line 1"),
        ("- alert: A", "begin it with groups:"),
        ("namespace: x\ngroups: []", "begin it with groups:"),
        (yaml.safe_dump({"groups": [{"rules": [ALERT]}]}), "group 1 must have a name"),
        (yaml.safe_dump({"groups": [{"name": "g", "rules": [ALERT]}] * 2}), "has two groups 'g'"),
        (text(), "group 'g': must have at least one rule"),
        (text(ALERT, limits=3), "has unknown keys limits"),
        (text(ALERT, interval="often"), "has interval 'often', which must be a duration"),
        (text("alert"), "rule 1 must be a map"),
        (text({**ALERT, "summary": "x"}), "rule 1 has unknown keys summary"),
        (text({"expr": "1"}), "must have either alert or record"),
        (text({**RECORD, "alert": "A"}), "must have either alert or record"),
        (text({"alert": "A", "expr": " "}), "must have an expr"),
        (text({"alert": "A"}), "must have an expr"),
        (text({**RECORD, "for": "5m"}), "is a recording rule and must not have for"),
        (text({**ALERT, "for": "5"}), "has for '5', which must be a duration"),
        (text({**ALERT, "labels": {"a": ["b"]}}), "must have labels that map"),
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
    (problem,) = messages(path, text(ALERT), *tenants)
    assert sentence in problem


def test_two_files_of_one_namespace_are_refused() -> None:
    ((path, message),) = file_problems({"app.yaml": text(ALERT), "app.yml": text(ALERT)}, ())
    assert path == "app.yml" and "as 'app.yaml'" in message
    assert not list(file_problems({"a/app.yaml": text(ALERT), "b/app.yaml": text(ALERT)}, ("a", "b")))


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            {**BUCKET, "rules": {"a.yaml": text(ALERT)}},
            "only the ruler evaluates rules; set ruler to true, or remove them",
        ),
        ({**BUCKET, "rule_source": "bucket"}, "rule_source = 'bucket': only the ruler evaluates rules"),
        ({**LAPTOP, **RULES, "rule_source": "bucket", "lokitool_image": "i"}, "store filesystem has no bucket"),
        ({**BUCKET, **RULES, "rule_source": "bucket"}, "lokitool_image: is missing"),
        ({**BUCKET, **RULES, "lokitool_image": "i"}, "lokitool_image = 'i'"),
        ({**BUCKET, **RULES, "ruler_bucket": "r"}, "ruler_bucket = 'r'"),
        ({**IN_BUCKET, "bucket_prefix": "loki"}, "set another bucket in ruler_bucket"),
        ({**IN_BUCKET, "tenants": ["rules", "a"]}, "chunks of the tenant 'rules'"),
        ({**IN_BUCKET, "rule_source": "both"}, "must be one of config-maps, bucket"),
    ],
)
def test_rules_have_one_way_to_the_ruler(args: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(args)


def test_a_bucket_of_their_own_lets_chunks_have_a_prefix() -> None:
    assert spec_of(IN_BUCKET, bucket_prefix="loki", ruler_bucket="acme-rules").effective_ruler_bucket == "acme-rules"


def test_a_long_file_is_not_repeated_in_the_message() -> None:
    message = refused({**BUCKET, **RULES, "rules": {"a.json": text(*[ALERT] * 50)}})
    assert "…" in message and len(message) < 700
