"""Logs, traces, metrics and Grafana on Kubernetes as Pulumi components."""
