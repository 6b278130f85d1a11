"""The tenant of a Loki without tenants."""

THE_ONLY_TENANT = "fake"
"""What Loki calls everybody while it has no tenants."""
