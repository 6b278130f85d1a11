"""Durations, quantities and names: the notations that Kubernetes and Prometheus share, parsed and checked.

The grammars are exact: Kubernetes quantities (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/),
Prometheus durations (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#duration) and
RFC 1123 labels.
"""

import re
from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field

from ._model import USER_KNOWN, Bound
from ._plain_secrets import holds_a_secret, plain_secrets

_DURATION = re.compile(
    r"(?:(?P<w>\d+)w)?(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s)?(?:(?P<ms>\d+)ms)?"
)
_QUANTITY = re.compile(r"(?P<number>\d+(?:\.\d+)?|\.\d+)(?P<unit>m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?")
_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_HOST_LABEL = re.compile(r"[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")
_ENTRY_POINT = re.compile(r"[A-Za-z0-9][\w.-]*")

_FACTORS = {
    "m": Decimal("0.001"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)},
}

_LONGEST = timedelta(days=106_751)
"""Whole days that Go counts in 64 bits of nanoseconds (https://pkg.go.dev/time#Duration): Prometheus refuses more."""


_MOST_MEMORY = "64Ti"
"""Twice that of the largest servers (https://aws.amazon.com/ec2/instance-types/u7i/)."""
_LARGEST_VOLUME = "1Pi"
"""Block volumes of clouds end at 64Ti (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html)."""


def parse_duration(text: str) -> timedelta:
    """Return a Prometheus duration such as `744h`, `30d` or `1h30m`, of 106751 days (292 years) at most.

    Raise `ValueError` with the notation or the limit.
    """
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise ValueError(
            "must be a duration of whole numbers with units from large to small; use one such as 744h, 30d or 1h30m"
        )
    try:
        parts = {unit: int(number) for unit, number in match.groupdict(default="0").items()}
        duration = timedelta(
            weeks=parts["w"],
            days=parts["d"],
            hours=parts["h"],
            minutes=parts["m"],
            seconds=parts["s"],
            milliseconds=parts["ms"],
        )
    except (OverflowError, ValueError):
        duration = timedelta.max
    if duration > _LONGEST:
        raise ValueError(f"must be at most {_LONGEST.days}d (292 years); use one such as 744h, 30d or 1h30m")
    return duration


def hours(text: str) -> str:
    """Return a duration in whole hours, the largest unit that every Go program reads (`30d` → `720h`).

    Raise `ValueError` when it is not a whole number of hours.
    """
    seconds = parse_duration(text).total_seconds()
    if seconds % 3600:
        raise ValueError(f"must be a whole number of hours; round it, for example to {round(seconds / 3600) or 1}h")
    return f"{int(seconds // 3600)}h"


def parse_quantity(text: str) -> Decimal:
    """Return the number of a Kubernetes quantity such as `2Gi` or `500m`; raise `ValueError` otherwise."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError("must be a Kubernetes quantity; use a number with a unit, such as 2Gi, 512Mi, 500m or 0.5")
    return Decimal(match["number"]) * _FACTORS.get(match["unit"] or "", Decimal(1))


def form(pattern: str, meaning: str) -> AfterValidator:
    """Return a validator of a text by a regular expression; `meaning` describes it in the message."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise ValueError(f"must be {meaning}")
        return text

    return AfterValidator(check)


def _cidr(text: str) -> str:
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        raise ValueError("must be a range of IP addresses, such as 10.0.0.0/16") from None
    if "/" not in text or str(found) != text:
        raise ValueError(f"must be the address of a range with its length; set {found}")
    return text


def _duration(text: str) -> str:
    parse_duration(text)
    return text


def _optional_duration(text: str) -> str:
    return text and _duration(text)


def _interval(text: str) -> str:
    if not parse_duration(text):
        raise ValueError("must be more than 0s; use an interval such as 30s")
    return text


def _quantity(text: str) -> str:
    if not parse_quantity(text):
        raise ValueError("must be more than 0; use a quantity such as 2Gi, 512Mi, 500m or 0.5")
    return text


def _memory_size(text: str) -> str:
    if parse_quantity(_quantity(text)) < 2**20:
        raise ValueError("must be at least 1Mi of memory; set the unit too, such as 512Mi or 2Gi")
    if parse_quantity(text) > parse_quantity(_MOST_MEMORY):
        raise ValueError(f"must be at most {_MOST_MEMORY} of memory, more than any node has; set less, such as 2Gi")
    return text


def _volume_size(text: str) -> str:
    if parse_quantity(_quantity(text)) < 2**30:
        raise ValueError("must be at least 1Gi, as the size of a volume; set the unit too, such as 10Gi")
    if parse_quantity(text) > parse_quantity(_LARGEST_VOLUME):
        raise ValueError(f"must be at most {_LARGEST_VOLUME}, as the size of a volume; set less, such as 10Gi")
    return text


def _word(text: str) -> str:
    if not text or any(character.isspace() for character in text):
        raise ValueError("must be a name without white space; correct or remove it")
    return text


def is_label(text: str) -> bool:
    """Whether a text is an RFC 1123 label."""
    return _LABEL.fullmatch(text) is not None


def _label(text: str) -> str:
    if not is_label(text):
        raise ValueError(
            "must be at most 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit; correct it"
        )
    return text


def _hostname(text: str) -> str:
    labels = text.split(".")
    if len(text) > 253 or any(_HOST_LABEL.fullmatch(label) is None for label in labels):
        raise ValueError("must be a host name; use names joined by dots, such as obs.example.org")
    return text


def is_host(text: str) -> bool:
    """Whether a text is a DNS name, with or without the dot of the root, or an IP address without brackets."""
    labels = text.removesuffix(".").split(".")
    if ":" in text or (len(labels) > 1 and labels[-1].isdecimal()):
        try:
            return "%" not in text and bool(ip_address(text))
        except ValueError:
            return False
    return len(text) <= 253 and all(_HOST_LABEL.fullmatch(label) for label in labels)


def http_url(text: str) -> str:
    """Return an http or https URL without credentials, query or fragment; raise `ValueError` otherwise."""
    if urlsplit(http_url_with_query(text)).query:
        raise ValueError("must not have a query; set the plain address")
    return text


def http_url_with_query(text: str) -> str:
    """Return an http or https URL without credentials, fragment or secret; raise `ValueError` otherwise."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"must be a URL ({error}); correct it") from None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise ValueError("must be a URL; use http:// or https://, a host and, where needed, a port and a path")
    if not is_host(host):
        raise ValueError(
            "must have a host that is a DNS name or an IP address; use letters, digits and '-', joined by dots"
        )
    if parts.username or parts.password:
        raise ValueError("must not have credentials; set them as a secret instead")
    if parts.fragment or any(character.isspace() for character in text):
        raise ValueError("must not have a fragment or white space; set the plain address")
    if holds_a_secret(text) or any(plain_secrets(dict(parse_qsl(parts.query)))):
        raise ValueError("must not have a secret in its path or query; use a URL without one")
    return text


def _http_url_or_nothing(text: str) -> str:
    return http_url(text) if text else text


def _http_url_with_query_or_nothing(text: str) -> str:
    return http_url_with_query(text) if text else text


def _entry_point(text: str) -> str:
    if _ENTRY_POINT.fullmatch(text) is None:
        raise ValueError("must be the name of an entry point; use one of Traefik's, such as websecure")
    return text


def is_of_every_cluster(namespace: str) -> bool:
    """Whether a namespace is created by Kubernetes itself."""
    return namespace == "default" or namespace.startswith("kube-")


Duration = Annotated[str, AfterValidator(_duration)]
"""A Prometheus duration: `30d`, `744h`, `1h30m`."""

OptionalDuration = Annotated[str, AfterValidator(_optional_duration)]
"""The same, or empty."""

Interval = Annotated[str, AfterValidator(_interval)]
"""A `Duration` above zero: `30s`."""

Quantity = Annotated[str, AfterValidator(_quantity)]
"""A Kubernetes quantity above zero: `2Gi`, `500m`."""

Word = Annotated[str, AfterValidator(_word)]
"""A name of something elsewhere, such as an attribute or a label: not empty and without white space."""

MetricLabel = Annotated[
    str,
    form(r"(?!__)[A-Za-z_][A-Za-z0-9_]*", "the name of a label of Prometheus: letters, digits and '_', such as team"),
]
"""Name of a label of Prometheus; names that begin with `__` are its own."""

LabelText = Annotated[str, Field(max_length=1024)]
"""Value of a label of Prometheus."""

Replicas = Annotated[int, Field(ge=1, le=1000)]
"""Number of pods of a workload, at most 1000, which catches typing errors."""

MemorySize = Annotated[str, AfterValidator(_memory_size), Bound(f"`1Mi` to `{_MOST_MEMORY}`.")]
"""Memory of a pod, 1Mi or more: `512Mi`, `2Gi`."""

VolumeSize = Annotated[str, AfterValidator(_volume_size), Bound(f"`1Gi` to `{_LARGEST_VOLUME}`.")]
"""Size of a volume, 1Gi or more: `10Gi`."""

Name = Annotated[str, AfterValidator(_label)]
"""An RFC 1123 label, as Kubernetes requires of namespaces, Services and Helm releases."""

EntryPoint = Annotated[str, AfterValidator(_entry_point)]
"""Name of an entry point of Traefik."""

Cidr = Annotated[str, AfterValidator(_cidr)]
"""A range of IP addresses: `10.0.0.0/16`."""

Hostname = Annotated[str, AfterValidator(_hostname), USER_KNOWN]
"""A DNS host name."""

HttpUrl = Annotated[str, AfterValidator(http_url), USER_KNOWN]
"""An http or https URL without credentials, query or fragment."""

OptionalHttpUrl = Annotated[str, AfterValidator(_http_url_or_nothing), USER_KNOWN]
"""An `HttpUrl`, or the empty string where there is none."""

HttpUrlWithQuery = Annotated[str, AfterValidator(http_url_with_query), USER_KNOWN]
"""An http or https URL without credentials or fragment, and without a secret in its query."""

OptionalHttpUrlWithQuery = Annotated[str, AfterValidator(_http_url_with_query_or_nothing), USER_KNOWN]
"""An `HttpUrlWithQuery`, or the empty string where there is none."""

_AWS_REGION = r"[a-z]+(-[a-z]+)+-\d+"
_AN_AWS_REGION = "an AWS region, such as eu-west-1"

AwsRegion = Annotated[str, form(_AWS_REGION, _AN_AWS_REGION), USER_KNOWN]
"""Name of an AWS region."""

OptionalAwsRegion = Annotated[str, form(f"({_AWS_REGION})?", _AN_AWS_REGION), USER_KNOWN]
"""An `AwsRegion`, or the empty string where there is none."""

AccountId = Annotated[str, form(r"\d{12}", "the number of an AWS account, 12 digits"), USER_KNOWN]
"""The number of an AWS account."""

Partition = Annotated[str, form(r"(aws(-[a-z]+)*)?", "an AWS partition, such as aws, aws-cn or aws-us-gov")]
"""A partition of AWS, or none."""
