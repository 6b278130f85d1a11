"""What an nginx is told so that it speaks TLS and asks clients for a certificate."""

from .certificates import CERTIFICATES


def tls_lines(client_certificates: bool) -> list[str]:
    """Write what stands in the http block; a renewed certificate is taken up with the next connection.

    A name with a variable in it is read at each handshake, one without at the start alone. Of the authority nginx takes
    no name with a variable: another one needs new pods.
    """
    lines = [
        f'map "" $certificates {{ default {CERTIFICATES}; }}',
        "ssl_certificate $certificates/tls.crt;",
        "ssl_certificate_key $certificates/tls.key;",
        "ssl_protocols TLSv1.2 TLSv1.3;",
    ]
    if not client_certificates:
        return lines
    return [
        *lines,
        f"ssl_client_certificate {CERTIFICATES}/ca.crt;",
        "ssl_verify_depth 3;",
        # The kubelet shows none, and asks for / alone.
        "ssl_verify_client optional;",
        'map "$ssl_client_verify $uri" $unproven {',
        "  default 1;",
        '  "~^SUCCESS " 0;',
        '  "~^NONE /$" 0;',
        "}",
    ]


def refusal_lines(client_certificates: bool) -> list[str]:
    """Write what stands in each server, before any location is looked for."""
    return ["if ($unproven) { return 403; }"] if client_certificates else []
