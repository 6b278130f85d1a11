"""Writes what the programs of a stack expose into `components/alerting/catalogue`, from the real programs."""

RECORD_VARIABLE = "OBSERVABILITY_RECORD_CATALOGUE"
"""With any value, the end-to-end test of the catalogue writes its files instead of comparing them."""
