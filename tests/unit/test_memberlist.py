"""The label of a ring: which members read each other's messages, and the steps from one membership to another."""

from itertools import pairwise, product

import pytest

from components._memberlist import ClusterLabel, Membership, membership_problems

LABELS = ("", "loki.logging", "other")
MEMBERSHIPS = [Membership(label, verified) for label, verified in product(LABELS, (True, False))]


def membership(setting: ClusterLabel) -> Membership:
    return Membership.of(setting.config("loki.logging"))


def refused(old: Membership, new: Membership) -> list[str]:
    return membership_problems(old, new, str)


def test_neighbouring_settings_alone_may_follow_each_other() -> None:
    order = list(ClusterLabel)
    for old, new in product(order, order):
        distance = abs(order.index(old) - order.index(new))
        # Members that accept any label read each other whatever they send.
        assert bool(refused(membership(old), membership(new))) is (distance > 1), (old, new)


@pytest.mark.parametrize("old", MEMBERSHIPS)
@pytest.mark.parametrize("new", MEMBERSHIPS)
def test_the_steps_of_a_refusal_are_allowed_themselves_and_end_where_they_should(
    old: Membership, new: Membership
) -> None:
    steps = [old, *old.steps_to(new)]
    assert steps[-1] == new
    assert [refused(*pair) for pair in pairwise(steps)] == [[]] * (len(steps) - 1)


def test_a_verifying_member_discards_a_foreign_label_and_a_missing_one() -> None:
    verified = membership(ClusterLabel.VERIFIED)
    assert not verified.accepts(Membership("other", verified=False))
    assert not verified.accepts(membership(ClusterLabel.ACCEPT))
    assert not membership(ClusterLabel.OFF).accepts(membership(ClusterLabel.UNVERIFIED)), "no label is one, too"


def test_a_removed_value_is_no_label() -> None:
    assert Membership.of({"cluster_label": None}, "chart") == Membership("", verified=True)
    assert Membership.of({}, "chart") == Membership("chart", verified=True)
