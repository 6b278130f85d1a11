"""One Prometheus inside the stack, for a laptop or a small team: scraping, remote write and OTLP, on one volume."""

import pulumi

from .._namespace import create_namespace_if
from .._outputs import outputs_of
from .._release import release
from .args import MetricsArgs
from .spec import MetricsSpec
from .values import prometheus_values


class Metrics(pulumi.ComponentResource):
    """A Prometheus server with its namespace: scrapes annotated pods and this platform, receives what is pushed."""

    namespace: pulumi.Output[str]
    """Namespace that Prometheus runs in."""
    query_url: pulumi.Output[str]
    """URL that Grafana queries metrics at."""
    remote_write_url: pulumi.Output[str]
    """URL that takes metrics by Prometheus remote write, exemplars included."""
    otlp_url: pulumi.Output[str]
    """URL that takes metrics by OTLP over HTTP, without the path `/v1/metrics`."""

    def __init__(self, name: str, args: MetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Metrics "{name}"'
        spec = MetricsSpec.check(component, args)
        super().__init__("observability:index:Metrics", name, {**args}, opts)
        namespaces = create_namespace_if(name, spec, spec.namespace, self)
        resolved = spec.resolve(component)
        release(
            f"{name}-prometheus",
            spec,
            namespace=spec.namespace,
            values=resolved.apply(prometheus_values),
            parent=self,
            depends_on=namespaces,
        )

        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.query_url = self.namespace.apply(lambda within: f"http://{spec.server}.{within}")
        self.remote_write_url = self.query_url.apply(lambda url: f"{url}/api/v1/write")
        self.otlp_url = self.query_url.apply(lambda url: f"{url}/api/v1/otlp")
        self.register_outputs(outputs_of(self))
