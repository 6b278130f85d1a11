from tools.catalogue.references import cadvisor_metrics, kubernetes_metrics

REFERENCE = """
- name: relist_duration_seconds
  subsystem: pleg
  namespace: kubelet
  type: Histogram
  labels: [kind]
  buckets: [0.005, 1, 60, 2.592e+06]
  componentEndpoints: [{component: kubelet, endpoint: /metrics}]
- name: volume_stats_available_bytes
  subsystem: kubelet
  type: Custom
  labels: [namespace]
  componentEndpoints: [{component: kubelet, endpoint: /metrics}]
- name: probe_total
  type: Counter
  componentEndpoints: [{component: kubelet, endpoint: /metrics/probes}]
"""
CADVISOR = """\
# TYPE container_tasks_state gauge
container_tasks_state{container_env_foo="a",id="1",image="i",name="n",state="running",zone_name="z"} 1
# TYPE container_referenced_bytes gauge
container_referenced_bytes{id="1"} 1
# TYPE machine_cpu_cores gauge
machine_cpu_cores{machine_id="m"} 1
"""


def test_the_reference_of_kubernetes_is_read_by_component_and_path() -> None:
    assert kubernetes_metrics(REFERENCE, "kubelet", "/metrics") == {
        "kubelet_pleg_relist_duration_seconds": {
            "type": "histogram",
            "labels": ["kind", "le"],
            "values": {"le": ["0.005", "1.0", "60.0", "2.592e+06", "+Inf"]},
        },
        "kubelet_volume_stats_available_bytes": {"type": "untyped", "labels": ["namespace"]},
    }
    assert kubernetes_metrics(REFERENCE, "kubelet", "/metrics/probes") == {"probe_total": {"type": "counter"}}


def test_cadvisor_has_the_labels_of_a_kubelet_and_what_that_collects() -> None:
    assert cadvisor_metrics(CADVISOR) == {
        "container_tasks_state": {
            "type": "gauge",
            "labels": ["id", "state"],
            "optional": ["container", "image", "name", "namespace", "pod"],
            "values": {"state": ["running"]},
        },
        "machine_cpu_cores": {"type": "gauge", "labels": ["machine_id"]},
    }
