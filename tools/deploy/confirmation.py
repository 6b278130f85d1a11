"""The question before a change, and the refusal of a command."""


class Refused(Exception):
    """The command is refused; the message has the reason and the fix."""


def confirm(question: str, yes: bool) -> None:
    """Ask, unless it is confirmed beforehand; raise `Refused` for anything but a yes."""
    if yes:
        return
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in ("y", "yes"):
        raise Refused("not confirmed, nothing was changed (YES=1 confirms without a question)")
