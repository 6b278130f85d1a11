"""Rules as objects of the Prometheus operator or as rule files, and the configuration of Alertmanager as a Secret."""

from typing import Any

import pulumi
import yaml
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import ConfigMap, Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY, secret_data
from .._outputs import known_after, outputs_of
from .alertmanager_config import CONFIG_KEY, alertmanager_templates, secret_names
from .args import AlertingArgs
from .compile import configuration
from .notices import notices
from .rule_objects import RULE_LABEL, RulesAs, rule_objects
from .spec import AlertingSpec


class Alerting(pulumi.ComponentResource):
    """Objectives, alerts and their routes, checked together: an alert that could never fire or arrive is refused.

    With `rules_as` `prometheus-rules` it needs the definitions of `OperatorCrds`. `Metrics` runs the Alertmanager, with
    `config_secret` and `receiver_secrets`; `Logging` and `Thanos` evaluate `log_rules` and `long_term_groups`.
    """

    namespace: pulumi.Output[str]
    """Namespace of the rules and of the Secret, known once they are there."""
    rule_config_maps: pulumi.Output[list[str]]
    """Names of the ConfigMaps with rule files, each with one file of its own name; none with `prometheus-rules`."""

    def __init__(self, name: str, args: AlertingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Alerting "{name}"'
        spec = AlertingSpec.check(component, args)
        super().__init__("observability:index:Alerting", name, {**args}, opts)
        resolved = spec.resolve(component)
        self._spec = spec
        compiled, stated = spec.compiled, spec.stated
        if pulumi.runtime.is_dry_run():
            resolved.apply(self._log_notices)
        as_files = spec.rules_as is RulesAs.CONFIG_MAPS
        own = {**MANAGED_BY, **({RULE_LABEL: ""} if as_files else {})}
        labels = resolved.apply(lambda s: {**own, **s.rule_labels})
        child = pulumi.ResourceOptions(parent=self)
        made: list[pulumi.Resource] = []
        parts = list(rule_objects(compiled.groups))
        for part in parts:
            metadata = ObjectMetaArgs(name=part.name, namespace=spec.namespace, labels=labels)
            if as_files:
                made.append(ConfigMap(f"{name}-{part.suffix}", metadata=metadata, data=part.files, opts=child))
            else:
                made.append(
                    CustomResource(
                        f"{name}-{part.suffix}",
                        api_version="monitoring.coreos.com/v1",
                        kind="PrometheusRule",
                        metadata=metadata,
                        spec=part.content,
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
        self.rule_config_maps = pulumi.Output.from_input([part.name for part in parts if as_files])
        self.namespace = known_after(pulumi.Output.from_input(spec.namespace), *made)
        self.register_outputs(outputs_of(self))

    def _log_notices(self, spec: AlertingSpec) -> None:
        for notice in notices(spec):
            pulumi.log.info(notice, self)

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
