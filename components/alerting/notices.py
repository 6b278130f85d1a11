"""What a preview says of alerting: what the library leaves out, and how an existing Prometheus loads the rules."""

from collections.abc import Iterator

from .alertmanager_config import CONFIG_KEY, DIRECTORY, secret_names
from .receivers import SECRETS
from .rule_objects import RULE_LABEL, RULES_DIRECTORY, RulesAs, rule_objects
from .spec import AlertingSpec


def notices(spec: AlertingSpec) -> Iterator[str]:
    """Yield what the library leaves out, what is left to others, and what was not checked.

    The latter two only where `Metrics` does not run both programs.
    """
    yield from spec.left_out
    if not spec.existing_prometheus:
        return
    groups = spec.compiled.groups
    if groups:
        names = [f"{spec.namespace}/{item.name}" for item in rule_objects(groups)]
        count = sum(len(group.rules) for group in groups)
        yield f"{count} rules on metrics are in {_listed(_KINDS[spec.rules_as], names)}: {_loading(spec)}"
    if spec.configures_alertmanager:
        secrets = "".join(f", Secret {name} at {SECRETS}/{name}" for name in secret_names(spec))
        yield (
            f"routes and receivers are in Secret {spec.namespace}/{spec.config_secret}: Alertmanager must mount it at "
            f"{DIRECTORY}{secrets}, and start with --config.file={DIRECTORY}/{CONFIG_KEY}"
        )
    elif spec.alertmanager_url:
        yield f"Prometheus must send alerts to {spec.alertmanager_url} (alerting.alertmanagers of its configuration)"
    if spec.objectives and not spec.local_retention:
        yield (
            "windows of objectives were not compared with how long the existing store keeps metrics, which is not "
            "stated (retention.metrics)"
        )


_KINDS = {RulesAs.PROMETHEUS_RULES: "PrometheusRule", RulesAs.CONFIG_MAPS: "ConfigMap"}


def _loading(spec: AlertingSpec) -> str:
    if spec.rules_as is RulesAs.PROMETHEUS_RULES:
        return "a Prometheus of the operator evaluates them once its ruleSelector and ruleNamespaceSelector select them"
    return (
        f"Prometheus evaluates them once its pods have the files in {RULES_DIRECTORY}, by a projected volume or a "
        f"sidecar that copies ConfigMaps with the label {RULE_LABEL}, and rule_files has {RULES_DIRECTORY}/*.yaml"
    )


def _listed(kind: str, names: list[str]) -> str:
    return f"{kind}{'s' if len(names) > 1 else ''} {', '.join(names)}"
