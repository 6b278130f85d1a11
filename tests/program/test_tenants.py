"""The program with tenants: whose logs go where, and who reads them."""

import pytest

from tests.program.programs import collectors, datasource, refused, stack


def test_the_only_tenant_is_that_of_every_log_and_of_grafana() -> None:
    recording = stack(logging={"tenants": ["team-a"]})
    values = recording.one(":Release", "logging-loki").plain()["values"]
    assert values["loki"]["auth_enabled"] is True
    assert 'tenant_id           = "team-a"' in collectors(recording)
    assert datasource(recording, "logs")["secureJsonData"] == {"httpHeaderValue1": "team-a"}


def test_teams_have_their_namespaces_and_one_grafana_reads_them_all_with_its_links() -> None:
    telemetry = {"logs_tenant": "ops", "namespace_tenants": {"shop": "team-a"}}
    recording = stack(logging={"tenants": ["ops", "team-a"]}, telemetry=telemetry)
    assert 'selector = "{namespace=~\\"shop\\"}"' in collectors(recording)
    logs, traces = datasource(recording, "logs"), datasource(recording, "traces")
    assert logs["jsonData"]["httpHeaderName1"] == "X-Scope-OrgID"
    assert logs["secureJsonData"] == {"httpHeaderValue1": "ops|team-a"}
    assert {link["datasourceUid"] for link in logs["jsonData"]["derivedFields"]} == {traces["uid"]}
    assert traces["jsonData"]["tracesToLogsV2"]["datasourceUid"] == logs["uid"]
    assert "secureJsonData" not in traces


def test_without_tenants_no_request_names_one() -> None:
    recording = stack()
    assert "tenant" not in collectors(recording)
    assert "secureJsonData" not in datasource(recording, "logs")


def test_with_several_tenants_logs_without_a_namespace_need_one() -> None:
    message = refused(logging={"tenants": ["ops", "team-a"]})
    assert "observability:telemetry.logs_tenant: is missing" in message
    assert "pulumi config set --path observability:telemetry.logs_tenant ops" in message


def test_a_tenant_that_loki_does_not_have_is_refused_with_the_nearest() -> None:
    telemetry = {"logs_tenant": "ops", "namespace_tenants": {"shop": "team-b"}}
    message = refused(logging={"tenants": ["ops", "team-a"]}, telemetry=telemetry)
    place = 'observability:telemetry.namespace_tenants.shop = "team-b"'
    assert f"{place}: " in message and "did you mean team-a?" in message
    alone = refused(telemetry={"logs_tenant": "ops"})
    assert 'observability:telemetry.logs_tenant = "ops": ' in alone
    assert "pulumi config rm --path observability:telemetry.logs_tenant" in alone


@pytest.mark.parametrize(
    ("tenants", "place", "sentence"),
    [
        (["ops", "a|b"], "logging.tenants[1]", "use no other characters"),
        ([".."], "logging.tenants[0]", "must not be . or .."),
        (["ops", "ops"], "logging.tenants", "ops is listed twice"),
    ],
)
def test_a_name_that_loki_refuses_is_refused_at_its_setting(tenants: list[str], place: str, sentence: str) -> None:
    message = refused(logging={"tenants": tenants}, telemetry={"logs_tenant": tenants[0]})
    assert f"observability:{place} = " in message and sentence in message
