"""Grafana Alloy: the pipelines in its syntax, and the values of its chart."""
