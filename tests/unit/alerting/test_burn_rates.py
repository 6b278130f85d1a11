"""Windows and factors of the alerts on burn rates: those of Sloth 0.16, as golden figures."""

from decimal import Decimal

import pytest

from components.alerting.burn_rates import BURN_RATES, WINDOWS, plain
from components.alerting.rules import Severity


@pytest.mark.parametrize(
    ("period", "factors"),
    [("30d", ["14.4", "6", "3", "1"]), ("28d", ["13.44", "5.6", "2.8", "0.9333333333333333"])],
)
def test_factors_are_those_of_sloth(period: str, factors: list[str]) -> None:
    assert [plain(rate.factor(period)) for rate in BURN_RATES] == factors


def test_windows_are_those_of_sloth() -> None:
    assert [(rate.severity, rate.short, rate.long) for rate in BURN_RATES] == [
        (Severity.CRITICAL, "5m", "1h"),
        (Severity.CRITICAL, "30m", "6h"),
        (Severity.WARNING, "2h", "1d"),
        (Severity.WARNING, "6h", "3d"),
    ]
    assert WINDOWS == ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


def test_an_alert_holds_for_longer_the_slower_it_is() -> None:
    assert [rate.pending for rate in BURN_RATES] == ["2m", "15m", "1h", "3h"]


@pytest.mark.parametrize(("number", "text"), [("0.0010", "0.001"), ("6.0", "6"), ("100", "100"), ("1E-7", "0.0000001")])
def test_numbers_are_plain(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
