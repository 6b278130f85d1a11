"""The datasources of a specification, with their links, as Grafana's provisioning files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from .._http_client import AMAZON_PROMETHEUS, LOGS_DIRECTORY, TRACES_DIRECTORY, ClientFiles, HttpClientSettings
from .._tenants import HEADER, header_value
from .link_checks import SERVICE_GRAPH_METRIC
from .model import (
    VALUE,
    Authentication,
    ExemplarLink,
    FileReference,
    LineField,
    LinePattern,
    LogLabel,
    LogsLink,
    MetricsLink,
    Provisioned,
    ProvisionedLoki,
    ProvisionedPrometheus,
    ProvisionedTempo,
    ServiceMap,
    Tag,
    TraceLink,
)
from .spec import DatasourcesSpec

ORGANISATION = 1
"""Grafana's first organisation, the one that provisioning files without an organisation mean."""


def provisioning_files(spec: DatasourcesSpec) -> dict[str, str]:
    """Return the content of each file, by signal."""
    return {
        signal: provisioning_file(
            provisioned,
            default=provisioned.datasource.uid == spec.default_datasource,
            recreate=provisioned.datasource.uid in spec.changed_uids,
        )
        for signal, provisioned in provisioned_datasources(spec).items()
    }


def provisioned_datasources(spec: DatasourcesSpec) -> dict[str, Provisioned]:
    """Return the datasources to create, by signal."""
    datasources: Mapping[str, Provisioned | None] = {
        "logs": _loki(spec),
        "traces": _tempo(spec),
        "metrics": _prometheus(spec),
    }
    return {signal: provisioned for signal, provisioned in datasources.items() if provisioned is not None}


def _loki(spec: DatasourcesSpec) -> ProvisionedLoki | None:
    if (loki := spec.loki) is None or not spec.provision_logs:
        return None
    return ProvisionedLoki(
        loki,
        spec.logs_url,
        traces=spec.trace_links(),
        addresses=spec.address_links(),
        max_lines=spec.max_lines,
        tenants=() if spec.logs_client else tuple(spec.logs_tenants),
        authentication=Authentication() if spec.logs_client else spec.authentication(spec.logs_url),
        client=_of_tenants(spec.logs_client, spec.logs_tenants),
    )


def _of_tenants(client: HttpClientSettings | None, tenants: Sequence[str]) -> ClientFiles | None:
    """Return the client that reads several tenants at once, or its own where none are named."""
    if client is None:
        return None
    return ClientFiles(client.model_copy(update={"tenant": header_value(tenants) or client.tenant}), LOGS_DIRECTORY)


def _tempo(spec: DatasourcesSpec) -> ProvisionedTempo | None:
    if (tempo := spec.tempo) is None or not spec.provision_traces:
        return None
    prometheus = spec.prometheus
    has_service_graph = spec.provided_metrics.has(SERVICE_GRAPH_METRIC)
    return ProvisionedTempo(
        tempo,
        spec.traces_url,
        logs=spec.logs_link(),
        metrics=spec.metrics_link(),
        service_map=ServiceMap(prometheus) if prometheus and has_service_graph else None,
        streaming=spec.streaming,
        authentication=Authentication() if spec.traces_client else spec.authentication(spec.traces_url),
        client=ClientFiles(spec.traces_client, TRACES_DIRECTORY) if spec.traces_client else None,
    )


def _prometheus(spec: DatasourcesSpec) -> ProvisionedPrometheus | None:
    if (prometheus := spec.prometheus) is None or not spec.provision_metrics:
        return None
    tempo = spec.tempo
    return ProvisionedPrometheus(
        prometheus,
        spec.metrics_url,
        scrape_interval=spec.scrape_interval,
        exemplars=tuple(ExemplarLink(tempo, label) for label in spec.exemplar_labels) if tempo else (),
        client=ClientFiles(spec.metrics_client) if spec.metrics_client else None,
        authentication=spec.authentication(spec.metrics_url) if spec.metrics_authentication else Authentication(),
        software=spec.metrics_type.value if spec.metrics_type else "",
    )


def provisioning_file(provisioned: Provisioned, *, default: bool, recreate: bool) -> str:
    """Return the file of one datasource.

    `default` makes it the one that new panels start with, which only one of all files may do. `recreate` makes
    Grafana delete the datasource of this name first, the only way to change its uid.
    """
    datasource = provisioned.datasource
    entry = {
        "name": datasource.name,
        "type": type(datasource).__name__.lower(),
        "uid": datasource.uid,
        "url": provisioned.url,
        "access": "proxy",
        "orgId": ORGANISATION,
        "isDefault": default,
        "jsonData": _json_data(provisioned),
    }
    entry |= _login(provisioned.authentication)
    if provisioned.client:
        entry |= _client_entry(provisioned.client)
    if secure := _secure_json_data(provisioned):
        entry["secureJsonData"] = secure
    document: dict[str, Any] = {"apiVersion": 1}
    if recreate:
        document["deleteDatasources"] = [{"name": datasource.name, "orgId": ORGANISATION}]
    document["datasources"] = [entry]
    return yaml.safe_dump(_escaped(document), sort_keys=False, allow_unicode=True, width=1000)


def _escaped(value: Any) -> Any:
    """Return the value with every `$` doubled but that of a file reference: Grafana expands variables in these files.

    https://grafana.com/docs/grafana/latest/administration/provisioning/#using-environment-variables
    """
    if isinstance(value, FileReference):
        return f"{value.prefix}$__file{{{value.path}}}"
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, Mapping):
        return {key: _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, Sequence) else value


def _login(authentication: Authentication) -> dict[str, Any]:
    if not authentication.login_directory:
        return {}
    return {"basicAuth": True, "basicAuthUser": FileReference(f"{authentication.login_directory}/username")}


def _secure_json_data(provisioned: Provisioned) -> dict[str, Any]:
    authentication, found = provisioned.authentication, dict[str, Any]()
    if provisioned.client:
        found |= _client_secrets(provisioned.client)
    if authentication.login_directory:
        found["basicAuthPassword"] = FileReference(f"{authentication.login_directory}/password")
    if authentication.tls_directory:
        found["tlsCACert"] = FileReference(f"{authentication.tls_directory}/ca.crt")
    if authentication.client_certificate:
        found["tlsClientCert"] = FileReference(f"{authentication.tls_directory}/tls.crt")
        found["tlsClientKey"] = FileReference(f"{authentication.tls_directory}/tls.key")
    if isinstance(provisioned, ProvisionedLoki) and provisioned.tenants:
        # Grafana keeps the values of headers with its secrets, though the name of a tenant is not secret.
        return {"httpHeaderValue1": header_value(provisioned.tenants), **found}
    return found


def _client_entry(files: ClientFiles) -> dict[str, Any]:
    client = files.client
    if client.basic_auth:
        own = client.basic_auth.username_secret
        user = FileReference(files.username) if own else client.basic_auth.username
        return {"basicAuth": True, "basicAuthUser": user}
    return {"type": AMAZON_PROMETHEUS} if client.sigv4 else {}


def _client_headers(files: ClientFiles) -> dict[str, str | FileReference]:
    bearer = {"Authorization": FileReference(files.token, "Bearer ")} if files.client.bearer_token else {}
    return {
        **files.client.plain_headers,
        **bearer,
        **{name: FileReference(path) for name, path in files.headers.items()},
    }


def _client_json(files: ClientFiles) -> dict[str, Any]:
    client = files.client
    names = {f"httpHeaderName{number}": name for number, name in enumerate(_client_headers(files), start=1)}
    tls = {"tlsAuthWithCACert": client.tls.ca, "tlsAuth": client.tls.certificate}
    found = {**names, **{name: True for name, reference in tls.items() if reference}}
    if client.tls.server_name:
        found["serverName"] = client.tls.server_name
    if client.sigv4:
        found |= {"sigV4Auth": True, "sigV4AuthType": "default", "sigV4Region": client.sigv4.region}
        found |= {"sigV4AssumeRoleArn": client.sigv4.role_arn} if client.sigv4.role_arn else {}
    return found


def _client_secrets(files: ClientFiles) -> dict[str, Any]:
    headers = enumerate(_client_headers(files).values(), start=1)
    found: dict[str, Any] = {f"httpHeaderValue{number}": value for number, value in headers}
    if files.client.basic_auth:
        found["basicAuthPassword"] = FileReference(files.password)
    names = {"ca_file": "tlsCACert", "cert_file": "tlsClientCert", "key_file": "tlsClientKey"}
    return {**found, **{names[name]: FileReference(path) for name, path in files.tls.items() if name in names}}


def _tls(authentication: Authentication) -> dict[str, Any]:
    options = {"tlsAuthWithCACert": authentication.tls_directory != "", "tlsAuth": authentication.client_certificate}
    return {name: True for name, enabled in options.items() if enabled}


def _json_data(provisioned: Provisioned) -> dict[str, Any]:
    client = _client_json(provisioned.client) if provisioned.client else {}
    if isinstance(provisioned, ProvisionedLoki):
        tenants = {"httpHeaderName1": HEADER} if provisioned.tenants else {}
        return {
            **tenants,
            **_tls(provisioned.authentication),
            **client,
            "maxLines": provisioned.max_lines,
            "derivedFields": [
                *(_trace_field(link) for link in provisioned.traces),
                *({"name": link.name, **_matcher(link.field), "url": link.url} for link in provisioned.addresses),
            ],
        }
    if isinstance(provisioned, ProvisionedPrometheus):
        return {
            **_tls(provisioned.authentication),
            **client,
            "httpMethod": "POST",
            **({"prometheusType": provisioned.software} if provisioned.software else {}),
            "timeInterval": provisioned.scrape_interval,
            "exemplarTraceIdDestinations": [_exemplar(link) for link in provisioned.exemplars],
        }
    data: dict[str, Any] = {**_tls(provisioned.authentication), **client, "nodeGraph": {"enabled": True}}
    if provisioned.logs:
        data["tracesToLogsV2"] = _traces_to_logs(provisioned.logs)
    if provisioned.metrics:
        data["tracesToMetrics"] = _traces_to_metrics(provisioned.metrics)
    if provisioned.service_map:
        data["serviceMap"] = {"datasourceUid": provisioned.service_map.target.uid}
    if provisioned.streaming:
        data["streamingEnabled"] = {"search": True, "metrics": True}
    return data


def _trace_field(link: TraceLink) -> dict[str, Any]:
    target = {"datasourceName": link.target.name, "datasourceUid": link.target.uid}
    return {"name": link.field.name, **target, **_matcher(link.field), "url": VALUE}


def _matcher(field: LogLabel | LineField | LinePattern) -> dict[str, str]:
    if isinstance(field, LinePattern):
        return {"matcherType": "regex", "matcherRegex": field.regex}
    return {"matcherType": "label", "matcherRegex": field.name}


def _exemplar(link: ExemplarLink) -> dict[str, Any]:
    return {"name": link.label, "datasourceUid": link.target.uid}


def _traces_to_logs(link: LogsLink) -> dict[str, Any]:
    selection = (
        {"customQuery": True, "query": link.query}
        if link.query
        else {"filterByTraceID": link.by_trace_id, "filterBySpanID": link.by_span_id, "customQuery": False}
    )
    return {
        "datasourceUid": link.target.uid,
        "spanStartTimeShift": f"-{link.start.seconds}s",
        "spanEndTimeShift": f"{link.end.seconds}s",
        "tags": _tags(link.tags),
        **selection,
    }


def _traces_to_metrics(link: MetricsLink) -> dict[str, Any]:
    return {
        "datasourceUid": link.target.uid,
        "tags": _tags(link.tags),
        "queries": [{"name": query.name, "query": query.query} for query in link.queries],
    }


def _tags(tags: Iterable[Tag]) -> list[dict[str, str]]:
    return [{"key": tag.attribute, "value": tag.label} for tag in tags]
