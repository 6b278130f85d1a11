"""Settings and arguments of `Probes`."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from .._cluster import ClusterDnsSpec, MonitorSpec
from .._ip_families import IpFamiliesSpec, IpFamily
from .._kubernetes import CertificateReference, LabelKey, LabelValue
from .._model import USER_KNOWN, AlsoCalled, Bound, Choices, Location, Plain, StrictModel, placeholder, same_as
from .._namespace_spec import NamespaceSettings
from .._plain_secrets import PROBLEM, holds_a_secret
from .._release_spec import ReleaseSettings, ReleaseSpec
from .._spec import REMOVE, Violation, rule
from .._workload import PlacementSettings
from ..charts import BLACKBOX_EXPORTER, Chart
from ..units import (
    Hostname,
    Interval,
    LabelText,
    MemorySize,
    MetricLabel,
    Name,
    Quantity,
    Replicas,
    form,
    parse_duration,
)
from .addresses import problem_of_address, right_address

PORT = 9115
RESERVED_LABELS = ("instance", "job", "probe")
"""The labels that every probe has."""
SHORTEST_INTERVAL, LONGEST_INTERVAL = "1s", "2m"
"""Prometheus returns no sample that is older than five minutes, and one probe may fail."""


class ProbeKind(StrEnum):
    """The protocol of a probe."""

    HTTP = "http"
    POST = "post"
    TCP = "tcp"
    ICMP = "icmp"
    DNS = "dns"


KINDS_OF_OTHERS = AlsoCalled(
    (
        *(("https", "http"), ("get", "http"), ("http2xx", "http"), ("httppostjson", "post"), ("tcpconnect", "tcp")),
        *(("ping", "icmp"), ("icmpping", "icmp"), ("dnsresolution", "dns")),
    )
)
"""Names that modules of the exporter and others have for the kinds."""


class DnsRecord(StrEnum):
    """The type of a DNS record."""

    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    MX = "MX"
    NS = "NS"
    SOA = "SOA"
    SRV = "SRV"
    TXT = "TXT"


def _interval(text: str) -> str:
    if not parse_duration(SHORTEST_INTERVAL) <= parse_duration(text) <= parse_duration(LONGEST_INTERVAL):
        raise ValueError(
            f"must be {SHORTEST_INTERVAL} to {LONGEST_INTERVAL}, as Prometheus returns no sample older than 5m; "
            "set one such as 30s"
        )
    return text


def _timeout(text: str) -> str:
    if parse_duration(text) > parse_duration(LONGEST_INTERVAL):
        raise ValueError(f"must be at most {LONGEST_INTERVAL}, the longest interval; set one such as 5s")
    return text


def _body(text: str) -> str:
    if holds_a_secret(text):
        raise ValueError(PROBLEM)
    return text


ProbeInterval = Annotated[Interval, AfterValidator(_interval), Bound(f"`{SHORTEST_INTERVAL}` to `{LONGEST_INTERVAL}`.")]
ProbeTimeout = Annotated[Interval, AfterValidator(_timeout)]
StatusCode = Annotated[int, Field(ge=100, le=599)]
DnsName = Annotated[
    str,
    form(r"(\.|([\w-]{1,63}\.)*[\w-]{1,63}\.?)?", "a DNS name; set one such as example.org"),
    USER_KNOWN,
]
_OPTIONS: Mapping[str, Sequence[ProbeKind]] = {
    "accepted_codes": (ProbeKind.HTTP, ProbeKind.POST),
    "follow_redirects": (ProbeKind.HTTP, ProbeKind.POST),
    "body": (ProbeKind.POST,),
    "tls": (ProbeKind.HTTP, ProbeKind.POST, ProbeKind.TCP),
    "query_name": (ProbeKind.DNS,),
    "query_type": (ProbeKind.DNS,),
}
"""The kinds of probes that each option is of; what is missing here is of every kind."""


class ProbeTls(StrictModel):
    """The trust in the certificate of a target."""

    ca: CertificateReference | None = Field(
        default=None,
        description=(
            "Certificates of the authority that signed the certificate of the target, as a key of an existing Secret "
            "or ConfigMap in the namespace of the exporter. Default: the public authorities."
        ),
        examples=[{"config_map": "own-ca", "key": "ca.crt"}],
    )
    insecure: bool = Field(
        default=False,
        description="Whether any certificate is accepted; its expiry is measured all the same.",
        examples=[True],
    )
    server_name: Annotated[str, form(r"[\w.-]*", "a host name; set one such as shop.example.org")] = Field(
        default="",
        description="Name that the certificate must have. Default: the host of the address.",
        examples=["shop.example.org"],
    )


class ProbeTarget(StrictModel):
    """What is probed, and what makes the probe succeed."""

    kind: Annotated[ProbeKind, KINDS_OF_OTHERS] = Field(
        default=ProbeKind.HTTP,
        description=(
            "`http`: a GET request. `post`: a POST request of JSON. `tcp`: a connection. `icmp`: an echo request. "
            "`dns`: a query to a DNS server."
        ),
        examples=["tcp"],
    )
    address: Annotated[str, USER_KNOWN] = Field(
        min_length=1,
        max_length=2048,
        description=(
            "What is probed: a URL with kinds `http` and `post`, `host:port` with `tcp`, a host with `icmp`, and a DNS "
            "server as host or `host:port` with `dns`."
        ),
        examples=["https://shop.example.org/health"],
    )
    interval: ProbeInterval | None = Field(
        default=None,
        description="Interval between two probes. Default: that of all targets.",
        examples=["15s"],
    )
    timeout: ProbeTimeout | None = Field(
        default=None,
        description="Time after which a probe has failed, at most the interval. Default: that of all targets.",
        examples=["10s"],
    )
    accepted_codes: Sequence[StatusCode] = Field(
        default=(),
        description="HTTP status codes of a success, after redirects. Default: 200 to 299.",
        examples=[[200, 301, 302]],
    )
    follow_redirects: bool = Field(
        default=True, description="Whether redirects are followed, with kinds `http` and `post`.", examples=[False]
    )
    body: Annotated[str, Field(max_length=65_536), AfterValidator(_body)] = Field(
        default="",
        description='JSON that kind `post` sends. Default: `{"healthcheck": true}`.',
        examples=['{"ping": true}'],
    )
    query_name: DnsName = Field(
        default="", description="Name that kind `dns` asks for, and requires. Default: none.", examples=["example.org"]
    )
    query_type: DnsRecord | None = Field(
        default=None,
        description="Type of the record that kind `dns` asks for. Default: `A`, or `AAAA` with IP family `IPv6`.",
        examples=["MX"],
    )
    ip_family: IpFamily | None = Field(
        default=None,
        description=(
            "The only IP family that is probed. Default: the first of the cluster, `IPv4` where it states none, and "
            "the other one where the host has no address of it."
        ),
        examples=["IPv6"],
    )
    tls: ProbeTls | None = Field(
        default=None,
        description=(
            "Trust in the certificate, with an https address; with kind `tcp`, the connection uses TLS where this is "
            "set. Default: none."
        ),
        examples=[{"server_name": "shop.example.org"}],
    )
    labels: Mapping[MetricLabel, LabelText] = Field(
        default_factory=dict,
        description="Further labels of the series of this probe. Default: none.",
        examples=[{"team": "shop"}],
    )

    @property
    def options(self) -> dict[str, Any]:
        """What the module of the exporter depends on, beside the timeout."""
        return self.model_dump(mode="json", exclude={"address", "interval", "timeout", "labels"})


class ProbesSettings(NamespaceSettings, PlacementSettings, ReleaseSettings):
    """Probes: settings of a stack and arguments of a program."""

    targets: Plain[Mapping[Name, ProbeTarget]] = Field(
        default_factory=dict,
        description="What is probed, by a name that is the label `probe` of its series. Default: nothing.",
        examples=[{"shop": {"address": "https://shop.example.org/health"}}],
    )
    interval: Plain[ProbeInterval] = Field(
        default="30s", description="Interval between two probes of targets that set none.", examples=["15s"]
    )
    timeout: Plain[ProbeTimeout] = Field(
        default="5s",
        description="Time after which a probe of targets that set none has failed, at most the interval.",
        examples=["10s"],
    )
    chart_version: Plain[Annotated[str, Choices(BLACKBOX_EXPORTER.versions)]] = Field(
        default=BLACKBOX_EXPORTER.default_version,
        description="Version of the chart prometheus-blackbox-exporter.",
        examples=[BLACKBOX_EXPORTER.default_version],
    )
    replicas: Replicas = Field(default=1, description="Number of pods of the exporter.", examples=[2])
    cpu: Quantity = Field(default="10m", description="CPU request of each pod.", examples=["50m"])
    memory: MemorySize = Field(default="48Mi", description="Memory request and limit of each pod.", examples=["128Mi"])


class ProbesSpec(ProbesSettings, ReleaseSpec, IpFamiliesSpec):
    """The checked arguments of `Probes`."""

    release_name: Plain[Name] = Field(
        default="blackbox-exporter",
        description="Name of the Helm release, of the Service and first part of the name of every other object.",
    )
    client_namespaces: Plain[Sequence[Name]] = Field(
        default=(),
        description=(
            "Namespaces whose pods may reach the exporter, which requests whatever it is asked to; a NetworkPolicy "
            "keeps all others out. Default: none, and no NetworkPolicy."
        ),
    )
    service_monitor_labels: Mapping[LabelKey, LabelValue] = same_as(MonitorSpec, "service_monitor_labels")
    cluster_domain: Hostname = same_as(ClusterDnsSpec, "cluster_domain")

    @property
    def chart(self) -> Chart:
        """The chart of the blackbox exporter."""
        return BLACKBOX_EXPORTER

    @property
    def required_values(self) -> Sequence[str]:
        """Chart values that no null may remove."""
        return ("config.modules", "fullnameOverride", "podSecurityContext")

    @property
    def prober(self) -> str:
        """Host and port of the exporter in the cluster."""
        return f"{self.release_name}.{self.namespace}:{PORT}"

    def interval_of(self, target: ProbeTarget) -> str:
        """Return the interval between two probes of a target."""
        return target.interval or self.interval

    def timeout_of(self, target: ProbeTarget) -> str:
        """Return the time after which a probe of a target has failed."""
        return target.timeout or self.timeout

    @rule("targets")
    def _addresses_are_of_their_kind(self) -> Iterator[Violation]:
        for name, target in self.targets.items():
            if problem := problem_of_address(target.kind.value, target.address):
                at = ("targets", name, "address")
                hidden = holds_a_secret(target.address)
                yield Violation(problem, {at: right_address(target.kind.value, target.address)}, at, secret=hidden)

    @rule("targets")
    def _options_are_of_the_kind(self) -> Iterator[Violation]:
        for name, target in self.targets.items():
            for option in sorted(target.model_fields_set & _OPTIONS.keys()):
                kinds = _OPTIONS[option]
                if target.kind not in kinds:
                    message = f"is an option of kind {' and '.join(kinds)}, and the kind is {target.kind}; remove it"
                    yield Violation(message, at=("targets", name, option))

    @rule("targets")
    def _a_dns_query_has_a_name(self) -> Iterator[Violation]:
        for name, target in self.targets.items():
            if target.kind is ProbeKind.DNS and not target.query_name:
                at = ("targets", name, "query_name")
                message = "is missing: kind dns requires the name that is asked for; set it"
                yield Violation(message, {at: placeholder("query_name")}, at)

    @rule("timeout", "interval")
    def _timeout_is_at_most_the_interval(self) -> Violation | None:
        return _longer_timeout(("timeout",), self.timeout, self.interval)

    @rule("targets", "timeout", "interval")
    def _timeouts_of_targets_are_at_most_their_intervals(self) -> Iterator[Violation]:
        for name, target in self.targets.items():
            timeout, interval = self.timeout_of(target), self.interval_of(target)
            if target.timeout and (found := _longer_timeout(("targets", name, "timeout"), timeout, interval)):
                yield found
            elif target.interval and not target.timeout and parse_duration(timeout) > parse_duration(interval):
                at = ("targets", name, "interval")
                message = f"must be at least the timeout, {timeout}, as a probe ends before the next one; set {timeout}"
                yield Violation(message, {at: timeout}, at)

    @rule("targets")
    def _targets_are_different(self) -> Iterator[Violation]:
        first: dict[str, str] = {}
        for name, target in self.targets.items():
            other = first.setdefault(repr((target.address, target.options)), name)
            if other != name:
                message = f"must not be probed twice, and target {other} is the same; remove one of them"
                yield Violation(message, {("targets", name): REMOVE}, ("targets", name, "address"))

    @rule("targets")
    def _labels_are_not_those_of_every_probe(self) -> Iterator[Violation]:
        for name, target in self.targets.items():
            for label in sorted(set(RESERVED_LABELS) & set(target.labels)):
                message = f"must not be {', '.join(RESERVED_LABELS)}, which every probe has; choose another name"
                yield Violation(message, at=("targets", name, "labels", label))

    @rule("targets")
    def _tls_is_of_targets_with_tls(self) -> Iterator[Violation]:
        for name, target in self.targets.items():
            at = ("targets", name, "tls")
            if target.tls is None:
                continue
            if target.kind in (ProbeKind.HTTP, ProbeKind.POST) and target.address.startswith("http://"):
                yield Violation("requires an https address; set one, or remove it", at=at)
            if target.tls.insecure and target.tls.ca is not None:
                message = "must not be set with insecure, which accepts any certificate; remove one of them"
                yield Violation(message, {(*at, "insecure"): REMOVE}, (*at, "ca"))
            if (ca := target.tls.ca) is not None and bool(ca.secret) == bool(ca.config_map):
                rest = "and has both; remove one of them" if ca.secret else "and has none; set one of them"
                yield Violation(f"must have one of secret and config_map, {rest}", at=(*at, "ca"))


def _longer_timeout(at: Location, timeout: str, interval: str) -> Violation | None:
    if parse_duration(timeout) <= parse_duration(interval):
        return None
    message = f"must be at most the interval, {interval}, as a probe ends before the next one; set {interval} or less"
    return Violation(message, {at: interval}, at)
