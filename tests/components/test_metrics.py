"""`Metrics` as a program registers it."""

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.metrics import Metrics, MetricsArgs
from tests.recording import record, record_component


def test_a_release_in_a_restricted_namespace_hangs_below_the_component() -> None:
    recording = record_component(Metrics, {"namespace": "monitoring"})
    component = recording.one("observability:index:Metrics")
    namespace, release = recording.one(":Namespace"), recording.one(":Release")
    assert namespace.parent == release.parent == component.urn
    assert namespace.plain()["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace.urn in release.request.dependencies


def test_the_urls_lead_to_the_server_of_this_release() -> None:
    recording = record_component(Metrics, {"namespace": "monitoring", "release_name": "stats"})
    assert recording.outputs == {
        "namespace": "monitoring",
        "query_url": "http://stats-server.monitoring",
        "remote_write_url": "http://stats-server.monitoring/api/v1/write",
        "otlp_url": "http://stats-server.monitoring/api/v1/otlp",
    }
    values = recording.one(":Release").plain()["values"]
    assert values["server"]["fullnameOverride"] == "stats-server", "else the chart puts its own name in between"


def test_a_namespace_made_elsewhere_is_only_used() -> None:
    recording = record_component(Metrics, {"namespace": "monitoring", "create_namespace": False})
    assert recording.of_type(":Namespace") == []


def test_the_callers_values_are_laid_over_the_components() -> None:
    args: MetricsArgs = {"namespace": "monitoring", "values": {"server": {"replicaCount": 2}}}
    server = record_component(Metrics, args).one(":Release").plain()["values"]["server"]
    assert server["replicaCount"] == 2 and server["retention"] == "15d"


def test_two_of_them_live_side_by_side() -> None:
    def build() -> None:
        Metrics("a", {"namespace": "a"})
        Metrics("b", {"namespace": "b"})

    roles = [
        release.plain()["values"]["server"]["clusterRoleNameOverride"] for release in record(build).of_type(":Release")
    ]
    assert len(set(roles)) == 2


def test_an_output_that_turns_out_wrong_is_refused_all_the_same() -> None:
    with pytest.raises(InvalidArgsError, match='volume_size = "big"'):
        record_component(Metrics, {"namespace": "monitoring", "volume_size": pulumi.Output.from_input("big")})
