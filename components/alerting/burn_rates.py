"""The rates of spending an error budget that raise alerts, each measured over a long and a short window.

Windows and shares of the budget are those of https://sre.google/workbook/alerting-on-slos/, with the row of 1d and 2h
that Sloth adds to it (https://github.com/slok/sloth, `internal/alert/windows/google-30d.yaml`).
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Context, Decimal
from functools import cache

from ..units import parse_duration
from .rules import Severity

_DIGITS = Context(prec=16)
"""Those of a floating-point number of Prometheus."""


@dataclass(frozen=True)
class BurnRate:
    """An alert's condition: so much of the budget spent within the long window, and still being spent in the short."""

    severity: Severity
    budget_percent: int
    """Share of the budget that is spent within the long window."""
    short: str
    long: str
    pending: str
    """`for` of the alert."""

    def factor(self, period: str) -> Decimal:
        """Return how many times faster than evenly over `period` the budget is spent: 14.4 for 2 % in 1h of 30d."""
        return _DIGITS.divide(self.budget_percent * _hours(period), 100 * _hours(self.long))


@cache
def _hours(duration: str) -> Decimal:
    return Decimal(parse_duration(duration) // timedelta(hours=1))


BURN_RATES = (
    BurnRate(Severity.CRITICAL, 2, "5m", "1h", "2m"),
    BurnRate(Severity.CRITICAL, 5, "30m", "6h", "15m"),
    BurnRate(Severity.WARNING, 10, "2h", "1d", "1h"),
    BurnRate(Severity.WARNING, 10, "6h", "3d", "3h"),
)

WINDOWS = tuple(sorted({window for rate in BURN_RATES for window in (rate.short, rate.long)}, key=parse_duration))
"""Every window that an alert reads, from short to long."""


def plain(number: Decimal) -> str:
    """Return a number without exponent and trailing zeros, as PromQL reads it: `0.001`, `6`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
