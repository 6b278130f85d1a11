"""Settings of notifications: receivers, and the routes, inhibitions and time intervals of alerts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from pydantic import Field

from .._model import Plain, StrictModel
from .._spec import Violation, rule
from ..units import Name
from .alertmanager_keys import OF_NOTIFICATIONS
from .receivers import NO_RECEIVER, Receiver, Smtp, receiver_violations, smtp_violations
from .routes import (
    DeadMansSwitch,
    GroupBy,
    Inhibition,
    Route,
    TimeRange,
    Wait,
    group_by_violations,
    have_places,
    inhibition_violations,
    receiver_name_violations,
    route_violations,
    unused_receivers,
    unused_time_intervals,
)


class NotificationSettings(StrictModel):
    """Who is notified of which alerts, how, and when."""

    upstream_keys: ClassVar = OF_NOTIFICATIONS

    receivers: Plain[Mapping[Name, Receiver]] = Field(
        default_factory=dict,
        description="Receivers of notifications by name. Default: none, and alerts are shown in Alertmanager alone.",
        examples=[{"slack": {"kind": "slack", "url_secret": {"secret": "slack-webhook", "key": "url"}}}],
    )
    smtp: Plain[Smtp | None] = Field(
        default=None,
        description="Server that receivers of kind `email` send by, and require. Default: none.",
        examples=[{"smarthost": "smtp.example.org:587", "sender": "alerts@example.org"}],
    )
    default_receiver: Plain[str] = Field(
        default="",
        description="Receiver of the alerts that no route takes. Default: the only receiver, where there is one.",
        examples=["slack"],
    )
    group_by: Plain[GroupBy] = Field(
        default=("alertname", "cluster", "service"),
        description="Labels whose values divide alerts into notifications, of routes that set none.",
        examples=[["alertname", "namespace"]],
    )
    group_wait: Plain[Wait] = Field(
        default="30s", description="Wait before the first notification of a group.", examples=["10s"]
    )
    group_interval: Plain[Wait] = Field(
        default="5m", description="Wait before a notification of what is new in a group.", examples=["2m"]
    )
    repeat_interval: Plain[Wait] = Field(
        default="4h", description="Time after which a notification is repeated.", examples=["12h"]
    )
    resolve_timeout: Plain[Wait] = Field(
        default="5m",
        description="Time after which an alert is resolved whose sender states no end and does not repeat it.",
        examples=["10m"],
    )
    routes: Plain[Mapping[Name, Route]] = Field(
        default_factory=dict,
        description="Routes by name, in the order in which they are tried. Default: none.",
        examples=[{"critical": {"receiver": "pagerduty", "matchers": ['severity="critical"']}}],
    )
    inhibitions: Plain[Mapping[Name, Inhibition]] = Field(
        default_factory=dict,
        description="Alerts that mute others, by name, beside those of `default_inhibitions`. Default: none.",
        examples=[
            {
                "database": {
                    "source_matchers": ['alertname="DatabaseDown"'],
                    "target_matchers": ['severity="warning"'],
                    "equal": ["cluster"],
                }
            }
        ],
    )
    default_inhibitions: Plain[bool] = Field(
        default=True,
        description=(
            "Whether a cluster or a node that is down mutes the alerts of what is on it, and a critical alert the "
            "warning of the same name and service, where there are such alerts."
        ),
        examples=[False],
    )
    time_intervals: Plain[Mapping[Name, Sequence[TimeRange]]] = Field(
        default_factory=dict,
        description="Times by name, each one or more ranges, for routes. Default: none.",
        examples=[{"working-hours": [{"weekdays": ["monday:friday"], "times": ["09:00-17:00"]}]}],
    )
    dead_mans_switch: Plain[DeadMansSwitch | None] = Field(
        default=None,
        description=(
            "Receiver of the alert that always fires, such as a service that raises an alarm when it hears nothing. "
            "Default: none."
        ),
        examples=[{"receiver": "heartbeat"}],
    )

    @property
    def root_receiver(self) -> str:
        """The receiver of the alerts that no route takes; empty where it is not stated and there are several."""
        others = [
            name for name in self.receivers if self.dead_mans_switch is None or name != self.dead_mans_switch.receiver
        ]
        return self.default_receiver or (others[0] if len(others) == 1 else "")

    @property
    def has_whole_routes(self) -> bool:
        """Whether every route has its place and a receiver that is defined: else where alerts go is not known."""
        switch = [self.dead_mans_switch.receiver] if self.dead_mans_switch else []
        receivers = {self.root_receiver, *switch, *(route.receiver for route in self.routes.values() if route.receiver)}
        return NO_RECEIVER not in receivers and receivers <= self.receivers.keys() and have_places(self.routes)

    @rule("receivers", "smtp")
    def _receivers_have_the_options_of_their_kind(self) -> Iterator[Violation]:
        return receiver_violations(self.receivers, self.smtp)

    @rule("smtp", "receivers")
    def _smtp_is_used_and_has_a_whole_login(self) -> Iterator[Violation]:
        return smtp_violations(self.smtp, self.receivers)

    @rule("default_receiver", "receivers", "dead_mans_switch")
    def _alerts_have_a_receiver(self) -> Iterator[Violation]:
        if self.default_receiver:
            yield from receiver_name_violations(("default_receiver",), self.default_receiver, self.receivers)
        elif self.receivers and not self.root_receiver:
            names = ", ".join(self.receivers)
            yield Violation(
                f"is missing: of several receivers one takes the alerts that no route takes; set one of {names}",
                {"default_receiver": next(iter(self.receivers))},
            )

    @rule("routes", "receivers", "time_intervals")
    def _routes_lead_to_what_is_defined(self) -> Iterator[Violation]:
        return route_violations(self.routes, self.receivers, self.time_intervals)

    @rule("group_by")
    def _groups_have_different_labels(self) -> Iterator[Violation]:
        return group_by_violations(("group_by",), self.group_by)

    @rule("inhibitions")
    def _inhibitions_compare_labels(self) -> Iterator[Violation]:
        return inhibition_violations(self.inhibitions)

    @rule("dead_mans_switch", "receivers")
    def _dead_mans_switch_has_a_receiver(self) -> Iterator[Violation]:
        if self.dead_mans_switch is not None:
            at = ("dead_mans_switch", "receiver")
            yield from receiver_name_violations(at, self.dead_mans_switch.receiver, self.receivers)

    @rule("receivers", "routes", "default_receiver", "dead_mans_switch")
    def _receivers_are_used(self) -> Iterator[Violation]:
        if not self.has_whole_routes:
            return
        switch = [self.dead_mans_switch.receiver] if self.dead_mans_switch else []
        routed = [route.receiver for route in self.routes.values()]
        yield from unused_receivers(self.receivers, [self.root_receiver, *switch, *routed])

    @rule("time_intervals", "routes")
    def _time_intervals_are_used(self) -> Iterator[Violation]:
        return unused_time_intervals(self.time_intervals, self.routes)
