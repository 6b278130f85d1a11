"""See an alert of a stack fire on this machine: `python -m tools.alerts --stack NAME --alert ALERT [--seconds N]`."""

import argparse
import shutil
import sys
from pathlib import Path

import pulumi

from components.alerting.compile import configuration
from tools.stackfile import StackFileError

from .rehearsal import NotRehearsableError, described, planned, rehearse
from .stack import alerting_of

PROGRAMS = ("prometheus", "alertmanager")


def main() -> int:
    """Rehearse one alert; return 1 where no page arrives."""
    parser = argparse.ArgumentParser(prog="tools.alerts", description=__doc__)
    parser.add_argument("--stack", default="dev")
    parser.add_argument("--alert", required=True, help="name of the alert")
    parser.add_argument("--seconds", type=float, default=30, help="how long it takes until the alert fires, about")
    options = parser.parse_args()
    try:
        return _run(options.stack, options.alert, options.seconds)
    except (StackFileError, NotRehearsableError, pulumi.RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(stack: str, alert: str, seconds: float) -> int:
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        raise NotRehearsableError(f"not on PATH: {', '.join(missing)}; make rehearse puts them there")
    spec = alerting_of(Path.cwd(), stack)
    if spec is None or not spec.stated.own_alertmanager or not spec.stated.notifies:
        raise NotRehearsableError(f"stack {stack} has no Alertmanager of its own; set alerting.receivers")
    rehearsal = planned(spec.tested.all_groups, alert, seconds)
    print(
        f"{alert}: the test '{rehearsal.case.name}' runs; in real time the alert fires after {rehearsal.firing.at}, "
        f"here after about {rehearsal.seconds:.0f} s",
        flush=True,
    )
    page = rehearse(rehearsal, configuration(spec.stated, spec.compiled, rehearsal.scale))
    if page is None:
        print(f"no page of {alert} arrived", file=sys.stderr)
        return 1
    print("\n".join(described(page)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
