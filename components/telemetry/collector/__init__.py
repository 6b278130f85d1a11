"""The OpenTelemetry Collector: the pipelines as its YAML, and the values of its chart."""
