"""Lines of htpasswd files, with users and the hashes of their passwords, for Traefik and nginx."""

import re
from base64 import b64encode
from hashlib import sha1

import pulumi

from ._spec import ArgumentProblem, InvalidArgsError

_LINE = re.compile(r"[^:\s]+:(?:\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}|\$apr1\$\S+|\{SHA\}\S+)")


def problem_of_htpasswd(text: str) -> str | None:
    """Return what is wrong with the lines of an htpasswd file, without showing them."""
    lines = text.split("\n")
    written = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    wrong = [str(number) for number, line in written if _LINE.fullmatch(line.strip()) is None]
    if wrong or not written:
        where = f"line {', '.join(wrong)}" if wrong else "it is empty, and a user"
        return f"{where} must be user:hash with a bcrypt, apr1 or SHA hash, as `htpasswd -nB <user>` writes it"
    return None


def checked_htpasswd(component: str, text: pulumi.Input[str]) -> pulumi.Output[str]:
    """Return the lines as a secret output, in which invalid lines raise `InvalidArgsError`."""

    def check(lines: str) -> str:
        if problem := problem_of_htpasswd(lines):
            raise InvalidArgsError(component, [ArgumentProblem("htpasswd", " (value hidden)", problem)])
        return lines

    return pulumi.Output.secret(text).apply(check)


def line_for_machine(username: str, password: str) -> str:
    """Return the line of a user whose password is long and random.

    nginx hashes the password at every request: bcrypt would take a core for about twenty requests a second, and adds
    no protection to 32 random characters.
    """
    digest = sha1(password.encode(), usedforsecurity=False).digest()
    return f"{username}:{{SHA}}{b64encode(digest).decode()}"
