from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storage.lifecycle import lifecycle_rules, refuse_expiration

DAYS = st.integers(1, 3650)
HARMFUL = st.one_of(
    st.builds(lambda days: {"expiration": {"days": days}}, DAYS),
    st.just({"expiration": {"date": "2030-01-01T00:00:00Z"}}),
    st.builds(lambda days: {"expiration": {"days": days, "expired_object_delete_marker": True}}, DAYS),
    st.just({"expiration": {"expired_object_delete_marker": False}}),
    st.just({"expiration": {}}),
    st.builds(lambda days: {"transitions": [{"days": days, "storage_class": "GLACIER"}]}, DAYS),
    st.just({"noncurrent_version_transitions": [{"noncurrent_days": 1, "storage_class": "GLACIER"}]}),
)


@given(versioned=st.booleans(), noncurrent_days=DAYS)
def test_no_rule_touches_an_object_that_is_current(versioned: bool, noncurrent_days: int) -> None:
    rules = lifecycle_rules(versioned=versioned, noncurrent_days=noncurrent_days)
    for rule in rules:
        assert "transitions" not in rule
        assert rule.get("expiration", {"expired_object_delete_marker": True}) == {"expired_object_delete_marker": True}
    assert any("noncurrent_version_expiration" in rule for rule in rules) is versioned


def test_abandoned_uploads_are_aborted_after_a_day_in_the_whole_bucket() -> None:
    (rule,) = lifecycle_rules(versioned=False, noncurrent_days=7)
    assert rule["abort_incomplete_multipart_upload"] == {"days_after_initiation": 1}
    assert rule["filter"] == {}, "scanners and AWS take only an empty filter for the whole bucket"


@given(
    harmful=HARMFUL,
    prefix=st.sampled_from(["", "index/", "fake/", "tempo/"]),
    versioned=st.booleans(),
    place=st.integers(0, 2),
)
def test_any_rule_that_removes_or_moves_current_objects_is_refused(
    harmful: dict[str, Any], prefix: str, versioned: bool, place: int
) -> None:
    rules = lifecycle_rules(versioned=versioned, noncurrent_days=7)
    rules.insert(place, {"id": "extra", "status": "Enabled", "filter": {"prefix": prefix}, **harmful})
    with pytest.raises(ValueError, match="lifecycle rule extra"):
        refuse_expiration(rules)
