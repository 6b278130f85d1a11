"""What buckets are for, and what they and the prefixes in them may be called."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address

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
    """Return why a bucket cannot have a name by the rules of S3, or `None`."""
    if _NAME.fullmatch(name) is None or ".." in name or _is_address(name):
        return (
            "is not a bucket name: use 3 to 63 of a-z, 0-9, '-' and '.', "
            "beginning and ending with a letter or digit, and not the form of an IP address"
        )
    if name.startswith(_RESERVED_BEGINNINGS) or name.endswith(_RESERVED_ENDS):
        return "begins or ends with what S3 reserves: choose another name"
    return None


def aws_name_problem(name: str) -> str | None:
    """Return why a bucket on AWS, where all accounts share one namespace, cannot have a name, or `None`."""
    if "." in name:
        return "has a dot, which AWS certificates do not cover: use '-' in its place"
    if name in _LOKI_DEFAULTS:
        # https://grafana.com/docs/loki/latest/setup/install/helm/deployment-guides/aws/
        return "is a default of Loki and taken on AWS: put your organisation's name in front"
    return name_problem(name)


def prefix_problem(prefix: str) -> str | None:
    """Return why a text cannot be a prefix in a bucket, or `None`; the empty one is the whole bucket."""
    if prefix and re.fullmatch(_PREFIX, prefix) is None:
        return "must be names of letters, digits, '.', '_' and '-', joined by '/', without one at either end"
    return None


def _is_address(name: str) -> bool:
    try:
        IPv4Address(name)
    except ValueError:
        return False
    return True
