"""Receivers of notifications: what a user writes, and the configuration of Alertmanager that follows.

Alertmanager expands no variables, so that every secret is a key of an existing Secret, which is mounted as a file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from .._kubernetes import SecretReference
from .._model import USER_KNOWN, AlsoCalled, Location, StrictModel, placeholder
from .._spec import Violation
from ..units import OptionalHttpUrlWithQuery, form
from ..urls import is_host_and_port
from . import templates
from .alertmanager_keys import OF_RECEIVERS, OF_SMTP

NO_RECEIVER = "none"
"""The receiver of what notifies nobody: alerts of types `inhibitor` and `info`."""
LOKI_PUSH = "/loki/api/v1/push"
SECRETS = "/etc/alertmanager/secrets"
"""Where the operator mounts a Secret of `alertmanagerSpec.secrets`: `<SECRETS>/<name>/<key>`."""


class ReceiverKind(StrEnum):
    """The service that a receiver notifies."""

    SLACK = "slack"
    PAGERDUTY = "pagerduty"
    EMAIL = "email"
    WEBHOOK = "webhook"
    TEAMS = "teams"
    LOKI = "loki"


class MessageText(StrEnum):
    """How much the text of a message says of each alert."""

    FULL = "full"
    IMPACT = "impact"
    DESCRIPTION = "description"


KINDS_OF_OTHERS = AlsoCalled(
    (
        *(("msteams", "teams"), ("msteamsv2", "teams"), ("microsoftteams", "teams"), ("mail", "email")),
        *(("smtp", "email"), ("http", "webhook"), ("pager", "pagerduty")),
    )
)
"""Names that others have for the kinds."""


def _channel(text: str) -> str:
    if text and text[0] not in "#@" and not text.isalnum():
        raise ValueError("must be the name of a channel with '#', a user with '@', or an id; set one such as #alerts")
    if any(character.isspace() for character in text) or "{{" in text:
        raise ValueError("must be one channel without white space; set one such as #alerts")
    return text


def _host_and_port(text: str) -> str:
    if not is_host_and_port(text):
        raise ValueError("must be host:port of an SMTP server; set one such as smtp.example.org:587")
    return text


Mailbox = Annotated[
    str,
    form(r"[^@\s,<>{}]+@[^@\s,<>{}]+", "an e-mail address; set one such as alerts@example.org"),
    USER_KNOWN,
]
Channel = Annotated[str, AfterValidator(_channel), USER_KNOWN]


class Receiver(StrictModel):
    """A service that notifications are sent to."""

    upstream_keys: ClassVar = OF_RECEIVERS

    kind: Annotated[ReceiverKind, KINDS_OF_OTHERS] = Field(
        description=(
            "`slack`: an incoming webhook of Slack. `pagerduty`: an Events API v2 integration. `email`: messages by "
            "`smtp`. `webhook`: the standard payload of Alertmanager as JSON. `teams`: a workflow of Microsoft Teams. "
            "`loki`: lines of logs, one for each alert, which need no account."
        ),
        examples=["slack"],
    )
    send_resolved: bool = Field(
        default=True, description="Whether a notification is sent when all alerts are resolved.", examples=[False]
    )
    url_secret: SecretReference | None = Field(
        default=None,
        description=(
            "Key with the URL of the webhook, which is a secret, in an existing Secret in the namespace of "
            "Alertmanager. Kinds `slack` and `teams` require it, kind `webhook` takes it. Default: none."
        ),
        examples=[{"secret": "slack-webhook", "key": "url"}],
    )
    url: OptionalHttpUrlWithQuery = Field(
        default="",
        description=(
            "URL of kind `webhook`, where it holds no secret, and of kind `loki`, without a path. Default: none, with "
            "`url_secret`."
        ),
        examples=["http://pager.tools:8080/alerts"],
    )
    token: SecretReference | None = Field(
        default=None,
        description=(
            "Key with a bearer token that kind `webhook` is sent with, in an existing Secret in the namespace of "
            "Alertmanager. Default: none."
        ),
        examples=[{"secret": "pager", "key": "token"}],
    )
    tenant: str = Field(
        default="", max_length=150, description="Tenant of kind `loki`. Default: none.", examples=["platform"]
    )
    max_alerts: int = Field(
        default=0,
        ge=0,
        le=10_000,
        description="Most alerts in one notification of kind `webhook`; 0 for all.",
        examples=[100],
    )
    routing_key: SecretReference | None = Field(
        default=None,
        description=(
            "Key with the integration key that kind `pagerduty` requires, in an existing Secret in the namespace of "
            "Alertmanager. Default: none."
        ),
        examples=[{"secret": "pagerduty", "key": "routing-key"}],
    )
    channel: Channel = Field(
        default="",
        description="Channel of kind `slack`. Default: that of the webhook.",
        examples=["#alerts-critical"],
    )
    to: Sequence[Mailbox] = Field(
        default=(),
        description="Addresses of kind `email`, which requires at least one. Default: none.",
        examples=[["sre@example.org"]],
    )
    text: MessageText = Field(
        default=MessageText.FULL,
        description=(
            "What kinds `slack` and `teams` write of each alert: `full`, severity, service, description, impact and "
            "instance; `impact`, service, description, impact and runbook; `description`, that alone."
        ),
        examples=["impact"],
    )
    icon: Annotated[str, form(r"[^\s{}\"\\]{0,40}", "an emoji or its name, such as 📊 or :bar_chart:")] = Field(
        default="",
        description=(
            "Emoji before the title of a firing alert, of kinds `slack` and `teams`. Default: one by severity."
        ),
        examples=["📊"],
    )


class Smtp(StrictModel):
    """The server that receivers of kind `email` send by."""

    upstream_keys: ClassVar = OF_SMTP

    smarthost: Annotated[str, AfterValidator(_host_and_port), USER_KNOWN] = Field(
        description="Host and port of the server; port 465 uses TLS from the beginning.",
        examples=["smtp.example.org:587"],
    )
    sender: Mailbox = Field(description="Address that messages are from.", examples=["alerts@example.org"])
    username: str = Field(
        default="", max_length=256, description="User name. Default: no login.", examples=["alerts@example.org"]
    )
    password: SecretReference | None = Field(
        default=None,
        description=(
            "Key with the password of `username`, in an existing Secret in the namespace of Alertmanager. Default: "
            "none."
        ),
        examples=[{"secret": "smtp", "key": "password"}],
    )
    require_tls: bool = Field(
        default=True, description="Whether messages are sent by TLS alone (STARTTLS).", examples=[False]
    )


_OPTIONS: Mapping[str, Sequence[ReceiverKind]] = {
    "url_secret": (ReceiverKind.SLACK, ReceiverKind.TEAMS, ReceiverKind.WEBHOOK),
    "url": (ReceiverKind.WEBHOOK, ReceiverKind.LOKI),
    "tenant": (ReceiverKind.LOKI,),
    "token": (ReceiverKind.WEBHOOK,),
    "max_alerts": (ReceiverKind.WEBHOOK,),
    "routing_key": (ReceiverKind.PAGERDUTY,),
    "channel": (ReceiverKind.SLACK,),
    "to": (ReceiverKind.EMAIL,),
    "text": (ReceiverKind.SLACK, ReceiverKind.TEAMS),
    "icon": (ReceiverKind.SLACK, ReceiverKind.TEAMS),
}
"""The kinds of receivers that each option is of; what is missing here is of every kind."""
_REQUIRED: Mapping[ReceiverKind, str] = {
    ReceiverKind.SLACK: "url_secret",
    ReceiverKind.TEAMS: "url_secret",
    ReceiverKind.PAGERDUTY: "routing_key",
    ReceiverKind.EMAIL: "to",
    ReceiverKind.LOKI: "url",
}


def receiver_violations(receivers: Mapping[str, Receiver], smtp: Smtp | None) -> Iterator[Violation]:
    """Yield what is wrong with receivers, but for single values."""
    for name, receiver in receivers.items():
        at: Location = ("receivers", name)
        if name == NO_RECEIVER:
            yield Violation(f"must not be called {NO_RECEIVER}, the receiver that notifies nobody; rename it", at=at)
        yield from _option_violations(receiver, at)
        if receiver.kind is ReceiverKind.WEBHOOK and bool(receiver.url) == (receiver.url_secret is not None):
            rest = "has both; remove one of them" if receiver.url else "has none; set one of them"
            fix: Mapping[Any, Any] = {} if receiver.url else {(*at, "url"): placeholder("url")}
            yield Violation(f"must have one of url and url_secret with kind webhook, and {rest}", fix, (*at, "url"))
        if receiver.kind is ReceiverKind.EMAIL and smtp is None:
            yield Violation(
                "requires an SMTP server with kind email, and smtp is missing; set smtp.smarthost and smtp.sender",
                {"smtp.smarthost": placeholder("smarthost"), "smtp.sender": placeholder("sender")},
                (*at, "kind"),
            )


def _option_violations(receiver: Receiver, at: Location) -> Iterator[Violation]:
    for option in sorted(receiver.model_fields_set & _OPTIONS.keys()):
        kinds = _OPTIONS[option]
        if receiver.kind not in kinds:
            message = f"is an option of kind {' and '.join(kinds)}, and the kind is {receiver.kind}; remove it"
            yield Violation(message, at=(*at, option))
    required = _REQUIRED.get(receiver.kind)
    if required is not None and not getattr(receiver, required):
        place = (*at, required)
        fixes: Mapping[str, Mapping[Any, Any]] = {
            "to": {place: [placeholder("to")]},
            "url": {place: placeholder("url")},
        }
        of_secret = {(*place, "secret"): placeholder("secret"), (*place, "key"): placeholder("key")}
        yield Violation(
            f"is missing: kind {receiver.kind} requires it; set it",
            fixes.get(required, of_secret),
            place,
        )


def smtp_violations(smtp: Smtp | None, receivers: Mapping[str, Receiver]) -> Iterator[Violation]:
    """Yield what is wrong with the SMTP server, but for single values."""
    if smtp is None:
        return
    if not any(receiver.kind is ReceiverKind.EMAIL for receiver in receivers.values()):
        yield Violation("is used by no receiver; add one of kind email, or remove it", at=("smtp",))
    if bool(smtp.username) != (smtp.password is not None):
        there, missing = ("username", "password") if smtp.username else ("password", "username")
        yield Violation(f"requires {missing} too, as they are one login; set it, or remove {there}", at=("smtp", there))


def secret_references(
    receivers: Mapping[str, Receiver], smtp: Smtp | None
) -> Iterator[tuple[Location, SecretReference]]:
    """Yield every reference to an existing Secret with its place."""
    for name, receiver in receivers.items():
        for field in ("url_secret", "token", "routing_key"):
            if (reference := getattr(receiver, field)) is not None:
                yield ("receivers", name, field), reference
    if smtp is not None and smtp.password is not None:
        yield ("smtp", "password"), smtp.password


def receiver_config(name: str, receiver: Receiver, secrets: str = SECRETS) -> dict[str, Any]:
    """Return a receiver in the format of Alertmanager; `secrets` is the directory that Secrets are mounted in."""
    section, options = _SECTIONS[receiver.kind](receiver, secrets)
    return {"name": name, section: [{"send_resolved": receiver.send_resolved, **options}]}


def smtp_config(smtp: Smtp, secrets: str = SECRETS) -> dict[str, Any]:
    """Return the global options of an SMTP server in the format of Alertmanager."""
    login = {} if smtp.password is None else {"smtp_auth_password_file": _file(smtp.password, secrets)}
    return {
        "smtp_smarthost": smtp.smarthost,
        "smtp_from": smtp.sender,
        "smtp_require_tls": smtp.require_tls,
        **({"smtp_auth_username": smtp.username} if smtp.username else {}),
        **login,
    }


def _file(reference: SecretReference | None, secrets: str) -> str:
    assert reference is not None, "a missing reference is a violation"
    return f"{secrets}/{reference.secret}/{reference.key}"


def _slack(receiver: Receiver, secrets: str) -> tuple[str, dict[str, Any]]:
    return "slack_configs", {
        "api_url_file": _file(receiver.url_secret, secrets),
        **({"channel": receiver.channel} if receiver.channel else {}),
        **templates.slack(receiver.text.value, receiver.icon),
    }


def _pagerduty(receiver: Receiver, secrets: str) -> tuple[str, dict[str, Any]]:
    return "pagerduty_configs", {"routing_key_file": _file(receiver.routing_key, secrets), **templates.pagerduty()}


def _email(receiver: Receiver, _: str) -> tuple[str, dict[str, Any]]:
    return "email_configs", {"to": ", ".join(receiver.to), **templates.email()}


def _webhook(receiver: Receiver, secrets: str) -> tuple[str, dict[str, Any]]:
    token = {"type": "Bearer", "credentials_file": _file(receiver.token, secrets)} if receiver.token else None
    return "webhook_configs", {
        **({"url": receiver.url} if receiver.url else {"url_file": _file(receiver.url_secret, secrets)}),
        **({"http_config": {"authorization": token}} if token else {}),
        **({"max_alerts": receiver.max_alerts} if receiver.max_alerts else {}),
    }


def _teams(receiver: Receiver, secrets: str) -> tuple[str, dict[str, Any]]:
    options = templates.teams(receiver.text.value, receiver.icon)
    return "msteamsv2_configs", {"webhook_url_file": _file(receiver.url_secret, secrets), **options}


def _loki(receiver: Receiver, _: str) -> tuple[str, dict[str, Any]]:
    header = {"http_headers": {"X-Scope-OrgID": {"values": [receiver.tenant]}}} if receiver.tenant else None
    return "webhook_configs", {
        "url": f"{receiver.url.rstrip('/')}{LOKI_PUSH}",
        **({"http_config": header} if header else {}),
        **templates.loki(),
    }


_SECTIONS: Mapping[ReceiverKind, Callable[[Receiver, str], tuple[str, dict[str, Any]]]] = {
    ReceiverKind.SLACK: _slack,
    ReceiverKind.PAGERDUTY: _pagerduty,
    ReceiverKind.EMAIL: _email,
    ReceiverKind.WEBHOOK: _webhook,
    ReceiverKind.TEAMS: _teams,
    ReceiverKind.LOKI: _loki,
}
"""The section of a receiver of Alertmanager for each kind, with its options."""
