"""Alerts and objectives: rules, the routes of their alerts, and the checks that none of them is silently dead."""

from .args import AlertingArgs
from .component import Alerting

__all__ = ["Alerting", "AlertingArgs"]
