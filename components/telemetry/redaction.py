"""Patterns (RE2) of secrets and personal data in text.

RE2 has no lookaround, so that a pattern has what stands before and after the text itself in parts of its own. The
replacement keeps these parts, and a text that was replaced is replaced by the same again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .model import PipelineProcessor, Secret


@dataclass(frozen=True)
class SecretPattern:
    """A pattern of text that is replaced between what stays; no part has a capturing group."""

    text: str
    before: str = ""
    after: str = ""

    @property
    def captured(self) -> str:
        """The pattern with the text as its only group, for engines that replace groups."""
        return f"{self.before}({self.text}){self.after}"

    @property
    def surrounded(self) -> str:
        """The pattern with the two sides as groups 1 and 2, for engines that replace the whole match."""
        return f"({self.before})(?:{self.text})({self.after})"


def redactions(processor: PipelineProcessor) -> Iterator[tuple[str, SecretPattern]]:
    """Yield the name and each pattern of what a processor replaces; its own patterns come last."""
    for secret, patterns in SECRET_PATTERNS.items():
        if secret in processor.detect:
            yield from ((secret.value, pattern) for pattern in patterns)
    for name, text in processor.patterns.items():
        yield name, SecretPattern(without_groups(text))


def without_groups(pattern: str) -> str:
    """Return an expression that matches the same without a capturing group."""
    result, position, in_class = "", 0, False
    while position < len(pattern):
        if pattern.startswith("\\Q", position) and not in_class:
            end = pattern.find("\\E", position)
            end = len(pattern) if end < 0 else end + 2
            result, position = result + pattern[position:end], end
            continue
        character = pattern[position]
        if character == "\\":
            result, position = result + pattern[position : position + 2], position + 2
            continue
        if in_class:
            if pattern.startswith("[:", position):
                end = pattern.index(":]", position) + 2
                result, position = result + pattern[position:end], end
                continue
            in_class = character != "]"
        elif character == "[":
            # A bracket that comes first in a class is one of its members.
            start = position + 2 if pattern.startswith("[^", position) else position + 1
            end = start + 1 if pattern.startswith("]", start) else start
            result, position, in_class = result + pattern[position:end], end, True
            continue
        elif character == "(":
            if not pattern.startswith("(?", position):
                result, position = result + "(?:", position + 1
                continue
            if pattern.startswith(("(?P<", "(?<"), position):
                result, position = result + "(?:", pattern.index(">", position) + 1
                continue
        result, position = result + character, position + 1
    return result


def _alternatives(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_QUOTE = r"""\\?["']?"""
_ASSIGNED = rf"{_QUOTE}\s*(?:=>|[:=])\s*"
_START = r"(?:^|[^0-9A-Za-z.,_-])"
"""What stands before a number that is not a part of another one, of an identifier or of a fraction."""
_TOKEN = r"[A-Za-z0-9._~+/=-]"
_PASSWORD_KEY = _alternatives(
    "password",
    "passwd",
    "passphrase",
    "secret",
    "credentials?",
    "(?:api|private|secret|encryption|signing)[_-]?key",
    "secret[_-]?access[_-]?key",
    "(?:access|refresh|auth|id|session|bearer|api)[_-]?token",
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_GROUP = "[0-9A-Fa-f]{1,4}"
_FIRST_GROUP = "(?:[23][0-9A-Fa-f]{3}|[fF][c-fC-F][0-9A-Fa-f]{2})"
"""Global, unique local, link local and multicast addresses, all of four digits: RFC 4291, section 2.4; RFC 4193."""


def _card(prefix: str, length: int) -> str:
    """Return the pattern of the numbers of an issuer, of which `prefix` is the beginning of four digits."""
    compact = rf"{prefix}\d{{{length - 4}}}"
    groups = [4, 4, 4] if length == 16 else [6, length - 10]
    return _alternatives(compact, *(prefix + "".join(rf"{space}\d{{{n}}}" for n in groups) for space in (" ", "-")))


# https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)
_CARDS = (
    _card(r"4\d{3}", 16),
    _card(r"5[1-5]\d{2}", 16),
    _card(r"2(?:2[2-9]\d|[3-6]\d{2}|7[01]\d|720)", 16),
    _card(r"6(?:011|4[4-9]\d|5\d{2})", 16),
    _card(r"35(?:2[89]|[3-8]\d)", 16),
    _card(r"3[47]\d{2}", 15),
    _card(r"3(?:0[0-5]\d|[68]\d{2})", 14),
)

_IBAN_COUNTRIES: Mapping[int, str] = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
"""The countries by the length of their numbers: https://www.swift.com/standards/data-standards/iban-international-bank-account-number."""


def _iban(length: int, countries: str) -> str:
    """Return the pattern of the numbers of countries, without spaces or in groups of four."""
    groups, rest = divmod(length - 4, 4)
    spaced = rf"(?: [A-Z0-9]{{4}}){{{groups}}}" + (rf" [A-Z0-9]{{{rest}}}" if rest else "")
    return rf"(?:{countries.replace(' ', '|')})\d{{2}}(?:[A-Z0-9]{{{length - 4}}}|{spaced})"


SECRET_PATTERNS: Mapping[Secret, Sequence[SecretPattern]] = {
    Secret.PRIVATE_KEY: [
        SecretPattern(
            r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)"
            r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\z)"
        )
    ],
    Secret.JWT: [SecretPattern(r"\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*")],
    Secret.AUTHORIZATION: [
        SecretPattern(
            rf"{_TOKEN}{{4,}}",
            before=rf"(?i:authorization{_ASSIGNED}{_QUOTE}\[?{_QUOTE}(?:basic|bearer|token|apikey)\s+)",
        ),
        SecretPattern(rf"{_TOKEN}{{16,}}", before=rf"(?i:authorization{_ASSIGNED}{_QUOTE})"),
        SecretPattern(rf"{_TOKEN}{{20,}}", before=r"(?i:\bbearer\s+)"),
    ],
    Secret.PASSWORD: [
        SecretPattern(r'[^"\\]+', before=rf'(?i:{_PASSWORD_KEY}{_ASSIGNED}\\?")'),
        SecretPattern(r"[^'\\]+", before=rf"(?i:{_PASSWORD_KEY}{_ASSIGNED}\\?')"),
        SecretPattern(r"""[^\s"'\\,;&(){}<>]+""", before=rf"(?i:{_PASSWORD_KEY}{_ASSIGNED})"),
        SecretPattern(rf"{_TOKEN}{{20,}}", before=rf"(?i:\btoken{_ASSIGNED}{_QUOTE})"),
        # PWD is a directory in the environment of a process.
        SecretPattern(r"""[^\s"'\\,;&(){}<>/][^\s"'\\,;&(){}<>]*""", before=r"(?i:\bpwd\s*=\s*)"),
        SecretPattern(r"[^\s/@\"']+", before=r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@\"']*:", after="@"),
    ],
    Secret.AWS_ACCESS_KEY: [SecretPattern(r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b")],
    Secret.EMAIL: [
        SecretPattern(r"\b[A-Za-z0-9._+-]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b"),
    ],
    Secret.CREDIT_CARD: [SecretPattern(rf"{_alternatives(*_CARDS)}\b", before=_START)],
    Secret.IBAN: [
        SecretPattern(rf"\b{_alternatives(*(_iban(length, names) for length, names in _IBAN_COUNTRIES.items()))}\b")
    ],
    Secret.IP_ADDRESS: [
        SecretPattern(rf"{_OCTET}(?:\.{_OCTET}){{3}}\b", before=r"(?:^|[^0-9A-Za-z._-])"),
        SecretPattern(
            _alternatives(
                rf"{_FIRST_GROUP}(?::{_GROUP}){{7}}",
                rf"{_FIRST_GROUP}(?::{_GROUP}){{0,6}}::(?:{_GROUP}(?::{_GROUP}){{0,6}})?",
            )
            + "(?:%[A-Za-z0-9]+)?",
            before=r"(?:^|[^0-9A-Za-z:._-])",
        ),
    ],
}
"""The patterns of each kind, in their order: the password of a URL looks like the beginning of an address of mail."""
