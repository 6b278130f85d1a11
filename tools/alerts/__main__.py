"""See an alert of a stack fire on this machine: `python -m tools.alerts --stack NAME --alert ALERT [--seconds N]`.

`--objective SERVICE/NAME` chooses among alerts on objectives. With `--sandbox`, rules and routes are those in the
sandbox.
"""

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pulumi

from components.alerting.compile import configuration
from components.alerting.objective_rules import BURNS
from components.alerting.objective_traffic import NotCountedError, NoTrafficError, traffic
from components.alerting.openslo import read_objectives
from components.alerting.rules import Alert, Group
from components.alerting.spec import AlertingSpec
from sandbox.layout import DEFAULT_DIRECTORY
from tools.stackfile import StackFileError

from .deployed import NotDeployedError, deployed, scaled_configuration
from .rehearsal import NotRehearsableError, Rehearsal, announced, described, objective_of, planned, rehearse
from .stack import alerting_of

PROGRAMS = ("prometheus", "alertmanager")


def main() -> int:
    """Rehearse one alert; return 1 where no page arrives."""
    parser = argparse.ArgumentParser(prog="tools.alerts", description=__doc__)
    parser.add_argument("--stack", default="dev")
    parser.add_argument("--alert", required=True, help="name of the alert")
    parser.add_argument("--seconds", type=float, default=30, help="how long it takes until the alert fires, about")
    parser.add_argument("--objective", default="", help="the objective that the alert is on: <service>/<name>")
    parser.add_argument("--sandbox", action="store_true", help="run the rules and routes that are in the sandbox")
    options = parser.parse_args()
    try:
        return _run(options)
    except (StackFileError, NotRehearsableError, NotDeployedError, pulumi.RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    stack, alert = options.stack, options.alert
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        raise NotRehearsableError(f"not on PATH: {', '.join(missing)}; make rehearse puts them there")
    spec = alerting_of(Path.cwd(), stack)
    if spec is None or not spec.stated.own_alertmanager or not spec.stated.notifies:
        raise NotRehearsableError(f"stack {stack} has no Alertmanager of its own; set alerting.receivers")
    if options.sandbox:
        found = deployed(spec, stack, DEFAULT_DIRECTORY)
        if alert in _names(spec.tested.all_groups) and alert not in _names(spec.tested.groups):
            raise NotRehearsableError(
                f"{alert} is evaluated by the ruler of Thanos or Loki, whose rules are no PrometheusRules; leave out "
                "SANDBOX"
            )
        rehearsal = planned(found.groups, alert, options.seconds, options.objective)
        routes = scaled_configuration(found.configuration, rehearsal.scale)
        source = f"those in the sandbox ({', '.join(found.objects)})"
    else:
        rehearsal = planned(spec.tested.all_groups, alert, options.seconds, options.objective)
        routes = configuration(spec.stated, spec.compiled, rehearsal.scale)
        source = f"compiled from stack {stack}"
    print("\n".join([*announced(rehearsal, source), *_without_queries(spec, rehearsal)]), flush=True)
    page = rehearse(rehearsal, routes)
    if page is None:
        print(f"no page of {alert} arrived", file=sys.stderr)
        return 1
    print("\n".join(described(page)))
    return 0


def _names(groups: Iterable[Group]) -> set[str]:
    return {rule.name for group in groups for rule in group.rules if isinstance(rule, Alert)}


def _without_queries(spec: AlertingSpec, rehearsal: Rehearsal) -> Iterator[str]:
    """Yield why the series of a rehearsal on an objective are records; raise `NotRehearsableError` if none fires."""
    if rehearsal.firing.alert != BURNS or rehearsal.case.recorded:
        return
    objectives, _ = read_objectives(spec.stated.objectives, spec.stated.objective_defaults)
    for objective in objectives:
        if f"{objective.service}/{objective.name}" == objective_of(rehearsal.groups[-1]):
            try:
                traffic(objective, spec.application_metrics)
            except NoTrafficError as error:
                raise NotRehearsableError(
                    f"{objective.place}: {error}; correct the queries, or what is declared"
                ) from None
            except NotCountedError as error:
                yield f"These are records, and the queries of the objective are not evaluated: {error}."
            else:
                yield "These are records, and the queries of the objective are not evaluated: its target is too low."


if __name__ == "__main__":
    sys.exit(main())
