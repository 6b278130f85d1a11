"""Settings and arguments of `Thanos` and `ThanosObjectStore`, and their rules."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, Field

from .._bucket import BucketSpec, source_problem
from .._cache import CacheReaderSpec
from .._cluster import MonitorSpec
from .._kubernetes import CertificateReference, NodeSelector, ObjectName, OptionalObjectName, Tolerations
from .._metrics_gateway import MetricsGatewaySpec
from .._model import Choices, Plain, placeholder, same_as
from .._namespace_spec import NamespaceSettings
from .._release_spec import ReleaseSettings, ReleaseSpec, reserved_violations
from .._rule_files import read_rule_file
from .._spec import Violation, rule
from .._tls import LEAVE_OUT, RulerClientSpec, server_name_violation
from .._workload import WorkloadSettings
from ..charts import THANOS, Chart
from ..metrics.spec import OBJSTORE_KEY, REPLICA_LABEL
from ..units import (
    Duration,
    Hostname,
    Name,
    Replicas,
    VolumeSize,
    Word,
    hours,
    parse_duration,
    parse_quantity,
)
from ..urls import OptionalAlertmanagerUrls, is_host_and_port
from .flags import FLAGS_OF_ARGUMENTS, MERGED_REPLICAS, RETENTION_ARGUMENTS
from .roles import BUCKET_ROLES, DEFAULT_RESOURCES, ThanosRole

OBJSTORE_SECRET = "thanos-objstore"
CHART_REPLICA_LABELS = {"rule_replica": "the ruler", "receive_replica": "the receivers"}
"""The replica labels of Thanos' own workloads."""
TENANT_LABEL = "tenant_id"
"""The label that receivers give every series."""

LEAST_COMPACTED = timedelta(days=2)
"""Blocks of 2 hours are compacted to 8 hours and 2 days: younger ones must not be deleted before."""
LEAST_DOWNSAMPLED = timedelta(days=14)
"""Blocks of 2 days are compacted to 14 days, of which those with a sample an hour are made.

https://thanos.io/tip/components/compact.md/#downsampling
"""
LEAST_LOCAL = timedelta(hours=6)
"""Three blocks: each is uploaded once it is complete, and again while the bucket does not answer."""

_SHARE_OF_CACHE = 2
_VOLUMES = ("extraVolumes", "extraVolumeMounts")
_FLAG = re.compile(r"--(no-)?[a-z0-9][a-z0-9.-]*(=.*)?", re.DOTALL)


class GuardedChange(StrEnum):
    """A change that the update guard refuses unless `allow_changes` lists it."""

    LOCATION = "location"
    LABELS = "labels"
    COMPACTOR = "compactor"
    VOLUMES = "volumes"


def _flag(text: str) -> str:
    if _FLAG.fullmatch(text) is None:
        raise ValueError("must be one flag with its value, such as --query.timeout=5m; correct it")
    return text


class ThanosWorkloadSettings(WorkloadSettings):
    """Size, placement and further flags of one workload of Thanos."""

    extra_args: Sequence[Annotated[str, AfterValidator(_flag)]] = Field(
        default=(),
        description="Further flags of Thanos, other than those that arguments and the chart set. Default: none.",
        examples=[["--query.timeout=5m"]],
    )


class LongTermSettings(ReleaseSettings):
    """Thanos: settings of a stack and arguments of a program."""

    chart_version: Plain[Annotated[str, Choices(THANOS.versions)]] = Field(
        default=THANOS.default_version, description="Version of the Thanos chart.", examples=[THANOS.default_version]
    )
    retention_raw: Duration | None = Field(
        default=None,
        description=(
            "How long samples are kept as they came, `0d` for ever; at least `14d` with `downsampling` and `2d` "
            "without. Default: `retention`, in a stack `retention.metrics`."
        ),
        examples=["90d"],
    )
    retention_five_minutes: Duration | None = Field(
        default=None,
        description=(
            "How long one sample for 5 minutes is kept, `0d` for ever; at least `14d`. Default: `retention`, in a "
            "stack `retention.metrics`."
        ),
        examples=["395d"],
    )
    retention_one_hour: Duration | None = Field(
        default=None,
        description=(
            "How long one sample for an hour is kept, `0d` for ever; at least `14d`. Default: `retention`, in a stack "
            "`retention.metrics`."
        ),
        examples=["1095d"],
    )
    local_retention: Duration = Field(
        default="48h",
        description=(
            "How long the ruler, the receivers and in a stack Prometheus keep samples on their volumes, from which "
            "blocks are uploaded every 2 hours; at least `6h`, for a bucket that does not answer."
        ),
        examples=["7d"],
    )
    downsampling: Plain[bool] = Field(
        default=True,
        description="Whether blocks with a sample for 5 minutes and for an hour are made, for queries over months.",
        examples=[False],
    )
    compactor: Plain[bool] = Field(
        default=True,
        description=(
            "Whether the compactor runs, which applies the retention; false where another one compacts the same "
            "prefix of the bucket, which must have exactly 1."
        ),
        examples=[False],
    )
    ruler: Plain[bool] = Field(
        default=False, description="Whether the ruler runs, for rules over all of the samples.", examples=[True]
    )
    alertmanager_url: OptionalAlertmanagerUrls = Field(
        default="",
        description=(
            "URL of the Alertmanager for alerts of the ruler, or several joined by commas. Default: none, and no alert "
            "is sent; in a stack that of `alerting`."
        ),
        examples=["http://alertmanager-operated.monitoring:9093"],
    )
    receive: Plain[bool] = Field(
        default=False,
        description=(
            "Whether Thanos receives remote writes: a router, and ingestors that hold samples until they are in the "
            "bucket. Pushes then go there, and not to every Prometheus."
        ),
        examples=[True],
    )
    replicas: Plain[Replicas] = Field(
        default=1,
        description=(
            "Number of pods of each workload but the compactor, of which there is 1, and the ingestors, of which there "
            "are 3 where this is 2 or more: each sample then goes to three of them, and a write is confirmed by two."
        ),
        examples=[2],
    )
    workloads: Plain[Mapping[ThanosRole, ThanosWorkloadSettings]] = Field(
        default_factory=dict,
        description=(
            "Settings of single workloads: `query`, `query-frontend`, `store-gateway`, `compact`, `rule`, "
            "`receive-router` and `receive-ingestor`. Default: none of their own."
        ),
        examples=[{"compact": {"volume_size": "100Gi"}}],
    )
    volume_size: VolumeSize = Field(
        default="10Gi",
        description=(
            "Size of each volume: of the store gateways for the index of every block, of the compactor for the blocks "
            "of two weeks twice, of the ruler and the ingestors for `local_retention`."
        ),
        examples=["50Gi"],
    )
    storage_class: OptionalObjectName = Field(
        default="", description="Storage class of the volumes. Default: the cluster's.", examples=["gp3"]
    )
    index_cache_mib: int = Field(
        default=256,
        ge=16,
        le=1_048_576,
        description="Memory of each store gateway for parts of the index, in MiB, without a cache outside.",
        examples=[1024],
    )
    response_cache_mib: int = Field(
        default=128,
        ge=16,
        le=1_048_576,
        description="Memory of each query frontend for results, in MiB, without a cache outside.",
        examples=[512],
    )
    memcached_addresses: Plain[Sequence[Word]] = Field(
        default=(),
        description=(
            "Addresses of an existing memcached for index and results, each `host:port`, after `dns+` or `dnssrv+` "
            "where a name has several. Default: none."
        ),
        examples=[["dns+memcached.caching:11211"]],
    )
    node_selector: NodeSelector = Field(
        default_factory=dict,
        description="Labels of the nodes for all pods of Thanos. Default: any node.",
        examples=[{"pool": "obs"}],
    )
    tolerations: Tolerations = Field(
        default=(),
        description="Tolerations of all pods of Thanos. Default: none.",
        examples=[[{"key": "dedicated", "operator": "Exists"}]],
    )
    allow_changes: Plain[Sequence[GuardedChange]] = Field(
        default=(),
        description=(
            "Changes that the applied state forbids and that are allowed in one update: `location`, after the blocks "
            "were copied, or for another name of the same place; `labels`, for other external or replica labels; "
            "`compactor`, after the other compactor was stopped; `volumes`, after claims were grown. Default: none."
        ),
        examples=[["location"]],
    )

    @property
    def roles(self) -> tuple[ThanosRole, ...]:
        """The workloads that run."""
        optional = {
            ThanosRole.COMPACT: self.compactor,
            ThanosRole.RULE: self.ruler,
            ThanosRole.RECEIVE_ROUTER: self.receive,
            ThanosRole.RECEIVE_INGESTOR: self.receive,
        }
        return tuple(role for role in ThanosRole if optional.get(role, True))


class ThanosSpec(
    LongTermSettings, NamespaceSettings, CacheReaderSpec, ReleaseSpec, MonitorSpec, MetricsGatewaySpec, RulerClientSpec
):
    """The checked arguments of `Thanos`."""

    release_name: Plain[Name] = Field(
        default="thanos", description="Name of the Helm release and first part of the name of every object."
    )
    cluster_domain: Hostname = Field(default="cluster.local", description="DNS domain of the cluster.")
    retention: Duration = Field(
        default="395d",
        description="How long samples of each resolution are kept that has no retention of its own.",
        examples=["395d"],
    )
    out_of_order_window: Duration = Field(
        default="30m", description="How late a sample may be that is pushed to the receivers.", examples=["1h"]
    )
    objstore_secret: ObjectName = Field(
        description=(
            f"Secret in the same namespace with the object store in the key `{OBJSTORE_KEY}`, as `ThanosObjectStore` "
            "makes it."
        ),
        examples=[OBJSTORE_SECRET],
    )
    objstore_revision: str = Field(
        default="", description="Any text that changes with that Secret, to restart the pods. Default: none."
    )
    storage_ca: Plain[CertificateReference | None] = same_as(BucketSpec, "storage_ca")
    credentials_secret: OptionalObjectName = Field(
        default="",
        description=(
            "Existing Secret in the same namespace with the keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, "
            "where the object store has no keys. Default: none."
        ),
        examples=["thanos-bucket"],
    )
    service_account_annotations: Mapping[ThanosRole, Mapping[str, str]] = Field(
        default_factory=dict,
        description=(
            "Annotations of the ServiceAccount of each workload that uses the bucket, such as the role on EKS. "
            "Default: none."
        ),
        examples=[{"compact": {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/thanos-compact"}}],
    )
    endpoints: Sequence[Word] = Field(
        default=(),
        description=(
            "Addresses of further stores that are queried, such as `sidecar_endpoint` of `Metrics`, after `dns+` or "
            "`dnssrv+` where a name has several. With `tls_secret` they must use TLS too, with a certificate of the "
            "same authority for the host in the address. Default: none."
        ),
        examples=[["dnssrv+_grpc._tcp.prometheus-thanos-discovery.monitoring.svc.cluster.local"]],
    )
    replica_labels: Sequence[Word] = Field(
        default=(REPLICA_LABEL,),
        description=(
            "External labels that tell replicas of one Prometheus apart: queries return one series for all of them."
        ),
        examples=[[REPLICA_LABEL]],
    )
    external_labels: Mapping[str, str] = Field(
        default_factory=dict,
        description="Labels of the series of ruler and receivers, as Prometheus has them. Default: none.",
        examples=[{"cluster": "prod-eu1"}],
    )
    ruler_groups: Plain[Sequence[Mapping[str, Any]]] = Field(
        default=(),
        description=(
            "Groups of the ruler's rules: `long_term_groups` of `Alerting`, which checks that they can fire and "
            "arrive; of others, the form alone is checked. Default: none."
        ),
        examples=[[{"name": "sli", "rules": [{"record": "job:up:min", "expr": "min by (job) (up)"}]}]],
    )
    client_namespaces: Sequence[Name] = Field(
        default=(),
        description=(
            "Namespaces whose pods may reach Thanos; a NetworkPolicy keeps all others but those of `namespace` out. "
            "Default: none; a NetworkPolicy is only there with logins or client certificates then, and admits all pods "
            "to nginx, which asks for these."
        ),
        examples=[["grafana"]],
    )

    @property
    def chart(self) -> Chart:
        """The Thanos chart."""
        return THANOS

    @property
    def retentions(self) -> dict[str, str]:
        """How long each resolution is kept."""
        return {name: getattr(self, own) or self.retention for name, own in RETENTION_ARGUMENTS.items()}

    @property
    def least_retention(self) -> timedelta:
        """The shortest time that a resolution can be kept without holes in the blocks made of it."""
        return LEAST_DOWNSAMPLED if self.downsampling else LEAST_COMPACTED

    @property
    def required_values(self) -> Sequence[str]:
        """Chart values that no null may remove."""
        compact = ("compact.extraArgs", "compact.persistence") if self.compactor else ()
        return ("objstoreConfig", "query.replicaLabels", *compact)

    @property
    def reserved_values(self) -> Mapping[str, str]:
        """Chart values that must agree with arguments, each with what to use instead."""
        parts = {role: ".".join(role.values_path) for role in ThanosRole}
        endpoints = (
            *("query.enableDnsDiscovery", "query.additionalStores"),
            *("additionalEndpoints", "additionalEndpointGroups"),
        )
        tls = {
            **{f"{part}.{name}": LEAVE_OUT for part in parts.values() for name in _VOLUMES},
            **dict.fromkeys(endpoints, "use the argument endpoints"),
        }
        return {
            **(tls if self.tls_secret else {}),
            **{f"{parts[role]}.extraArgs": f"use workloads.{role}.extra_args" for role in self.roles},
            **{
                f"{parts[role]}.serviceAccount.name": "remove it, as the role on AWS trusts its default"
                for role in self.roles
                if role in BUCKET_ROLES
            },
            "additionalReplicaLabels": "use the argument replica_labels, which the compactor does not merge by",
            "compact.deduplication": MERGED_REPLICAS,
            "compact.replicaDeduplication": MERGED_REPLICAS,
            "compact.enabled": "use the argument compactor",
            "rule.enabled": "use the argument ruler",
            "rule.rules": "use the argument ruler_groups, in a stack alerting.long_term_rules",
            "rule.alertmanagersConfig": "use the argument alertmanager_url",
            "receive.enabled": "use the argument receive",
            "receive.replicationFactor": "use workloads.receive-ingestor.replicas",
            "objstoreConfig": "use the argument objstore_secret",
            "fullnameOverride": "use the argument release_name",
            "nameOverride": "use the argument release_name",
            "namespaceOverride": "use the argument namespace",
        }

    @rule("storage_ca")
    def _storage_ca_has_one_source(self) -> str | None:
        return source_problem(self.storage_ca)

    @rule("retention", *RETENTION_ARGUMENTS.values(), "downsampling")
    def _retentions_outlive_compaction(self) -> Iterator[Violation]:
        least = self.least_retention
        reason = (
            "as blocks of 14 days are made of younger ones, and those with a sample an hour of them"
            if self.downsampling
            else "as blocks of 2 days are made of younger ones"
        )
        text = f"{least.days}d"
        stated = {name: getattr(self, name) for name in RETENTION_ARGUMENTS.values()}
        if None in stated.values() and _is_below(self.retention, least):
            yield Violation(f"must be at least {text} in Thanos, {reason}; set {text} or more", {"retention": text})
        for name, own in stated.items():
            if own is not None and _is_below(own, least):
                message = f"must be at least {text}, {reason}; set {text} or more, or 0d for ever"
                yield Violation(message, {name: text}, at=(name,))

    @rule("downsampling", "retention_five_minutes", "retention_one_hour")
    def _only_downsampled_blocks_have_a_retention(self) -> Iterator[Violation]:
        for name, own in (
            ("retention_five_minutes", self.retention_five_minutes),
            ("retention_one_hour", self.retention_one_hour),
        ):
            if own is not None and not self.downsampling:
                yield Violation("is not used with downsampling false; remove it, or set that to true", at=(name,))

    @rule("compactor", *RETENTION_ARGUMENTS.values(), "downsampling")
    def _only_a_compactor_applies_the_retention(self) -> Iterator[Violation]:
        if self.compactor:
            return
        for name in RETENTION_ARGUMENTS.values():
            if getattr(self, name) is not None:
                yield Violation("is not used with compactor false; remove it, or set that to true", at=(name,))
        if not self.downsampling:
            yield Violation("is not used with compactor false; remove it", at=("downsampling",))

    @rule("local_retention")
    def _local_retention_is_whole_hours(self) -> Violation | None:
        try:
            hours(self.local_retention)
        except ValueError as error:
            least = parse_duration(self.local_retention)
            return Violation(str(error), {"local_retention": f"{-(-least // timedelta(hours=1))}h"})
        return None

    @rule("local_retention")
    def _local_retention_covers_three_blocks(self) -> Violation | None:
        if not _is_below(self.local_retention, LEAST_LOCAL) and parse_duration(self.local_retention):
            return None
        return Violation(
            "must be at least 6h, three blocks of 2h, as a block is uploaded once it is complete and again while the "
            "bucket does not answer; set 6h or more",
            {"local_retention": "6h"},
        )

    @rule("external_labels", "replica_labels")
    def _external_labels_are_no_replica_labels(self) -> Iterator[Violation]:
        for name in self.external_labels:
            if name == TENANT_LABEL:
                message = f"{name} is the label by which receivers tell tenants apart; remove it, or rename it"
                yield Violation(message, at=("external_labels", name))
            elif name in CHART_REPLICA_LABELS:
                message = f"{name} is the replica label of {CHART_REPLICA_LABELS[name]}; remove it, or rename it"
                yield Violation(message, at=("external_labels", name))
            elif name in self.replica_labels:
                message = (
                    f"{name} is a replica label, which queries leave out, so that it must differ between replicas; "
                    "remove it, or rename it"
                )
                yield Violation(message, at=("external_labels", name))

    @rule("replica_labels")
    def _replica_labels_are_of_prometheus(self) -> Iterator[Violation]:
        for index, name in enumerate(self.replica_labels):
            if name in CHART_REPLICA_LABELS:
                message = f"is the replica label of {CHART_REPLICA_LABELS[name]} already; remove it"
                yield Violation(message, at=("replica_labels", index))

    @rule("workloads", "compactor", "ruler", "receive")
    def _workloads_run(self) -> Iterator[Violation]:
        needed = {ThanosRole.COMPACT: "compactor", ThanosRole.RULE: "ruler"}
        for role in self.workloads:
            if role not in self.roles:
                argument = needed.get(role, "receive")
                message = f"does not run; remove it, or set {argument} to true"
                yield Violation(message, at=("workloads", role.value))

    @rule("workloads")
    def _compactor_has_one_replica(self) -> Iterator[Violation]:
        own = self.workloads.get(ThanosRole.COMPACT)
        if own is not None and (own.replicas or 1) > 1:
            message = "the compactor must have exactly 1 replica, as two would damage the blocks; remove it or set 1"
            yield Violation(message, at=("workloads", ThanosRole.COMPACT.value, "replicas"))

    @rule("workloads")
    def _volume_settings_have_a_volume(self) -> Iterator[Violation]:
        for role, own in self.workloads.items():
            for name in ("volume_size", "storage_class"):
                if not role.has_volume and getattr(own, name):
                    yield Violation(f"{role} has no volume; remove it", at=("workloads", role.value, name))

    @rule("workloads")
    def _further_flags_are_not_set_already(self) -> Iterator[Violation]:
        for role, own in self.workloads.items():
            for index, flag in enumerate(own.extra_args):
                name = flag.partition("=")[0].removeprefix("--").removeprefix("no-")
                if instead := FLAGS_OF_ARGUMENTS[role].get(name):
                    message = f"--{name} is set already, and Thanos takes a flag once; {instead}"
                    yield Violation(message, at=("workloads", role.value, "extra_args", index))

    @rule("alertmanager_server_name", "alertmanager_url", "tls_secret")
    def _alertmanager_server_name_has_an_authority(self) -> Violation | None:
        return server_name_violation(self.alertmanager_server_name, self.alertmanager_url, self.tls_secret)

    @rule("ruler", "ruler_groups", "alertmanager_url")
    def _only_a_ruler_has_rules(self) -> Iterator[Violation]:
        for name in ("ruler_groups", "alertmanager_url"):
            if getattr(self, name) and not self.ruler:
                yield Violation(
                    "is not used with ruler false; remove it, or set that to true", {"ruler": True}, (name,)
                )

    @rule("ruler_groups")
    def _groups_are_those_of_a_rule_file(self) -> Iterator[Violation]:
        text = yaml.safe_dump({"groups": [dict(group) for group in self.ruler_groups]})
        problems = read_rule_file(text, of_thanos=True).problems
        yield from (Violation(problem.message, at=("ruler_groups",)) for problem in problems)

    @rule("memcached_addresses", "cache_endpoint")
    def _cache_is_one(self) -> str | None:
        if self.memcached_addresses and self.cache_endpoint:
            return "must not be set beside cache_endpoint (in a stack caching.kind valkey); remove it"
        return None

    @rule("memcached_addresses")
    def _memcached_addresses_are_host_and_port(self) -> Iterator[Violation]:
        for index, address in enumerate(self.memcached_addresses):
            if not is_host_and_port(address.removeprefix("dnssrv+").removeprefix("dns+")) and not (
                address.startswith("dnssrv+") and ":" not in address
            ):
                message = "must be host:port, such as dns+memcached.caching:11211; correct it"
                yield Violation(message, at=("memcached_addresses", index))

    @rule("index_cache_mib", "workloads", "cache_endpoint", "memcached_addresses")
    def _index_cache_fits_the_memory(self) -> Violation | None:
        return self._cache_problem("index_cache_mib", self.index_cache_mib, ThanosRole.STORE_GATEWAY)

    @rule("response_cache_mib", "workloads", "cache_endpoint", "memcached_addresses")
    def _response_cache_fits_the_memory(self) -> Violation | None:
        return self._cache_problem("response_cache_mib", self.response_cache_mib, ThanosRole.QUERY_FRONTEND)

    def _cache_problem(self, name: str, size: int, role: ThanosRole) -> Violation | None:
        if self.memcached_addresses or self.cache_endpoint:
            return None
        own = self.workloads.get(role, ThanosWorkloadSettings())
        memory = int(parse_quantity(own.memory or DEFAULT_RESOURCES[role][1]) / 2**20)
        most = memory // _SHARE_OF_CACHE
        if size <= most:
            return None
        return Violation(
            f"must be at most half of the memory of {role}, {memory} MiB; set {most} or less, or raise "
            f"workloads.{role}.memory",
            {name: most},
        )

    @rule("values", "compactor", "ruler", "receive", "tls_secret")
    def _values_agree_with_arguments(self) -> Iterator[Violation]:
        yield from reserved_violations(self.values, self.reserved_values, "the configuration of the component")

    @rule("values", "compactor")
    def _values_remove_no_required_value(self) -> Iterator[Violation]:
        return super()._values_remove_no_required_value()


def _is_below(text: str, least: timedelta) -> bool:
    """Whether a retention is shorter than `least`; 0 is for ever."""
    duration = parse_duration(text)
    return bool(duration) and duration < least


class ThanosObjectStoreSpec(BucketSpec):
    """The checked arguments of `ThanosObjectStore`."""

    namespace: Name = Field(
        description="Namespace of Thanos and of the Prometheus with its sidecar, which exists already.",
        examples=["monitoring"],
    )
    secret_name: Name = Field(
        default=OBJSTORE_SECRET, description="Name of the Secret that is created.", examples=[OBJSTORE_SECRET]
    )
    bucket: str = Field(description="Bucket, which no volume replaces.", examples=["acme-thanos"])
    access_key_id: str = Field(
        default="",
        description=(
            "Access key; kept as a secret. Default: none, for pods with a role of their ServiceAccount, or with the "
            "keys in their environment."
        ),
    )
    secret_access_key: str = Field(default="", description="Secret key; kept as a secret. Default: none.")
    credentials_revision: str = Field(
        default="",
        description=(
            "Any text that changes with keys or roles, to restart the pods. Default: derived from the keys, and "
            "unknown while they are."
        ),
    )
    allow_changes: Plain[Sequence[GuardedChange]] = Field(
        default=(),
        description=(
            "Changes that the applied state forbids and that are allowed in one update: `location`, after the blocks "
            "were copied, or for another name of the same place. Default: none."
        ),
        examples=[["location"]],
    )

    @rule("bucket")
    def _bucket_is_named(self) -> Violation | None:
        message = "is missing: Thanos keeps blocks in a bucket, which no volume replaces; set it"
        return None if self.bucket else Violation(message, {"bucket": placeholder("bucket")})

    @rule("access_key_id", "secret_access_key")
    def _keys_are_a_pair(self) -> Violation | None:
        keys = {"access_key_id": self.access_key_id, "secret_access_key": self.secret_access_key}
        missing = [name for name, value in keys.items() if not value]
        if len(missing) != 1:
            return None
        message = f"{missing[0]} is missing; set both, or none for a role"
        return Violation(message, {missing[0]: placeholder(missing[0])}, (missing[0],))
