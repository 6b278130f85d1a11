"""Lines with secrets and personal data, and what is left of them; and lines that must stay as they are.

Every number, key and name is made up, or an example of its own documentation.
"""

from collections.abc import Mapping, Sequence

from components.telemetry.model import Secret

_JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
_KEY = "-----BEGIN {0}PRIVATE KEY-----{1}MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{1}-----END {0}PRIVATE KEY-----"
_MARK = "AKIA" + "IOSFODNN7EXAMPLE"

REDACTED: Mapping[Secret, Sequence[tuple[str, str]]] = {
    Secret.EMAIL: [
        ("login of jane.doe@example.org failed", "login of [email] failed"),
        ("GET /u?mail=jane%40example.org&x=1", "GET /u?mail=[email]&x=1"),
        ('{"to":"jane+news@mail.example.co.uk","n":2}', '{"to":"[email]","n":2}'),
        ("a@example.org,b@example.org", "[email],[email]"),
    ],
    Secret.CREDIT_CARD: [
        ("card 4111111111111111 declined", "card [credit_card] declined"),
        ("card=4111-1111-1111-1111;", "card=[credit_card];"),
        ("5500 0000 0000 0004 5105105105105100", "[credit_card] [credit_card]"),
        ('{"pan":"378282246310005"}', '{"pan":"[credit_card]"}'),
        ("3782 822463 10005", "[credit_card]"),
        ("6011111111111117", "[credit_card]"),
        ("30569309025904", "[credit_card]"),
        ("3530111333300000", "[credit_card]"),
        ("2221000000000009", "[credit_card]"),
    ],
    Secret.IBAN: [
        ("to DE89370400440532013000.", "to [iban]."),
        ("to DE89 3704 0044 0532 0130 00 of", "to [iban] of"),
        ("GB29NWBK60161331926819", "[iban]"),
        ("NO9386011117947", "[iban]"),
        ("MT84MALT011000012345MTLCAST001S", "[iban]"),
        ("FR14 2004 1010 0505 0001 3M02 606", "[iban]"),
    ],
    Secret.IP_ADDRESS: [
        ("from 203.0.113.7:52110 to", "from [ip_address]:52110 to"),
        ('10.0.0.1 - - "GET / HTTP/1.1"', '[ip_address] - - "GET / HTTP/1.1"'),
        ("peer [2001:db8::8a2e:370:7334]:443", "peer [[ip_address]]:443"),
        ("fe80::1%eth0 up", "[ip_address] up"),
        ("2001:0db8:0000:0000:0000:ff00:0042:8329", "[ip_address]"),
        ("client=::ffff:203.0.113.7", "client=::ffff:[ip_address]"),
    ],
    Secret.JWT: [(f"session {_JWT} ended", "session [jwt] ended"), (f'{{"t":"{_JWT}"}}', '{"t":"[jwt]"}')],
    Secret.AUTHORIZATION: [
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: Basic [authorization]"),
        ("authorization=Bearer abcd.efgh-ijkl", "authorization=Bearer [authorization]"),
        (r"{\"Authorization\":\"Bearer abcdefgh\"}", r"{\"Authorization\":\"Bearer [authorization]\"}"),
        ('"authorization":["bearer abcdefgh"]', '"authorization":["bearer [authorization]"]'),
        ("Authorization: 0123456789abcdef0123", "Authorization: [authorization]"),
        ("sent Bearer 0123456789abcdef0123456789", "sent Bearer [authorization]"),
    ],
    Secret.PASSWORD: [
        ("password=hunter2 user=jane", "password=[password] user=jane"),
        ("DB_PASSWORD: hunter2", "DB_PASSWORD: [password]"),
        ('{"password":"two words","user":"jane"}', '{"password":"[password]","user":"jane"}'),
        (r"{\"userPassword\": \"hunter2\"}", r"{\"userPassword\": \"[password]\"}"),
        ("{'passwd' => 'hunter2'}", "{'passwd' => '[password]'}"),
        ("?api_key=0123456789&page=2", "?api_key=[password]&page=2"),
        ("client_secret=abc; refresh-token=def", "client_secret=[password]; refresh-token=[password]"),
        ("postgres://shop:hunter2@db.shop:5432/shop", "postgres://shop:[password]@db.shop:5432/shop"),
        ("Server=db;Uid=shop;Pwd=hunter2;", "Server=db;Uid=shop;Pwd=[password];"),
        ("token=0123456789abcdefghijklmn", "token=[password]"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = [password]"),
    ],
    Secret.AWS_ACCESS_KEY: [(f"key {_MARK} used", "key [aws_access_key] used")],
    Secret.PRIVATE_KEY: [
        (f"found {_KEY.format('', chr(10))} in", "found [private_key] in"),
        (f'"{_KEY.format("RSA ", chr(92) + "n")}"', '"[private_key]"'),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk", "[private_key]"),
    ],
}
"""Lines by the kind of their secret, and what is left where this kind alone is redacted."""

INNOCENT: Sequence[str] = [
    "request 550e8400-e29b-41d4-a716-446655440000 took 12.5ms",
    "41234567-1234-4123-8123-123456789012",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
    "AE07D1F4C58B0123456789ABCDEF0123",
    "ts=1700000000000 at=1700000000000000000 took=0.4111111111111111",
    "2026-11-27T20:00:00.123456789Z INFO started in 4.211 s (process running for 5.1)",
    '127.0.0.1 - - [27/Nov/2026:20:00:00 +0000] "GET /shop/items?page=2 HTTP/1.1" 200 5320',
    "image registry.example.org/shop/web:1.24.3-alpine@sha256:4111111111111111aaaa5500000000000004aaaa3782822463100055",
    "package left-pad@1.3.0 from github.com/acme/left-pad",
    "order 20261127-000123 of 1,499.90 EUR, 3 items",
    "shop.Cart::add std::string a::b 12:34:56 aa:bb:cc:dd:ee:ff",
    "authorization failed: token expired",
    "Authorization: required, basic authentication is enabled for this realm",
    "password reset sent, passwordResetCount=3",
    'MountVolume.SetUp failed for volume "tls": secret "web-tls" not found',
    "PWD=/home/app HOME=/home/app",
    "tokens=512 token: EOF nextToken=",
    "http://shop.example.org:8080/cart user@host",
    "-----BEGIN CERTIFICATE-----MIIB-----END CERTIFICATE-----",
    "commit 5500000000000004deadbeef5500000000000004deadbeef",
    "SKU GB29-NWBK-6016 in DE-89",
    "eyJ is how a token begins",
    'level=info caller=main.go:42 msg="listening" addr=:8080 version=v1.2.3',
]
"""Lines in which nothing is a secret that is looked for by default."""

NO_ADDRESSES: Sequence[str] = [
    "v1.24.3 of 2026.11.27",
    "at 12:34:56.789 from aa:bb:cc:dd:ee:ff",
    "std::string cafe::bar dead::beef",
    "chart loki-6.51.0.1-rc1",
    "999.1.1.1",
]
"""Lines without an address of the network."""
