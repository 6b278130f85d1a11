"""Compiled alerting as it runs: rehearsed on this machine, and checked by promtool, amtool and lokitool."""
