"""Which bucket, and which part of it, serves which purpose."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address
from itertools import pairwise

from pydantic import Field

from .._spec import Spec, rule

PURPOSES = ("logs", "traces", "metrics")
"""What a bucket can be for."""

DEFAULT_PREFIXES: Mapping[str, str] = {"logs": "loki", "traces": "tempo", "metrics": "thanos"}
"""Where each purpose lives in a bucket that all of them share."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*"
_RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_LOKI_DEFAULTS = ("chunk", "chunks", "ruler", "admin")


def name_problem(name: str) -> str | None:
    """Say what is wrong with a bucket's name by the rules of S3, or `None`."""
    if _NAME.fullmatch(name) is None or ".." in name or _is_address(name):
        return (
            f"{name!r} is no bucket name: use 3 to 63 of a-z, 0-9, '-' and '.', "
            "beginning and ending with a letter or digit, and not the form of an IP address"
        )
    if name.startswith(_RESERVED_BEGINNINGS) or name.endswith(_RESERVED_ENDS):
        return f"{name!r} begins or ends with what S3 keeps for itself: choose another name"
    return None


def aws_name_problem(name: str) -> str | None:
    """Say what is wrong with the name of a bucket on AWS, where all accounts share one namespace, or `None`."""
    if "." in name:
        return f"{name!r} has a dot, which AWS certificates do not cover: use '-' in its place"
    if name in _LOKI_DEFAULTS:
        # https://grafana.com/docs/loki/latest/setup/install/helm/deployment-guides/aws/
        return f"{name!r} is a default of Loki that others own on AWS: put your organisation's name in front"
    return name_problem(name)


def purpose_problem(buckets: Mapping[str, str]) -> str | None:
    """Say which key of `buckets` is no purpose, or `None`."""
    unknown = sorted(set(buckets) - set(PURPOSES))
    return f"{unknown[0]!r} is no purpose: use {', '.join(PURPOSES)}" if unknown else None


class BucketLayout(Spec):
    """One bucket a purpose, or one bucket for all with a prefix a purpose."""

    buckets: Mapping[str, str] = Field(default_factory=dict)
    shared_bucket: str = ""
    prefixes: Mapping[str, str] = Field(default_factory=dict)

    @property
    def bucket_of(self) -> dict[str, str]:
        """The bucket of each purpose."""
        return dict.fromkeys(PURPOSES, self.shared_bucket) if self.shared_bucket else dict(self.buckets)

    @property
    def prefix_of(self) -> dict[str, str]:
        """The prefix of each purpose; the empty one is the whole bucket."""
        defaults = DEFAULT_PREFIXES if self.shared_bucket else dict.fromkeys(self.buckets, "")
        return {**defaults, **self.prefixes}

    @property
    def distinct(self) -> dict[str, str]:
        """Every bucket once, by the word that its resources are named after."""
        return {"shared": self.shared_bucket} if self.shared_bucket else dict(self.buckets)

    @rule("buckets", "shared_bucket")
    def _buckets_or_a_shared_one(self) -> str | None:
        if bool(self.buckets) == bool(self.shared_bucket):
            return "give either buckets, one for each purpose, or shared_bucket"
        if len(set(self.buckets.values())) < len(self.buckets):
            return "two purposes have one bucket: give it as shared_bucket, so that each gets a prefix of its own"
        return purpose_problem(self.buckets)

    @rule("buckets", "shared_bucket")
    def _names_are_bucket_names(self) -> str | None:
        return next(filter(None, map(self._name_problem, self.distinct.values())), None)

    @rule("prefixes", "buckets", "shared_bucket")
    def _prefixes_keep_purposes_apart(self) -> str | None:
        unknown = sorted(set(self.prefixes) - set(self.bucket_of))
        if unknown:
            return f"{unknown[0]!r} has no bucket: prefixes are for {', '.join(self.bucket_of) or 'purposes'}"
        for purpose, prefix in self.prefixes.items():
            if prefix and re.fullmatch(_PREFIX, prefix) is None:
                return f"the prefix {prefix!r} of {purpose}: write names joined by '/', without one at either end"
        if self.shared_bucket:
            taken = sorted(f"{prefix}/" for prefix in self.prefix_of.values())
            if "/" in taken or any(later.startswith(earlier) for earlier, later in pairwise(taken)):
                return "in a shared bucket every purpose needs a prefix that is not within another's"
        return None

    def _name_problem(self, name: str) -> str | None:
        return name_problem(name)


def _is_address(name: str) -> bool:
    try:
        IPv4Address(name)
    except ValueError:
        return False
    return True
