"""Keys of the configuration of Alertmanager, and of AlertmanagerConfig, that have another name or place here.

https://prometheus.io/docs/alerting/latest/configuration/
"""

from collections.abc import Mapping
from typing import Any

from .._model import UpstreamKey
from .promql import Matcher


def _matchers(operator: str) -> Any:
    """Return the conversion of a map of labels to matchers, as `match` and `match_re` have it."""

    def convert(value: Any) -> Any:
        if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
            return None
        return [str(Matcher(label, operator, text)) for label, text in value.items()]

    return convert


def _pair(name: str, prefix: str = "") -> dict[str, UpstreamKey]:
    equal, regular = f'{name}: ["severity=\\"critical\\""]', f'{name}: ["service=~\\"shop|cart\\""]'
    return {
        f"{prefix}match": UpstreamKey(f"labels are matched by {name}; write {equal}", name, _matchers("=")),
        f"{prefix}match_re": UpstreamKey(f"labels are matched by {name}; write {regular}", name, _matchers("=~")),
    }


def _to_secret(rule: str, name: str, example: str) -> UpstreamKey:
    fix = f"set {name}: {{secret: {example}}} to the key of an existing Secret, and rotate what was written here"
    return UpstreamKey(f"{rule}; {fix}", is_secret=True)


def _of_file(name: str, example: str) -> UpstreamKey:
    fix = f"set {name}: {{secret: {example}}} to the key of an existing one"
    return UpstreamKey(f"a Secret is mounted by its name; {fix}")


_URL = _to_secret("the URL of a webhook is a secret", "url_secret", "slack-webhook, key: url")
_PASSWORD = _to_secret("a password is a secret", "smtp.password", "smtp, key: password")
_TEMPLATES = UpstreamKey(
    "messages have the templates of the stack; remove it, and choose text and icon", is_secret=True
)
"""Their values may hold credentials, and are not shown."""
_SECTIONS = {
    "slack_configs": "slack",
    "pagerduty_configs": "pagerduty",
    "email_configs": "email",
    "webhook_configs": "webhook",
    "msteams_configs": "teams",
    "msteamsv2_configs": "teams",
}
_OTHER_SECTIONS = tuple(
    f"{name}_configs"
    for name in (
        "opsgenie",
        "victorops",
        "pushover",
        "wechat",
        "sns",
        "telegram",
        "webex",
        "discord",
        "rocketchat",
        "jira",
    )
)


def _of_smtp(name: str) -> UpstreamKey:
    return UpstreamKey(f"is of the server that all e-mail is sent by; set smtp.{name}")


OF_RECEIVERS: Mapping[str, UpstreamKey] = {
    "name": UpstreamKey("receivers are a map by their names; remove it, and name the entry so"),
    **{
        section: UpstreamKey(f"a receiver is of one kind; set kind: {kind}, and its options beside it", is_secret=True)
        for section, kind in _SECTIONS.items()
    },
    **dict.fromkeys(
        _OTHER_SECTIONS,
        UpstreamKey(
            "there is no such kind; use kind: webhook, or an existing Alertmanager (alertmanager_url)", is_secret=True
        ),
    ),
    **dict.fromkeys(("api_url", "webhook_url"), _URL),
    **dict.fromkeys(
        ("api_url_file", "webhook_url_file", "url_file"), _of_file("url_secret", "slack-webhook, key: url")
    ),
    "service_key": _to_secret(
        "a key of PagerDuty is a secret, and one of the Events API v2", "routing_key", "pagerduty, key: routing-key"
    ),
    **dict.fromkeys(("service_key_file", "routing_key_file"), _of_file("routing_key", "pagerduty, key: routing-key")),
    "smarthost": _of_smtp("smarthost"),
    "from": _of_smtp("sender"),
    "require_tls": _of_smtp("require_tls"),
    "auth_username": _of_smtp("username"),
    **dict.fromkeys(("auth_password", "auth_secret"), _PASSWORD),
    "auth_password_file": _of_file("smtp.password", "smtp, key: password"),
    "http_config": UpstreamKey(
        "only a bearer token is sent; set token: {secret: pager, key: token} to the key of an existing Secret, of kind "
        "webhook",
        is_secret=True,
    ),
    "icon_emoji": UpstreamKey("the emoji of a message is icon; set that", "icon"),
    **dict.fromkeys(
        (
            *("title", "title_link", "color", "pretext", "fallback", "fields", "actions", "footer", "username"),
            *("icon_url", "html", "headers", "hello", "summary", "description", "details", "client", "client_url"),
            *("class", "component", "group"),
        ),
        _TEMPLATES,
    ),
}
OF_SMTP: Mapping[str, UpstreamKey] = {
    "from": UpstreamKey("the address that messages are from is sender; set that", "sender"),
    "auth_username": UpstreamKey("the user name is username; set that", "username"),
    **dict.fromkeys(
        ("auth_password", "auth_secret"),
        _to_secret("a password is a secret", "password", "smtp, key: password"),
    ),
    "auth_password_file": _of_file("password", "smtp, key: password"),
}
OF_ROUTES: Mapping[str, UpstreamKey] = {
    **_pair("matchers"),
    "continue": UpstreamKey(
        "whether routes behind take the alerts too is continue_matching; set that", "continue_matching"
    ),
    "routes": UpstreamKey(
        "routes are one map by their names; add each to alerting.routes, with under: and the name of this one"
    ),
}
OF_INHIBITIONS: Mapping[str, UpstreamKey] = {
    **_pair("source_matchers", "source_"),
    **_pair("target_matchers", "target_"),
    "name": UpstreamKey("inhibitions are a map by their names; remove it, and name the entry so"),
}
OF_NOTIFICATIONS: Mapping[str, UpstreamKey] = {
    "route": UpstreamKey(
        "the root is stated beside routes; set default_receiver, group_by, group_wait, group_interval and "
        "repeat_interval, and its routes by name in routes"
    ),
    "inhibit_rules": UpstreamKey("inhibitions are a map by their names; write inhibitions: {node-down: …}"),
    "mute_time_intervals": UpstreamKey("times are a map by their names; write time_intervals: {night: …}"),
    "global": UpstreamKey(
        "what holds for all is beside routes; set smtp and resolve_timeout, and the URL or key of each receiver",
        is_secret=True,
    ),
    "slack_api_url": _to_secret(
        "the URL of a webhook is a secret, and of each receiver",
        "receivers.<name>.url_secret",
        "slack-webhook, key: url",
    ),
    "smtp_smarthost": _of_smtp("smarthost"),
    "smtp_from": _of_smtp("sender"),
    "smtp_auth_username": _of_smtp("username"),
    **dict.fromkeys(("smtp_auth_password", "smtp_auth_secret"), _PASSWORD),
    "smtp_require_tls": _of_smtp("require_tls"),
    "templates": _TEMPLATES,
    "config": UpstreamKey(
        "the configuration is written from settings; set receivers, routes and inhibitions", is_secret=True
    ),
}
"""What stands beside receivers and routes."""
