"""Rules as objects of the Prometheus operator, and the configuration of Alertmanager as a Secret."""

from typing import Any

import pulumi
import yaml
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY, secret_data
from .._outputs import known_after, outputs_of
from .alertmanager_config import CONFIG_KEY, alertmanager_templates, secret_names
from .args import AlertingArgs
from .compile import configuration
from .objective_rules import chunks
from .spec import AlertingSpec


class Alerting(pulumi.ComponentResource):
    """Objectives, alerts and their routes, checked together: an alert that could never fire or arrive is refused.

    It needs the definitions of `OperatorCrds`. `Metrics` runs the Alertmanager, with `config_secret` and
    `receiver_secrets`; `Logging` and `Thanos` evaluate `log_rules` and `long_term_groups`.
    """

    namespace: pulumi.Output[str]
    """Namespace of the rules and of the Secret, known once they are there."""

    def __init__(self, name: str, args: AlertingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Alerting "{name}"'
        spec = AlertingSpec.check(component, args)
        super().__init__("observability:index:Alerting", name, {**args}, opts)
        resolved = spec.resolve(component)
        self._spec = spec
        compiled, stated = spec.compiled, spec.stated
        labels = resolved.apply(lambda s: {**MANAGED_BY, **s.rule_labels})
        child = pulumi.ResourceOptions(parent=self)
        made: list[pulumi.Resource] = []
        for number, part in enumerate(chunks(compiled.groups)):
            suffix = "rules" if number == 0 else f"rules-{number}"
            made.append(
                CustomResource(
                    f"{name}-{suffix}",
                    api_version="monitoring.coreos.com/v1",
                    kind="PrometheusRule",
                    metadata=ObjectMetaArgs(name=f"alerting-{suffix}", namespace=spec.namespace, labels=labels),
                    spec={"groups": [group.rendered() for group in part]},
                    opts=child,
                )
            )
        if self.config_secret:
            content = {
                CONFIG_KEY: yaml.safe_dump(configuration(stated, compiled), sort_keys=False, allow_unicode=True),
                **alertmanager_templates(),
            }
            made.append(
                Secret(
                    f"{name}-config",
                    metadata=ObjectMetaArgs(name=spec.config_secret, namespace=spec.namespace, labels=MANAGED_BY),
                    data=secret_data(content),
                    opts=child,
                )
            )
        self.namespace = known_after(pulumi.Output.from_input(spec.namespace), *made)
        self.register_outputs(outputs_of(self))

    @property
    def config_secret(self) -> str:
        """Name of the Secret with the configuration of Alertmanager; empty where there is none to configure."""
        return self._spec.config_secret if self._spec.configures_alertmanager else ""

    @property
    def receiver_secrets(self) -> list[str]:
        """Names of the existing Secrets that the configuration reads, which Alertmanager mounts."""
        return secret_names(self._spec)

    @property
    def chart_values(self) -> dict[str, Any]:
        """Values of the chart kube-prometheus-stack: those of its alerts that page well."""
        return self._spec.chart_values

    @property
    def log_rules(self) -> dict[str, str]:
        """Rule files of the library for Loki, by name."""
        return self._spec.log_rule_files

    @property
    def long_term_groups(self) -> list[dict[str, Any]]:
        """Groups of rules for the ruler of Thanos."""
        return self._spec.long_term_groups
