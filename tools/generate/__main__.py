"""Write all generated code, or with `--check` compare it: `python -m tools.generate`."""

import argparse
import sys
from pathlib import Path

from tools.generate.stubs import stubs

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail where something is stale")
    check = parser.parse_args().check
    missing = stubs(ROOT)
    if check and missing:
        return _stale([str(path.relative_to(ROOT)) for path in missing])
    for path, text in missing.items():
        path.write_text(text, encoding="utf-8")
    # The components can be imported only now.
    from tools.generate.arguments import argument_modules

    modules = {name: text for name, text in argument_modules().items() if not _is(ROOT / name, text)}
    if check:
        return _stale(list(modules))
    for name, text in modules.items():
        (ROOT / name).write_text(text, encoding="utf-8")
        print(f"{name}: written")
    return 0


def _stale(names: list[str]) -> int:
    for name in names:
        print(f"{name}: stale; run make generate")
    return 1 if names else 0


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
