"""Texts of the settings of collection: names of labels, expressions, addresses."""

import re
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, TypeAdapter

from .._model import USER_KNOWN
from ..units import HttpUrl
from ..urls import OTLP_BASE, is_host_and_port, otlp_over_http

_LABEL = r"[A-Za-z_][A-Za-z0-9_]*"
_HTTP_URL = TypeAdapter(HttpUrl, config=ConfigDict(defer_build=True))


def _otlp_endpoint(text: str) -> str:
    if not text:
        return text
    if text.startswith(("http://", "https://")):
        return otlp_over_http(str(_HTTP_URL.validate_python(text)))
    if not is_host_and_port(text):
        raise ValueError(
            "must be an OTLP endpoint; use host:port for gRPC, such as tempo.tracing:4317, or a URL for HTTP, "
            "such as http://tempo.tracing:4318"
        )
    return text


def _label_name(text: str) -> str:
    if re.fullmatch(_LABEL, text) is None or text.startswith("__"):
        raise ValueError("must be letters, digits and _, not beginning with a digit or __; choose another name")
    if "__" in text or not text.strip("_"):
        raise ValueError("must not have several _ in a row, or _ alone, as Loki changes such a name; use single ones")
    return text


def _host_and_port(text: str) -> str:
    if not is_host_and_port(text):
        raise ValueError("must be host:port, such as shop.shop:9464; correct it")
    return text


def regex_problem(text: str) -> str | None:
    """Return why a text is no expression that both engines take; `None` where it is one."""
    import re2

    if r"\C" in text:
        return r"must not have \C, which the engines do not take; correct it"
    quiet = re2.Options()
    quiet.log_errors = False
    try:
        re2.compile(text, quiet)
    except re2.error as error:
        found = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        return f"must be a regular expression of RE2, and {found}; correct it"
    return None


LabelName = Annotated[str, AfterValidator(_label_name)]
OptionalOtlpEndpoint = Annotated[str, AfterValidator(_otlp_endpoint), OTLP_BASE]
HostAndPort = Annotated[str, AfterValidator(_host_and_port), USER_KNOWN]
