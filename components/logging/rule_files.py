"""Rule files of Loki: their tenants, and whether Loki would accept them."""

import re
from collections.abc import Collection, Iterator, Mapping

from .._rule_files import form_problems
from .._tenants import THE_ONLY_TENANT

_FILE = re.compile(r"[A-Za-z0-9][-._A-Za-z0-9]*\.ya?ml")


def tenant_and_file(path: str, tenants: Collection[str]) -> tuple[str, str]:
    """Return the tenant and the name of a file; with tenants, the first part of its path is the tenant."""
    tenant, slash, file = path.partition("/")
    return (tenant, file) if tenants and slash else (THE_ONLY_TENANT, path)


def file_problems(files: Mapping[str, str], tenants: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the path of a file and a message for each problem that would keep Loki from reading it."""
    seen: dict[tuple[str, str], str] = {}
    for path, text in files.items():
        tenant, file = tenant_and_file(path, tenants)
        if tenants and tenant not in tenants:
            yield path, f"the name must be TENANT/FILE with one of tenants ({', '.join(tenants)}); rename it"
        elif not _FILE.fullmatch(file):
            yield path, "the name must have letters, digits and -_. only and end in .yaml or .yml; rename it"
        else:
            stem = (tenant, file.rpartition(".")[0])
            if stem in seen:
                yield path, f"is the same namespace of rules as {seen[stem]!r} to Loki; merge them, or rename one"
            seen[stem] = path
            for place, message in form_problems(path, text):
                yield path, message if place == path else f"{place}: {message}"
