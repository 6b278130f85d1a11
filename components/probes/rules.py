"""Recording rules over the probes: availability over 30 days, and days until certificates expire."""

from typing import Any

STEP = "5m"
AVAILABILITY = "probe:probe_success:avg_over_time30d"
DAYS_LEFT = "probe:probe_ssl_earliest_cert_expiry:days"
SUCCESSES, PROBES = f"probe:probe_success:sum_over_time{STEP}", f"probe:probe_success:count_over_time{STEP}"


def rule_groups() -> list[dict[str, Any]]:
    """Return the groups of rules.

    `avg_over_time(probe_success[30d])` reads 86,400 samples of a target that is probed every 30 seconds, and this form
    8,640 of each of two series, with the same result: successes divided by probes. Ranges of one step do not overlap,
    so that each probe is counted once. The steps are read by ranges alone: at an interval of 5 minutes, the age at
    which Prometheus returns no sample, an instant query may find none.
    """
    return [
        {
            "name": "probes.steps",
            "interval": STEP,
            "rules": [
                {"record": SUCCESSES, "expr": f"sum_over_time(probe_success[{STEP}])"},
                {"record": PROBES, "expr": f"count_over_time(probe_success[{STEP}])"},
            ],
        },
        {
            "name": "probes",
            "interval": "1m",
            "rules": [
                {
                    "record": AVAILABILITY,
                    "expr": f"sum_over_time({SUCCESSES}[30d]) / sum_over_time({PROBES}[30d])",
                },
                {"record": DAYS_LEFT, "expr": "(probe_ssl_earliest_cert_expiry - time()) / 86400"},
            ],
        },
    ]
