"""Another place for Loki's objects, or another claim, is found wherever the values of the chart say it."""

from datetime import date
from typing import Any

import pytest

from components.logging.ledger import ledger_problems
from components.logging.values import merged_values

from .examples import BUCKET, DISTRIBUTED, DOCUMENT, spec_of


def judged(applied: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    old, new = (merged_values(spec_of(args)) for args in (applied, wanted))
    return ledger_problems(old, new, today=date(2026, 5, 1))


def changed(base: dict[str, Any], **fields: Any) -> list[str]:
    return judged(base, {**base, **fields})


def loki(**sections: Any) -> dict[str, Any]:
    return {"values": {"loki": sections}}


THANOS = {"object_store": {"storage_prefix": "a", "s3": {"endpoint": "s3.example.org"}}, "use_thanos_objstore": True}


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ({}, loki(structuredConfig={"common": {"storage": {"s3": {"bucketnames": "b"}}}}), "bucket 'cluster'"),
        ({}, loki(structuredConfig={"storage_config": {"aws": {"bucketnames": "b"}}}), "bucket 'cluster'"),
        ({}, loki(storage_config={"aws": {"bucketnames": "b"}}), "bucket 'cluster'"),
        ({}, loki(structuredConfig={"common": {"storage": {"s3": {"endpoint": "b.org"}}}}), "address of the store"),
        ({}, loki(storage_config={"aws": {"endpoint": "http://b.org"}}), "address of the store"),
        (
            {},
            loki(storage_config={"aws": {"s3": "s3://${ID}:${SECRET}@b.org/b"}}),
            "URL of the store '' cannot become 'b.org/b'",
        ),
        ({}, loki(structuredConfig={"storage_config": {"object_prefix": "b"}}), "object_prefix 'loki'"),
        ({}, loki(storage_config={"use_thanos_objstore": True}), "storage client 'classic' cannot become 'thanos'"),
        (
            loki(storage=THANOS),
            loki(storage={**THANOS, "object_store": {"storage_prefix": "b"}}),
            "'a' cannot become 'b'",
        ),
        (
            loki(storage=THANOS),
            loki(storage=THANOS, structuredConfig={"storage_config": {"object_store": {"storage_prefix": "b"}}}),
            "storage_prefix 'a' cannot become 'b'",
        ),
        (
            loki(storage=THANOS),
            loki(
                storage=THANOS, structuredConfig={"common": {"storage": {"object_store": {"s3": {"bucket_name": "b"}}}}}
            ),
            "bucket 'cluster' cannot become 'b'",
        ),
        (
            loki(storage=THANOS),
            loki(storage={**THANOS, "object_store": {"storage_prefix": "a", "s3": {"endpoint": "b.org"}}}),
            "address of the store 's3.example.org' cannot become 'b.org'",
        ),
    ],
)
def test_the_place_is_found_wherever_values_say_it(before: dict[str, Any], after: dict[str, Any], what: str) -> None:
    (problem,) = judged({**DOCUMENT, **before}, {**DOCUMENT, **after})
    assert what in problem and 'allow_changes ["location"]' in problem and "SECRET" not in problem


@pytest.mark.parametrize(
    "values",
    [
        loki(structuredConfig={"common": {"storage": {"s3": {"bucketnames": "cluster"}}}}),
        loki(
            storage_config={
                "aws": {"endpoint": "https://s3.example.org:443", "http_config": {"idle_conn_timeout": "9s"}}
            }
        ),
        loki(storage={"object_store": {"storage_prefix": "unread by the classic client"}}),
    ],
)
def test_the_same_place_said_again_is_allowed(values: dict[str, Any]) -> None:
    assert changed(DOCUMENT, **values) == []


@pytest.mark.parametrize(
    ("base", "section", "persistence", "what"),
    [
        (DISTRIBUTED, "ingester", {"enabled": False}, "volume of ingester cannot change from data to none"),
        (DISTRIBUTED, "ingester", {"inMemory": True}, "volume of ingester cannot change from data to none"),
        (DISTRIBUTED, "indexGateway", {"enabled": False}, "volume of index-gateway"),
        (DISTRIBUTED, "compactor", {"type": "emptyDir"}, "volume of compactor"),
        (
            DISTRIBUTED,
            "patternIngester",
            {"enabled": True},
            "volume of pattern-ingester cannot change from none to data",
        ),
        (BUCKET, "singleBinary", {"enabled": False}, "volume of loki"),
        (DOCUMENT, "write", {"volumeClaimsEnabled": False}, "volume of write"),
    ],
)
def test_a_claim_template_neither_comes_nor_goes(
    base: dict[str, Any], section: str, persistence: dict[str, Any], what: str
) -> None:
    more = {"pattern_ingester": True} if section == "patternIngester" else {}
    (problem,) = changed({**base, **more}, values={section: {"persistence": persistence}})
    assert what in problem and 'allow_changes ["volumes"]' in problem
    (problem,) = judged({**base, **more, "values": {section: {"persistence": persistence}}}, {**base, **more})
    assert f"volume of {what.split()[2]} cannot change" in problem


def test_a_second_claim_is_a_change_of_the_first_one_s_statefulset() -> None:
    claims = [{"name": "data", "size": "10Gi"}, {"name": "scratch", "size": "1Gi"}]
    problems = changed(DISTRIBUTED, values={"ingester": {"persistence": {"claims": claims}}})
    assert "volume of ingester cannot change from data to data and scratch" in problems[0]
