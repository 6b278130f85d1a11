"""A test of a package is named after a module of that package, or after the package itself."""

from pathlib import Path

from tests.checkout import ROOT

TESTS = ROOT / "tests" / "unit"


def names_its_subject(test: Path) -> bool:
    """Whether a test lies where a package does, and its name begins with that of a module of it."""
    folder = test.relative_to(TESTS).parent
    package = next((path for path in (ROOT / "components" / folder, ROOT / folder) if path.is_dir()), None)
    if package is None:
        return False
    modules = {path.stem.strip("_") for path in package.glob("*.py")}
    names = modules | {path.parent.name for path in package.glob("*/__init__.py")} | {package.name}
    return any(f"{test.stem}_".startswith(f"test_{name}_") for name in names)


def test_a_test_begins_with_the_name_of_what_it_tests() -> None:
    tests = [path for path in TESTS.glob("*/**/test_*.py") if not names_its_subject(path)]
    assert not tests, "name each after a module of its package"
