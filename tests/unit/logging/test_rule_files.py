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
IN_BUCKET: dict[str, Any] = {**BUCKET, **RULES, "rule_source": "bucket", "lokitool_image": "acme/lokitool:3.7.6"}


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
        ("groups: [", "is no YAML in line"),
        ("- alert: A", "begin it with groups:"),
        ("namespace: x\ngroups: []", "begin it with groups:"),
        (yaml.safe_dump({"groups": [{"rules": [ALERT]}]}), "has no name for group 1"),
        (yaml.safe_dump({"groups": [{"name": "g", "rules": [ALERT]}] * 2}), "has two groups 'g'"),
        (text(), "group 'g': has no rules"),
        (text(ALERT, limits=3), "has limits, which Loki does not know"),
        (text(ALERT, interval="often"), "has interval 'often': write a duration"),
        (text("alert"), "rule 1 is no mapping"),
        (text({**ALERT, "summary": "x"}), "has summary, which Loki does not know"),
        (text({"expr": "1"}), "needs a name, either alert or record"),
        (text({**RECORD, "alert": "A"}), "needs a name, either alert or record"),
        (text({"alert": "A", "expr": " "}), "has no expr"),
        (text({"alert": "A"}), "has no expr"),
        (text({**RECORD, "for": "5m"}), "records and has for"),
        (text({**ALERT, "for": "5"}), "has for '5': write a duration"),
        (text({**ALERT, "labels": {"a": ["b"]}}), "has labels that are no texts by name"),
    ],
)
def test_what_would_fail_in_a_pod_is_found_at_preview(content: str, sentence: str) -> None:
    (problem,) = messages("app.yaml", content)
    assert problem.startswith("'app.yaml' ") and sentence in problem


@pytest.mark.parametrize(
    ("path", "tenants", "sentence"),
    [
        ("app.json", (), "is no name for a file of rules"),
        ("team-a/app.yaml", (), "is no name for a file of rules"),
        ("team-a/x/app.yaml", ("team-a",), "is no name for a file of rules"),
        ("app.yaml", ("team-a",), "is no tenant's: write TENANT/FILE with one of team-a"),
        ("team-c/app.yaml", ("team-a", "team-b"), "one of team-a, team-b"),
    ],
)
def test_each_file_is_somebodys(path: str, tenants: tuple[str, ...], sentence: str) -> None:
    (problem,) = messages(path, text(ALERT), *tenants)
    assert sentence in problem


def test_two_files_of_one_namespace_are_refused() -> None:
    ((path, message),) = file_problems({"app.yaml": text(ALERT), "app.yml": text(ALERT)}, ())
    assert path == "app.yml" and "'app.yml' and 'app.yaml' are one namespace" in message
    assert not list(file_problems({"a/app.yaml": text(ALERT), "b/app.yaml": text(ALERT)}, ("a", "b")))


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({**BUCKET, "rules": {"a.yaml": text(ALERT)}}, "nothing would evaluate them: set ruler to true"),
        ({**BUCKET, "rule_source": "bucket"}, "nothing would evaluate the rules in it"),
        ({**LAPTOP, **RULES, "rule_source": "bucket", "lokitool_image": "i"}, "store filesystem has no bucket"),
        ({**BUCKET, **RULES, "rule_source": "bucket"}, "name an image that has it on its path"),
        ({**BUCKET, **RULES, "lokitool_image": "i"}, "rules come from ConfigMaps, without lokitool: remove it"),
        ({**BUCKET, **RULES, "ruler_bucket": "r"}, "rules come from ConfigMaps: remove it"),
        ({**IN_BUCKET, "bucket_prefix": "loki"}, "name another bucket that Loki may use"),
        ({**IN_BUCKET, "tenants": ["rules", "a"]}, "the chunks of tenant 'rules' would lie where Loki keeps rules"),
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
