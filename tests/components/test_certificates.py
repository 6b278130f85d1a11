"""Certificates as a program registers them."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.certificates import Certificate, CertificateArgs
from components.certificates.spec import CertificateSpec
from tests.fixes import fix_of
from tests.recording import Recording, record

ARGS: CertificateArgs = {
    "namespace": "logging",
    "secret_name": "loki-tls",
    "dns_names": ["loki-gateway", "loki-gateway.logging"],
    "issuer": "observability-ca",
}


def certificate(**changes: Any) -> Recording:
    args: Any = {**ARGS, **changes}
    return record(lambda: {"secret": Certificate("loki", args).secret_name})


def test_a_certificate_serves_servers_and_clients_and_renews_its_key() -> None:
    recording = certificate()
    made = recording.one(":Certificate", "loki-certificate").plain()
    assert (made["apiVersion"], made["kind"]) == ("cert-manager.io/v1", "Certificate")
    assert made["metadata"]["namespace"] == "logging"
    spec = made["spec"]
    assert spec["issuerRef"] == {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "observability-ca"}
    assert {"server auth", "client auth"} <= set(spec["usages"])
    assert (spec["duration"], spec["renewBefore"]) == ("2160h", "720h")
    assert spec["privateKey"]["rotationPolicy"] == "Always"
    assert spec["dnsNames"] == ARGS["dns_names"] and "commonName" not in spec
    assert recording.outputs == {"secret": "loki-tls"}


def test_durations_are_written_as_cert_manager_reads_them() -> None:
    spec = certificate(duration="30d", renew_before="10d", issuer_kind="Issuer", common_name="loki").one(
        ":Certificate", "loki-certificate"
    )
    plain = spec.plain()["spec"]
    assert (plain["duration"], plain["renewBefore"]) == ("720h", "240h")
    assert (plain["issuerRef"]["kind"], plain["commonName"]) == ("Issuer", "loki")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"renew_before": "2160h"}, 'renew_before = "2160h": must be less than duration = "2160h"'),
        ({"duration": "90m", "renew_before": "1h"}, 'duration = "90m": must be a whole number of hours'),
        ({"renew_before": "90m"}, 'renew_before = "90m": must be a whole number of hours'),
        ({"dns_names": []}, "dns_names"),
        ({"dns_names": ["loki gateway"]}, "must be a host name"),
        ({"issuer": ""}, "issuer"),
        ({"issuer_kind": "CA"}, "issuer_kind"),
        ({"common_name": "a" * 65}, "common_name"),
    ],
)
def test_a_certificate_that_cannot_be_issued_is_refused_before(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        certificate(**changes)
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "fix"),
    [
        ({"duration": "1510m", "renew_before": "1h"}, {"duration": "25h"}),
        ({"renew_before": "10m"}, {"renew_before": "1h"}),
        ({"renew_before": "2160h"}, None),
    ],
)
def test_a_duration_is_fixed_by_the_nearest_hours(changes: dict[str, Any], fix: dict[str, str] | None) -> None:
    (problem,) = CertificateSpec.find_problems({**ARGS, **changes})
    assert fix_of(problem) == fix
