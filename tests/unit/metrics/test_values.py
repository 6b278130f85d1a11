"""The values of chart `kube-prometheus-stack`."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.metrics.spec import MetricsSpec, OperatorCrdsSpec
from components.metrics.values import CONTROL_PLANE, REVISION, metrics_values, operator_crds_values
from components.units import parse_quantity
from tests.fixes import fix_of


def values(**args: Any) -> dict[str, Any]:
    return metrics_values(MetricsSpec.check('Metrics "m"', {"namespace": "monitoring", **args}))


def server(**args: Any) -> dict[str, Any]:
    found: dict[str, Any] = values(**args)["prometheus"]["prometheusSpec"]
    return found


def test_metrics_may_be_pushed_in_every_way_that_the_stack_uses() -> None:
    spec = server()
    assert spec["enableRemoteWriteReceiver"] is True
    assert spec["enableOTLPReceiver"] is True
    assert spec["tsdb"] == {"outOfOrderTimeWindow": "30m"}
    assert server(out_of_order_window="0s")["tsdb"] == {"outOfOrderTimeWindow": "0s"}
    assert spec["enableFeatures"] == ["exemplar-storage"], "the write receiver keeps exemplars only with it"
    assert spec["exemplars"]["maxSize"] > 0


def test_the_names_that_link_signals_are_labels_of_metrics_received_by_otlp() -> None:
    otlp = server()["otlp"]
    assert {"service.name", "service.namespace", "k8s.namespace.name", "k8s.pod.name"} <= set(
        otlp["promoteResourceAttributes"]
    )
    chosen = server(promoted_resource_attributes=["service.name"], translation_strategy="NoTranslation")["otlp"]
    assert chosen == {"promoteResourceAttributes": ["service.name"], "translationStrategy": "NoTranslation"}


def test_native_histograms_are_scraped_beside_the_classic_ones() -> None:
    spec = server()
    assert (spec["scrapeNativeHistograms"], spec["scrapeClassicHistograms"]) == (True, True)
    assert server(native_histograms=False)["scrapeNativeHistograms"] is False


def test_every_monitor_probe_rule_and_scrape_config_is_selected() -> None:
    spec = server()
    for kind in ("serviceMonitor", "podMonitor", "probe", "scrapeConfig", "rule"):
        assert spec[f"{kind}SelectorNilUsesHelmValues"] is False, "else only those with the label of the release"


def alertmanager(**stated: Any) -> dict[str, Any]:
    found: dict[str, Any] = values(alertmanager={"config_secret": "alertmanager-config", **stated})["alertmanager"]
    return found


def test_alertmanager_reads_the_configuration_and_the_secrets_that_are_named() -> None:
    spec = alertmanager(secrets=["slack", "smtp"])["alertmanagerSpec"]
    assert (spec["useExistingSecret"], spec["configSecret"]) == (True, "alertmanager-config")
    assert spec["secrets"] == ["slack", "smtp"]
    assert spec["alertmanagerConfigSelector"] == {"matchLabels": {"observability/alertmanager": "prometheus"}}
    assert alertmanager()["enableFeatures"] == ["receiver-name-in-metrics"]


def test_alertmanager_has_the_size_of_its_arguments_and_the_place_of_prometheus() -> None:
    chart = values(
        alertmanager={"config_secret": "a", "volume_size": "3Gi", "storage_class": "gp3", "memory": "256Mi"},
        node_selector={"pool": "obs"},
        priority_class="high",
    )
    spec = chart["alertmanager"]["alertmanagerSpec"]
    claim = spec["storage"]["volumeClaimTemplate"]["spec"]
    assert (claim["resources"]["requests"]["storage"], claim["storageClassName"]) == ("3Gi", "gp3")
    assert spec["resources"]["limits"] == {"memory": "256Mi"}
    assert (spec["nodeSelector"], spec["priorityClassName"]) == ({"pool": "obs"}, "high")
    assert "externalUrl" not in spec
    assert alertmanager(external_url="https://a.b")["alertmanagerSpec"]["externalUrl"] == "https://a.b"
    assert "alertmanager" not in {**values(priority_class="high"), "alertmanager": {}}["alertmanager"]


def test_the_retention_of_alertmanager_is_in_the_units_of_the_definition() -> None:
    assert alertmanager()["alertmanagerSpec"]["retention"] == "120h"
    with pytest.raises(InvalidArgsError, match=r"alertmanager.retention = .* whole number of hours") as raised:
        alertmanager(retention="90m")
    (problem,) = raised.value.problems
    assert fix_of(problem) == {"alertmanager.retention": "120h"}


def test_pods_of_alertmanager_are_drained_one_by_one_where_there_are_several() -> None:
    assert "podDisruptionBudget" not in alertmanager()
    assert alertmanager(replicas=3)["podDisruptionBudget"] == {"enabled": True, "minAvailable": 2}


def test_several_pods_of_alertmanager_are_spread_over_zones() -> None:
    assert "topologySpreadConstraints" not in alertmanager()["alertmanagerSpec"]
    (spread,) = alertmanager(replicas=3)["alertmanagerSpec"]["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "ScheduleAnyway")
    assert spread["labelSelector"]["matchLabels"]["alertmanager"] == "prometheus", "the name of its resource"


TLS: Any = {"tls_secret": "prometheus-tls", "client_certificates": True}


def test_with_tls_alerts_go_through_nginx_before_alertmanager() -> None:
    chart = values(alertmanager={"config_secret": "a"}, **TLS)
    spec, service = chart["alertmanager"]["alertmanagerSpec"], chart["alertmanager"]["service"]
    (nginx,) = spec["containers"]
    (port,) = service["additionalPorts"]
    assert (nginx["name"], nginx["ports"][0]["containerPort"]) == ("gateway", port["targetPort"])
    assert {"name": "tls", "secret": {"secretName": "prometheus-tls"}} in spec["volumes"]
    assert {"name": "gateway-config", "configMap": {"name": "prometheus-alertmanager-gateway"}} in spec["volumes"]
    (endpoint,) = chart["prometheus"]["prometheusSpec"]["alertingEndpoints"]
    assert (endpoint["name"], endpoint["port"], endpoint["scheme"]) == (
        "prometheus-alertmanager",
        port["name"],
        "https",
    )
    assert endpoint["tlsConfig"]["serverName"] == "prometheus-alertmanager.monitoring.svc"
    assert endpoint["tlsConfig"]["keySecret"] == {"name": "prometheus-tls", "key": "tls.key"}
    assert "clusterTLS" not in spec, "it has no peers"
    peers = values(alertmanager={"config_secret": "a", "replicas": 2}, **TLS)["alertmanager"]["alertmanagerSpec"]
    assert peers["clusterTLS"]["server"]["clientAuthType"] == "RequireAndVerifyClientCert"
    assert peers["clusterTLS"]["client"]["serverName"] == endpoint["tlsConfig"]["serverName"]
    plain = values(alertmanager={"config_secret": "a"})
    assert "containers" not in plain["alertmanager"]["alertmanagerSpec"] and "service" not in plain["alertmanager"]
    assert "alertingEndpoints" not in plain["prometheus"]["prometheusSpec"]


def test_values_leave_alertmanager_to_its_argument() -> None:
    with pytest.raises(InvalidArgsError, match="enabled would replace what other arguments set; set alertmanager"):
        values(values={"alertmanager": {"enabled": True}})
    removed = {"alertmanager": {"alertmanagerSpec": {"configSecret": None}}}
    with pytest.raises(InvalidArgsError, match="null would remove"):
        values(alertmanager={"config_secret": "a"}, values=removed)


def test_there_is_no_grafana_no_alertmanager_and_no_alert() -> None:
    chart = values()
    assert chart["grafana"] == chart["alertmanager"] == {"enabled": False}
    rules = chart["defaultRules"]["rules"]
    assert {"kubernetesApps", "prometheus", "nodeExporterAlerting", "general"} <= set(rules)
    assert not any(rules.values())
    assert {"nodeExporterRecording", "k8sContainerCpuUsageSecondsTotal"}.isdisjoint(rules), "recording rules stay"


def test_the_definitions_stay_when_their_release_goes() -> None:
    assert values()["crds"] == {"enabled": False}
    crds = operator_crds_values(OperatorCrdsSpec.check("crds", {"namespace": "monitoring"}))
    assert crds["crds"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_parts_of_the_control_plane_are_scraped_only_where_they_are_named() -> None:
    def scraped(**args: Any) -> set[str]:
        return {section for section in CONTROL_PLANE.values() if values(**args)[section]["enabled"]}

    assert scraped() == {"coreDns"}
    assert scraped(control_plane=["etcd", "kube-dns"]) == {"kubeEtcd", "kubeDns"}
    assert scraped(control_plane=[]) == set()


def test_an_operator_of_the_cluster_takes_the_place_of_the_own_one() -> None:
    assert values(install_operator=False)["prometheusOperator"]["enabled"] is False
    assert values()["prometheusOperator"]["enabled"] is True


@pytest.mark.parametrize("size", ["2Gi", "8Gi", "100G"])
def test_the_volume_never_fills_up(size: str) -> None:
    limit = parse_quantity(server(volume_size=size)["retentionSize"].removesuffix("MB") + "Mi")
    assert parse_quantity(size) / 2 < limit < parse_quantity(size)


def test_a_stated_size_of_blocks_is_rounded_down_to_a_unit_of_prometheus() -> None:
    assert server(volume_size="10Gi", retention_size="5Gi")["retentionSize"] == "5120MB"


def test_a_volume_of_the_default_class_names_none() -> None:
    def claim(**args: Any) -> Any:
        return server(**args)["storageSpec"]["volumeClaimTemplate"]["spec"]

    assert claim() == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "8Gi"}}}
    assert claim(storage_class="fast")["storageClassName"] == "fast"


def test_limits_hold_for_every_target() -> None:
    spec = server(limits={"samples_per_target": 500, "labels_per_sample": 20, "body_mib": 5})
    assert (spec["enforcedSampleLimit"], spec["enforcedLabelLimit"], spec["enforcedBodySizeLimit"]) == (500, 20, "5MB")
    assert spec["enforcedTargetLimit"] == 10_000


def test_every_pod_but_those_of_the_nodes_runs_on_the_nodes_that_are_asked_for() -> None:
    toleration = {"key": "pool", "operator": "Exists"}
    chart = values(node_selector={"pool": "obs"}, tolerations=[toleration], priority_class="high")
    for part in (chart["prometheus"]["prometheusSpec"], chart["prometheusOperator"], chart["kube-state-metrics"]):
        assert (part["nodeSelector"], part["tolerations"]) == ({"pool": "obs"}, [toleration])
        assert part["priorityClassName"] == "high"
    assert "nodeSelector" not in chart["prometheus-node-exporter"]
    assert chart["prometheus-node-exporter"]["priorityClassName"] == "high"


def test_every_container_requests_cpu_and_memory_and_has_a_limit_of_memory() -> None:
    chart = values(objstore_secret="thanos-objstore")
    spec, operator = chart["prometheus"]["prometheusSpec"], chart["prometheusOperator"]
    parts = (
        *(spec, spec["thanos"], operator, operator["prometheusConfigReloader"]),
        *(chart["kube-state-metrics"], chart["prometheus-node-exporter"]),
    )
    for part in parts:
        assert set(part["resources"]["requests"]) == {"cpu", "memory"}
        assert part["resources"]["limits"]["memory"] == part["resources"]["requests"]["memory"]


def test_what_grows_with_the_cluster_has_a_size() -> None:
    chart = values(operator_memory="512Mi", kube_state_metrics_memory="1Gi")
    assert chart["prometheusOperator"]["resources"]["limits"] == {"memory": "512Mi"}
    assert chart["kube-state-metrics"]["resources"]["limits"] == {"memory": "1Gi"}


def test_node_exporter_has_no_capability_and_listens_at_the_address_of_its_node() -> None:
    exporter = values(node_exporter_namespace="telemetry")["prometheus-node-exporter"]
    assert exporter["namespaceOverride"] == "telemetry"
    assert exporter["containerSecurityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert exporter["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert exporter["service"] == {"listenOnAllInterfaces": False}


def test_series_of_node_exporter_have_the_name_of_their_node() -> None:
    (relabeling,) = values()["prometheus-node-exporter"]["prometheus"]["monitor"]["relabelings"]
    assert (relabeling["sourceLabels"], relabeling["targetLabel"]) == (["__meta_kubernetes_pod_node_name"], "node")


def test_an_exporter_that_is_off_has_no_values() -> None:
    chart = values(node_exporter=False, kube_state_metrics=False, priority_class="high")
    assert (chart["nodeExporter"], chart["kubeStateMetrics"]) == ({"enabled": False}, {"enabled": False})
    assert {"prometheus-node-exporter", "kube-state-metrics"}.isdisjoint(chart)


def test_a_sidecar_uploads_where_there_is_a_bucket_and_a_pair_drains_one_by_one() -> None:
    alone = values()["prometheus"]
    assert "thanos" not in alone["prometheusSpec"] and "podDisruptionBudget" not in alone
    pair = values(replicas=2, objstore_secret="thanos-objstore", objstore_revision="a1")["prometheus"]
    spec = pair["prometheusSpec"]
    assert spec["replicas"] == 2
    assert spec["thanos"]["objectStorageConfig"] == {
        "existingSecret": {"name": "thanos-objstore", "key": "objstore.yml"}
    }
    assert spec["podMetadata"]["annotations"] == {REVISION: "a1"}, "another Secret restarts the pods"
    assert pair["thanosService"] == pair["thanosServiceMonitor"] == {"enabled": True}
    assert pair["podDisruptionBudget"] == {"enabled": True, "minAvailable": 1}


PAIR = {"replicas": 2, "objstore_secret": "thanos-objstore"}


@pytest.mark.parametrize(
    ("args", "problem", "fix"),
    [
        ({"retention": "1h"}, 'retention = "1h": must be at least 2h', {"retention": "2h"}),
        ({"chart_version": "1.0.0"}, "must be a supported version of chart kube-prometheus-stack", None),
        ({"release_name": "a" * 27}, "must have at most 26 characters", {"release_name": "a" * 26}),
        ({"replicas": 2}, "replicas = 2: must be 1 without objstore_secret", {"replicas": 1}),
        (
            {"volume_size": "10Gi", "retention_size": "9500Mi"},
            'retention_size = "9500Mi": must be at most nine tenths of volume_size (10Gi)',
            None,
        ),
        ({"scrape_interval": "2m"}, 'scrape_interval = "2m": must be at most 1m', {"scrape_interval": "1m"}),
        (
            {"external_labels": {"prometheus_replica": "a"}},
            'external_labels.prometheus_replica = "a": must not be set, as the operator sets prometheus_replica',
            None,
        ),
        ({"external_labels": {"a-b": "c"}}, "must be the name of a label of Prometheus: letters, digits", None),
        (
            {"namespace_limits": {"shop": {"samples_per_target": 300_000}}},
            "namespace_limits.shop.samples_per_target = 300000: must be at most that of every target, 200000",
            {"namespace_limits.shop.samples_per_target": 200_000},
        ),
        (
            {"namespace_limits": {"monitoring": {}}},
            "namespace_limits.monitoring = {}: must not be set, as the monitors of the chart in this namespace",
            None,
        ),
        ({"values": {"crds": {"enabled": True}}}, "two releases must not own the same ones", None),
        *(
            ({"values": {"prometheus": {"prometheusSpec": {name: value}}}}, f"prometheus.prometheusSpec.{name}", None)
            for name, value in (
                ("shards", 2),
                ("replicaExternalLabelNameClear", True),
                ("retentionSize", "500GB"),
                ("thanos", {"objectStorageConfig": {"existingSecret": {"name": "other", "key": "k"}}}),
            )
        ),
        ({"values": {"namespaceOverride": "other"}}, "set namespace", None),
    ],
)
def test_a_wrong_argument_is_named_with_its_value_and_the_way_out(
    args: dict[str, Any], problem: str, fix: dict[str, Any] | None
) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        values(**args)
    assert problem in str(raised.value)
    if fix is not None:
        (found,) = MetricsSpec.find_problems({"namespace": "monitoring", **args})
        assert fix_of(found) == fix
        assert MetricsSpec.find_problems({"namespace": "monitoring", **args, **fix}) == [] or "." in next(iter(fix))


@pytest.mark.parametrize(("retention", "fixed"), [("1h", "2h"), ("30s", "2h"), ("150m", "3h"), ("25h30m", "26h")])
def test_the_fix_of_a_retention_is_the_next_whole_hour(retention: str, fixed: str) -> None:
    (problem,) = MetricsSpec.find_problems({"namespace": "monitoring", "retention": retention})
    assert (problem.field, fix_of(problem)) == ("retention", {"retention": fixed})
    assert server(retention=fixed)["retention"] == fixed
