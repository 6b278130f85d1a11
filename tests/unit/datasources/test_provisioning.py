"""The provisioning files, byte for byte, and as Grafana expands them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components._spec import InvalidArgsError
from components.datasources.provisioning import provisioning_files
from components.datasources.spec import DatasourcesSpec

GOLDEN = Path(__file__).parents[2] / "golden" / "datasources"
URLS = {
    "logs_url": "http://loki-gateway.logging",
    "traces_url": "http://tempo-query-frontend.tracing:3200",
    "metrics_url": "http://prometheus-server.monitoring",
}
GENERATED = ["traces_service_graph_request_total", "traces_service_graph_request_failed_total"]


def files(**args: Any) -> dict[str, str]:
    spec = DatasourcesSpec.check(
        "Datasources", {"namespace": "grafana", **URLS, "generated_metrics": GENERATED, **args}
    )
    return provisioning_files(spec)


def as_grafana_reads(text: str) -> Any:
    """Expand variables as Grafana does: `$$` is a dollar sign, `$name` and `${name}` come from an empty environment."""

    def expand(value: Any) -> Any:
        if isinstance(value, str):
            return "$".join(re.sub(r"\$\{[^}]*\}|\$\w+", "", part) for part in value.split("$$"))
        if isinstance(value, dict):
            return {key: expand(item) for key, item in value.items()}
        return [expand(item) for item in value] if isinstance(value, list) else value

    return expand(yaml.safe_load(text))


def json_data(text: str) -> Any:
    return as_grafana_reads(text)["datasources"][0]["jsonData"]


@pytest.mark.parametrize("signal, product", [("logs", "loki"), ("traces", "tempo"), ("metrics", "prometheus")])
def test_the_files_are_the_golden_ones(signal: str, product: str) -> None:
    assert files(provision_metrics=True)[signal] == (GOLDEN / f"{product}.yaml").read_text()


def test_a_trace_id_in_a_label_leads_to_tempo() -> None:
    fields = json_data(files()["logs"])["derivedFields"]
    assert [(field["matcherRegex"], field["matcherType"], field["datasourceUid"]) for field in fields] == [
        ("TraceId", "label", "tempo"),
        ("trace_id", "label", "tempo"),
    ]
    assert {field["url"] for field in fields} == {"${__value.raw}"}


def test_a_trace_id_in_plain_text_is_found_by_a_pattern() -> None:
    fields = json_data(files(trace_labels=[], trace_patterns={"traceID": r"trace_id=(\w+)$"})["logs"])["derivedFields"]
    assert fields == [
        {
            "name": "traceID",
            "datasourceName": "Tempo",
            "datasourceUid": "tempo",
            "matcherType": "regex",
            "matcherRegex": r"trace_id=(\w+)$",
            "url": "${__value.raw}",
        }
    ]


def test_a_line_leads_to_the_dashboard_of_its_service_and_to_other_addresses() -> None:
    links = {
        "Dashboard": {"label": "service_name", "url": "/d/service?var-service=${__value.raw}"},
        "Order": {"pattern": r"order=(\w+)$", "url": "https://shop.example.org/orders/${__value.raw}"},
    }
    fields = json_data(files(trace_labels=[], log_links=links)["logs"])["derivedFields"]
    assert fields == [
        {
            **{"name": "Dashboard", "matcherType": "label", "matcherRegex": "service_name"},
            "url": "/d/service?var-service=${__value.raw}",
        },
        {
            **{"name": "Order", "matcherType": "regex", "matcherRegex": r"order=(\w+)$"},
            "url": "https://shop.example.org/orders/${__value.raw}",
        },
    ]


def test_a_span_leads_to_its_lines_from_before_its_start_to_after_its_end() -> None:
    link = json_data(files(logs_before_seconds=3600, logs_after_seconds=60)["traces"])["tracesToLogsV2"]
    assert (link["spanStartTimeShift"], link["spanEndTimeShift"]) == ("-3600s", "60s")
    assert (link["filterByTraceID"], link["filterBySpanID"], link["customQuery"]) == (True, True, False)


def test_queries_keep_their_variables_through_grafanas_expansion() -> None:
    link = json_data(files()["traces"])["tracesToMetrics"]
    assert [query["query"] for query in link["queries"]] == [
        "sum by (client,server)(rate(traces_service_graph_request_total{$__tags}[$__rate_interval]))",
        "sum by (client,server)(rate(traces_service_graph_request_failed_total{$__tags}[$__rate_interval]))",
    ]
    assert link["tags"] == [{"key": "service.name", "value": "server"}]


def test_queries_of_ones_own_replace_those_of_grafana() -> None:
    data = json_data(
        files(
            log_labels=["container"],
            span_tags={"service.name": "container"},
            logs_query='{${__tags}} |="${__span.traceId}"',
            metrics_queries={"Sample query": "sum(rate(http_server_duration_milliseconds_bucket{$__tags}[5m]))"},
            metrics_tags={"service.name": "job"},
            application_metrics=["http_server_duration_milliseconds"],
        )["traces"]
    )
    assert data["tracesToLogsV2"]["query"] == '{${__tags}} |="${__span.traceId}"'
    assert data["tracesToLogsV2"]["customQuery"] is True
    assert data["tracesToMetrics"]["queries"] == [
        {"name": "Sample query", "query": "sum(rate(http_server_duration_milliseconds_bucket{$__tags}[5m]))"}
    ]


def test_without_metrics_nothing_links_to_them() -> None:
    made = files(metrics_uid="")
    assert set(made) == {"logs", "traces"}
    assert set(json_data(made["traces"])) == {"nodeGraph", "tracesToLogsV2"}


def test_without_a_metrics_generator_there_is_no_service_map() -> None:
    assert set(json_data(files(generated_metrics=[])["traces"])) == {"nodeGraph", "tracesToLogsV2"}


def test_without_traces_neither_logs_nor_metrics_link_to_them() -> None:
    made = files(traces_uid="", provision_metrics=True)
    assert set(made) == {"logs", "metrics"}
    assert json_data(made["logs"])["derivedFields"] == []
    assert json_data(made["metrics"])["exemplarTraceIdDestinations"] == []


def test_every_link_leads_to_a_datasource_that_exists() -> None:
    made = files(logs_uid="logs-1", traces_uid="traces_1", metrics_uid="metrics-1", provision_metrics=True)
    targets = {uid for text in made.values() for uid in re.findall(r"datasourceUid: (\S+)", text)}
    assert targets == {"logs-1", "traces_1", "metrics-1"}


@pytest.mark.parametrize(
    ("args", "default"),
    [
        ({}, []),
        ({"provision_metrics": True}, ["metrics"]),
        ({"provision_metrics": True, "default_uid": None}, ["metrics"]),
        ({"provision_metrics": True, "default_uid": "loki"}, ["logs"]),
        ({"provision_metrics": True, "default_uid": ""}, []),
    ],
)
def test_at_most_one_datasource_is_the_default(args: dict[str, Any], default: list[str]) -> None:
    made = {signal: as_grafana_reads(text)["datasources"][0] for signal, text in files(**args).items()}
    assert [signal for signal, datasource in made.items() if datasource["isDefault"]] == default


def test_a_datasource_with_a_changed_uid_is_deleted_by_name_first() -> None:
    made = files(logs_uid="loki-2", changed_uids=["loki-2"])
    assert yaml.safe_load(made["logs"])["deleteDatasources"] == [{"name": "Loki", "orgId": 1}]
    assert "deleteDatasources" not in made["traces"]


def test_streaming_is_optional() -> None:
    assert json_data(files(streaming=True)["traces"])["streamingEnabled"] == {"search": True, "metrics": True}


def test_loki_is_queried_for_all_tenants_at_once() -> None:
    datasource = as_grafana_reads(files(logs_tenants=["team-a", "team-b"])["logs"])["datasources"][0]
    assert datasource["jsonData"]["httpHeaderName1"] == "X-Scope-OrgID"
    assert datasource["secureJsonData"] == {"httpHeaderValue1": "team-a|team-b"}
    assert datasource["jsonData"]["derivedFields"], "the links from logs to traces stay"
    assert "httpHeader" not in files(logs_tenants=["team-a"])["traces"]


def test_a_name_that_would_read_as_two_tenants_is_none() -> None:
    with pytest.raises(InvalidArgsError, match=r'logs_tenants\.0 = "a\|b": .*use no other characters'):
        files(logs_tenants=["a|b"])


SECURED: dict[str, Any] = {
    "logs_url": "https://loki-gateway.logging",
    "traces_url": "https://tempo.tracing:3200",
    "tls_directory": "/etc/grafana-tls",
    "client_certificates": True,
    "login_directory": "/etc/grafana-login",
    "provision_metrics": True,
}


def one(text: str) -> Any:
    (datasource,) = yaml.safe_load(text)["datasources"]
    return datasource


@pytest.mark.parametrize("signal", ["logs", "traces"])
def test_certificates_and_logins_are_files_that_grafana_reads_itself(signal: str) -> None:
    datasource = one(files(**SECURED)[signal])
    assert datasource["jsonData"]["tlsAuthWithCACert"] is datasource["jsonData"]["tlsAuth"] is True
    assert datasource["basicAuth"] is True
    assert datasource["basicAuthUser"] == "$__file{/etc/grafana-login/username}", "one dollar sign: it is expanded"
    assert datasource["secureJsonData"] == {
        "basicAuthPassword": "$__file{/etc/grafana-login/password}",
        "tlsCACert": "$__file{/etc/grafana-tls/ca.crt}",
        "tlsClientCert": "$__file{/etc/grafana-tls/tls.crt}",
        "tlsClientKey": "$__file{/etc/grafana-tls/tls.key}",
    }


def test_a_text_that_looks_like_a_file_is_none() -> None:
    text = files(logs_name="$__file{/etc/passwd}")["logs"]
    assert one(text)["name"] == "$$__file{/etc/passwd}", "only a reference made here is read"


def test_prometheus_is_shown_nothing() -> None:
    assert files(**SECURED)["metrics"] == files(provision_metrics=True)["metrics"]


def test_prometheus_of_the_stack_is_shown_what_loki_is_shown() -> None:
    url = {"metrics_url": "https://prometheus-prometheus.monitoring:9090", "metrics_authentication": True}
    metrics, logs = one(files(**SECURED, **url)["metrics"]), one(files(**SECURED)["logs"])
    assert metrics["secureJsonData"] == logs["secureJsonData"] and metrics["basicAuthUser"] == logs["basicAuthUser"]
    assert metrics["jsonData"]["tlsAuth"] is metrics["jsonData"]["tlsAuthWithCACert"] is True


def test_without_client_certificates_only_the_authority_is_read() -> None:
    datasource = one(files(**{**SECURED, "client_certificates": False, "login_directory": ""})["traces"])
    assert datasource["secureJsonData"] == {"tlsCACert": "$__file{/etc/grafana-tls/ca.crt}"}
    assert "tlsAuth" not in datasource["jsonData"] and "basicAuth" not in datasource


def test_tenants_and_authentication_combine_and_the_links_stay() -> None:
    datasource = one(files(**SECURED, logs_tenants=["a", "b"])["logs"])
    assert datasource["secureJsonData"]["httpHeaderValue1"] == "a|b" and len(datasource["secureJsonData"]) == 5
    assert datasource["jsonData"]["derivedFields"]


def test_a_plain_address_is_shown_no_certificate() -> None:
    datasource = one(files(tls_directory="/etc/grafana-tls", client_certificates=True)["logs"])
    assert "secureJsonData" not in datasource and "tlsAuth" not in datasource["jsonData"]


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ({"client_certificates": True}, "client_certificates = true: a client certificate requires TLS"),
        ({"tls_directory": "tls"}, "tls_directory"),
        ({"login_directory": "/etc/}x{"}, "login_directory"),
    ],
)
def test_what_is_no_directory_is_refused(args: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        files(**args)
    assert place in str(raised.value)
