"""Command line: write the reference again, and remove the pages of what is gone."""

from pathlib import Path

from tools.docs.alerts import RUNBOOKS
from tools.docs.markdown import GENERATED
from tools.docs.pages import REFERENCE, reference

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write every generated file that differs."""
    wanted = reference(ROOT)
    for page in sorted(path for directory in (REFERENCE, RUNBOOKS) for path in (ROOT / directory).glob("*.md")):
        generated = page.read_text(encoding="utf-8").startswith(GENERATED)
        if generated and str(page.relative_to(ROOT)) not in wanted:
            page.unlink()
            print(f"removed {page.relative_to(ROOT)}")
    for name, text in wanted.items():
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {name}")
    print(f"{len(wanted)} generated files are up to date")


if __name__ == "__main__":
    main()
