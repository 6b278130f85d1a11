"""The two ways in which set-up goes wrong."""


class SetupError(Exception):
    """Set-up cannot go on; the message says what to do."""


class NotServed(Exception):
    """One source cannot serve a tool; the message says why and the next source is tried."""
