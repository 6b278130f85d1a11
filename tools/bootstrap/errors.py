"""The two ways in which set-up goes wrong."""


class SetupError(Exception):
    """Set-up cannot go on; the message has the fix."""


class NotServed(Exception):
    """One source cannot serve a tool; the message has the reason, and the next source is tried."""
