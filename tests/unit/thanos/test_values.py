"""The values of chart `thanos`."""

import json
from typing import Any

import pytest
import yaml

from components.thanos.roles import BUCKET_ROLES, ThanosRole
from components.thanos.values import thanos_values
from tests.unit.thanos.specs import WHOLE, spec


def section(values: dict[str, Any], role: ThanosRole) -> dict[str, Any]:
    found: Any = values
    for key in role.values_path:
        found = found[key]
    return dict(found)


def flags(values: dict[str, Any], role: ThanosRole) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for argument in section(values, role)["extraArgs"]:
        name, _, value = argument.removeprefix("--").partition("=")
        found.setdefault(name, []).append(value)
    return found


def test_the_object_store_is_a_secret_that_exists_already() -> None:
    values = thanos_values(spec())
    assert values["objstoreConfig"] == {"create": False, "name": "thanos-objstore", "key": "objstore.yml"}


def test_queries_remove_the_replicas_of_prometheus_and_the_compactor_does_not() -> None:
    values = thanos_values(spec(**WHOLE))
    assert values["query"]["replicaLabels"] == ["prometheus_replica"]
    assert "additionalReplicaLabels" not in values, "the compactor would merge by them, sample by sample"


def test_the_compactor_merges_late_blocks_and_copies_of_receivers_alone() -> None:
    without = flags(thanos_values(spec(ruler=True, replicas=2)), ThanosRole.COMPACT)
    assert "compact.enable-vertical-compaction" in without and "deduplication.replica-label" not in without
    whole = thanos_values(spec(**WHOLE))
    assert flags(whole, ThanosRole.COMPACT)["deduplication.replica-label"] == ["receive_replica"]
    assert whole["compact"]["deduplication"] == {"enabled": False}, "the chart would add rule_replica"


def test_each_resolution_has_its_retention() -> None:
    found = flags(thanos_values(spec(retention="395d", retention_raw="90d")), ThanosRole.COMPACT)
    assert found["retention.resolution-raw"] == ["90d"]
    assert found["retention.resolution-5m"] == found["retention.resolution-1h"] == ["395d"]


def test_without_downsampling_there_are_samples_alone() -> None:
    found = flags(thanos_values(spec(downsampling=False)), ThanosRole.COMPACT)
    assert "downsampling.disable" in found and "retention.resolution-5m" not in found


def test_the_compactor_has_no_number_of_replicas() -> None:
    assert "replicas" not in thanos_values(spec(**WHOLE))["compact"]
    assert thanos_values(spec(compactor=False))["compact"] == {"enabled": False}


@pytest.mark.parametrize("role", BUCKET_ROLES)
def test_a_workload_with_the_bucket_restarts_with_it_and_keeps_its_volume(role: ThanosRole) -> None:
    found = section(thanos_values(spec(**WHOLE, storage_class="gp3")), role)
    assert found["podAnnotations"]["checksum/objstore"] == "1"
    assert found["persistence"] == {"enabled": True, "size": "10Gi", "storageClass": "gp3"}
    default = section(thanos_values(spec(**WHOLE)), role)
    assert default["persistence"]["storageClass"] == "", "the chart's own class is standard"


@pytest.mark.parametrize("role", BUCKET_ROLES)
def test_each_workload_with_the_bucket_has_a_role_of_its_own(role: ThanosRole) -> None:
    annotations = {role.value: {"eks.amazonaws.com/role-arn": f"arn:aws:iam::1:role/{role}"}}
    values = thanos_values(spec(**WHOLE, service_account_annotations=annotations))
    assert section(values, role)["serviceAccount"]["annotations"] == annotations[role.value]
    others = [other for other in BUCKET_ROLES if other is not role]
    assert all(section(values, other)["serviceAccount"]["annotations"] == {} for other in others)


@pytest.mark.parametrize("role", BUCKET_ROLES)
def test_keys_of_an_existing_secret_and_an_own_authority_reach_the_workloads_with_the_bucket(role: ThanosRole) -> None:
    authority = {"config_map": "s3-ca", "key": "ca.crt"}
    values = thanos_values(spec(**WHOLE, credentials_secret="thanos-bucket", storage_ca=authority))
    found = section(values, role)
    keys = [variable["name"] for variable in found["extraEnv"]]
    assert keys[:2] == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    assert found["extraVolumeMounts"][0]["mountPath"] == "/etc/storage-ca"
    assert "extraEnv" not in values["query"] and "extraVolumes" not in values["query"]


def test_one_pod_has_no_disruption_budget_and_several_let_one_go() -> None:
    assert thanos_values(spec())["query"]["podDisruptionBudget"] == {"enabled": False}
    assert thanos_values(spec(replicas=2))["query"]["podDisruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    assert "podDisruptionBudget" not in thanos_values(spec(replicas=2))["compact"], "the chart has none there"


@pytest.mark.parametrize(("ingestors", "factor"), [(1, 1), (2, 1), (3, 3), (5, 3)])
def test_a_sample_goes_to_three_ingestors_where_there_are_as_many(ingestors: int, factor: int) -> None:
    own = {"receive-ingestor": {"replicas": ingestors}}
    receive = thanos_values(spec(receive=True, workloads=own))["receive"]
    assert receive["replicationFactor"] == factor, "of two, both would have to confirm a write"
    assert receive["router"]["podAnnotations"] == {"observability/ingestors": str(ingestors)}


def test_ruler_and_receivers_have_the_labels_of_prometheus_and_keep_samples_as_long() -> None:
    values = thanos_values(spec(**WHOLE, local_retention="7d"))
    for role in (ThanosRole.RULE, ThanosRole.RECEIVE_INGESTOR):
        assert flags(values, role)["label"] == ['cluster="prod"']
    assert values["rule"]["retention"] == values["receive"]["retention"] == "7d"


def test_the_ruler_has_its_rules_and_sends_alerts() -> None:
    rule = thanos_values(spec(**WHOLE))["rule"]
    assert yaml.safe_load(rule["rules"]["value"]) == {"groups": WHOLE["ruler_groups"]}
    (target,) = yaml.safe_load(rule["alertmanagersConfig"]["value"])["alertmanagers"]
    assert target == {
        "static_configs": ["alertmanager.monitoring:9093"],
        "scheme": "http",
        "path_prefix": "/am",
        "api_version": "v2",
    }
    assert rule["configReloader"] == {"enabled": False}, "it has no security context"


def test_the_ruler_sends_alerts_by_tls_with_its_own_certificate() -> None:
    name = "prometheus-alertmanager.monitoring.svc"
    secured = {"alertmanager_url": "https://a.monitoring:9095", "alertmanager_server_name": name}
    args: dict[str, Any] = {**WHOLE, **secured, "tls_secret": "thanos-tls", "client_certificates": True}
    rule = thanos_values(spec(**args))["rule"]
    (target,) = yaml.safe_load(rule["alertmanagersConfig"]["value"])["alertmanagers"]
    assert target["scheme"] == "https"
    tls = target["http_config"]["tls_config"]
    assert (tls["server_name"], tls["ca_file"], tls["key_file"]) == (name, "/tls/ca.crt", "/tls/tls.key")
    assert {"name": "tls", "secret": {"secretName": "thanos-tls"}} in rule["extraVolumes"]


def test_changed_rules_restart_the_ruler() -> None:
    def checksum(name: str) -> str:
        rules = [{"record": "a:b:c", "expr": "up"}]
        values = thanos_values(spec(ruler=True, ruler_groups=[{"name": name, "rules": rules}]))
        return str(values["rule"]["podAnnotations"]["checksum/rules"])

    assert checksum("a") == checksum("a") != checksum("b")


def configuration(values: dict[str, Any], role: ThanosRole, name: str) -> Any:
    (text,) = flags(values, role)[name]
    return json.loads(text)


def test_caches_are_in_memory_by_default() -> None:
    values = thanos_values(spec(index_cache_mib=64, response_cache_mib=32))
    index = configuration(values, ThanosRole.STORE_GATEWAY, "index-cache.config")
    assert index == {"type": "IN-MEMORY", "config": {"max_size": "64MiB", "max_item_size": "32MiB"}}
    for requests in ("query-range", "labels"):
        found = configuration(values, ThanosRole.QUERY_FRONTEND, f"{requests}.response-cache-config")
        assert found["type"] == "IN-MEMORY" and found["config"]["max_size"] == "32MiB"


def test_valkey_holds_index_and_results_with_the_password_from_its_secret() -> None:
    cache = {"cache_endpoint": "valkey.caching:6379", "cache_password_secret": "thanos-cache", "cache_checksum": "7"}
    values = thanos_values(spec(**cache))
    for role, name in (
        (ThanosRole.STORE_GATEWAY, "index-cache.config"),
        (ThanosRole.QUERY_FRONTEND, "query-range.response-cache-config"),
    ):
        found = configuration(values, role, name)
        client = {"addr": "valkey.caching:6379", "db": 3, "password": "$$(CACHE_PASSWORD)"}
        assert found == {"type": "REDIS", "config": client}
        workload = section(values, role)
        assert workload["extraEnv"][-1]["valueFrom"]["secretKeyRef"]["name"] == "thanos-cache"
        assert workload["podAnnotations"]["checksum/cache"] == "7"
    assert "extraEnv" not in values["query"]


def test_an_existing_memcached_holds_index_and_results() -> None:
    values = thanos_values(spec(memcached_addresses=["dns+memcached.caching:11211"]))
    found = configuration(values, ThanosRole.STORE_GATEWAY, "index-cache.config")
    assert found["type"] == "MEMCACHED" and found["config"]["addresses"] == ["dns+memcached.caching:11211"]


def test_pods_take_registry_secrets_priority_and_places() -> None:
    toleration = {"key": "dedicated", "operator": "Exists"}
    pods = {
        "image_registry": "registry.example.com/mirror",
        "image_pull_secrets": ["login"],
        "priority_class": "high",
        "node_selector": {"pool": "obs"},
        "tolerations": [toleration],
    }
    values = thanos_values(spec(**WHOLE, **pods))
    assert values["image"] == {"repository": "registry.example.com/mirror/thanos/thanos"}
    assert values["imagePullSecrets"] == [{"name": "login"}]
    for role in ThanosRole:
        found = section(values, role)
        assert (found["priorityClassName"], found["nodeSelector"]) == ("high", {"pool": "obs"})
        assert found["tolerations"] == [toleration]


def test_one_workload_may_differ() -> None:
    own = {"compact": {"memory": "4Gi", "volume_size": "100Gi", "extra_args": ["--compact.concurrency=2"]}}
    compact = thanos_values(spec(workloads=own))["compact"]
    assert compact["resources"]["limits"] == {"memory": "4Gi"}
    assert compact["persistence"]["size"] == "100Gi"
    assert compact["extraArgs"][-1] == "--compact.concurrency=2"


def test_no_one_may_delete_blocks_by_the_pages_of_the_bucket() -> None:
    values = thanos_values(spec())
    for role in (ThanosRole.STORE_GATEWAY, ThanosRole.COMPACT):
        assert "disable-admin-operations" in flags(values, role)
