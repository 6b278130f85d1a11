from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storage.buckets import aws_name_problem, name_problem
from components.storage.spec import BucketLayoutSpec


def layout(**args: Any) -> BucketLayoutSpec:
    return BucketLayoutSpec.check("Storage", args)


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", fullmatch=True))
def test_letters_digits_and_dashes_make_a_bucket_name(name: str) -> None:
    reserved = name.startswith(("xn--", "sthree-", "amzn-s3-demo-")) or name.endswith(
        ("-s3alias", "--ol-s3", "--x-s3", "--table-s3")
    )
    assert (name_problem(name) is not None) is reserved


@pytest.mark.parametrize(
    "name",
    ["ab", "a" * 64, "Logs", "a_b", "-abc", "abc-", "a..b", "10.0.0.1", "xn--abc", "abc-s3alias", "abc.mrap", ""],
)
def test_what_s3_refuses_is_no_bucket_name(name: str) -> None:
    assert name_problem(name)


@pytest.mark.parametrize("name", ["chunk", "chunks", "ruler", "admin", "acme.loki"])
def test_on_aws_names_of_others_and_names_with_dots_are_refused(name: str) -> None:
    assert name_problem(name) is None
    assert aws_name_problem(name)


def test_a_shared_bucket_keeps_every_purpose_in_a_prefix_of_its_own() -> None:
    shared = layout(shared_bucket="acme")
    assert shared.bucket_of == {"logs": "acme", "traces": "acme", "metrics": "acme"}
    assert shared.prefix_of == {"logs": "loki", "traces": "tempo", "metrics": "thanos"}
    assert shared.distinct == {"shared": "acme"}
    assert layout(shared_bucket="acme", prefixes={"logs": "a/b"}).prefix_of["logs"] == "a/b"


def test_buckets_of_their_own_are_used_whole_unless_a_prefix_is_given() -> None:
    own = layout(buckets={"logs": "acme-loki", "traces": "acme-tempo"}, prefixes={"traces": "blocks"})
    assert own.prefix_of == {"logs": "", "traces": "blocks"}
    assert own.distinct == own.bucket_of


def test_prefixes_that_begin_alike_are_still_apart() -> None:
    assert layout(shared_bucket="acme", prefixes={"logs": "obs", "traces": "obs-traces"}).prefix_of["logs"] == "obs"
