"""Probes from outside: a target that fails them, and certificates that are about to expire."""

from ...probes.rules import AVAILABILITY, DAYS_LEFT, rule_groups
from ..rules import Group, Record, Severity
from ..runbooks import Query, Runbook
from ..shapes import Below, Unit, gauge
from .model import PLATFORM, Topic

_PROBE = {"job": "blackbox-http", "instance": "https://shop.example.org"}

RECORDS = tuple(
    Group(
        group["name"],
        [Record(rule["record"], rule["expr"]) for rule in group["rules"]],
        "component Probes",
        interval=group["interval"],
    )
    for group in rule_groups()
)
"""The records of the component Probes, which deploys them itself."""

PROBES = Topic(
    "probes",
    "Targets that are probed from outside",
    producers=frozenset({"probes"}),
    alert_group="probe_alerts",
    recorded_elsewhere=RECORDS,
    alerts=[
        Below(
            name="ProbeFailing",
            severity=Severity.CRITICAL,
            pending="5m",
            owner=PLATFORM,
            summary="{{ $labels.instance }} fails its probe",
            description="{{ $labels.instance }} has failed the probe {{ $labels.job }} for 5 minutes.",
            impact="Users cannot reach it.",
            symptom="The address does not answer, or answers with an error.",
            dashboard="probe",
            signal=gauge("probe_success", Unit.NUMBER, _PROBE),
            threshold=1,
            runbook=Runbook(
                meaning="The blackbox exporter cannot reach the target, or its module expects another answer.",
                diagnose=[
                    Query("The phase that takes the time, or that is missing", "probe_http_duration_seconds"),
                    Query("The status of the answer", "probe_http_status_code"),
                    Query("The availability of 30 days", AVAILABILITY),
                    "`curl -v <target>` from another network.",
                ],
                resolve=[
                    "If the name does not resolve: repair DNS.",
                    "If TLS fails: see `SSLCertExpiringSoon`.",
                    "If it answers with an error: the alerts of the service behind it come first.",
                ],
                escalate="The owner of the target, at once.",
            ),
        ),
        Below(
            name="SSLCertExpiringSoon",
            severity=Severity.WARNING,
            pending="1h",
            owner=PLATFORM,
            summary="The certificate of {{ $labels.instance }} is about to expire",
            description="The certificate of {{ $labels.instance }} expires in {value} (limit {threshold}).",
            impact="After that, browsers and clients refuse the connection.",
            symptom="None yet; all of the address fails when the certificate has expired.",
            dashboard="probe",
            signal=gauge(DAYS_LEFT, Unit.DAYS, _PROBE),
            threshold=14,
            runbook=Runbook(
                meaning="The first certificate of the chain to expire does so in less than the days of the threshold.",
                diagnose=[
                    Query("The days that are left", DAYS_LEFT),
                    "`openssl s_client -connect <host>:443 -servername <host> </dev/null | openssl x509 -noout -dates "
                    "-issuer`.",
                    "With cert-manager: `kubectl get certificate,certificaterequest,order,challenge -A`.",
                ],
                resolve=[
                    "If a renewal has failed: its reason is in the events of the CertificateRequest or the Challenge.",
                    "If the new certificate is there but not served: restart what serves it.",
                    "If it is renewed by hand: do so now.",
                ],
                escalate="The owner of the target, in working hours; at once below 2 days.",
            ),
        ),
    ],
)
