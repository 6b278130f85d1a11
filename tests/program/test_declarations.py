"""One declaration a setting: what is declared is found in every place that follows from it, and nothing is restated."""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel

from components._model import container, described, inner_annotation, metadata
from components._spec import Spec
from config.metrics import LongTermArea
from config.settings import AREAS
from config.storage import STORAGE_KINDS
from config.validation import accepts
from tests.checkout import ROOT, Checkout
from tools.docs.settings import areas
from tools.generate.arguments import argument_modules, specifications
from wiring.argument_origins import ARGUMENT_ORIGINS, INHERITED, origins

AREA_OF = {
    **dict.fromkeys(("AwsObjectStorage", "AwsBucketAccess"), "aws"),
    **dict.fromkeys(("ExternalObjectStorage", "SecretBucketAccess"), "external"),
    "InClusterObjectStorage": "in-cluster",
    "MinioObjectStorage": "minio",
    **dict.fromkeys(("Cache", "CacheAccess"), "caching"),
    **dict.fromkeys(("UiRoute", "BasicAuth"), "ingress"),
    "OperatorCrds": "metrics",
    **dict.fromkeys(("Certificate", "ClientLogin", "GatewayLogins", "Namespace"), "security"),
}
"""The area that states the arguments of a component, or the kind of storage; others are named after it."""

SPECS = {spec.__name__.removesuffix("Spec"): spec for spec in specifications()}


def area_of(component: str) -> type[BaseModel]:
    if component.startswith("Thanos"):
        return LongTermArea
    area = AREA_OF.get(component, component.lower())
    return STORAGE_KINDS[area] if area in STORAGE_KINDS else AREAS[area]


@pytest.mark.parametrize("component", SPECS)
def test_a_stack_states_every_argument_that_is_decided_nowhere_else(component: str) -> None:
    arguments, settings = set(SPECS[component].model_fields), set(area_of(component).model_fields)
    elsewhere = set(ARGUMENT_ORIGINS[component])
    assert arguments - settings - elsewhere == set(), "neither a setting nor in wiring/argument_origins.py"
    assert elsewhere - arguments == set(), "no argument of the component"


def test_what_decides_an_argument_is_a_setting() -> None:
    secrets = {"ui_users", "aws:region"}
    stated = {(area, field) for area, model in AREAS.items() for field in model.model_fields}
    stated |= {("storage", field) for model in STORAGE_KINDS.values() for field in model.model_fields}
    named = {
        place
        for component in ARGUMENT_ORIGINS
        for argument in ARGUMENT_ORIGINS[component]
        for place in origins(component, "logging", argument)
    }
    assert {
        place
        for place in named | set(INHERITED.values())
        if place not in secrets and tuple(place.split(".")[:2]) not in stated
    } == set()


@pytest.mark.parametrize("heading", dict(areas()))
def test_every_setting_is_described_with_its_default(heading: str) -> None:
    model = dict(areas())[heading]
    for name, field in model.model_fields.items():
        assert described(f"{model.__name__}.{name}", field)


@pytest.mark.parametrize("heading", dict(areas()))
def test_a_required_setting_has_an_example_that_is_right(heading: str) -> None:
    model = dict(areas())[heading]
    required = {name: field.examples for name, field in model.model_fields.items() if field.is_required()}
    kind = {"kind": heading.rpartition(" ")[2]} if "kind" in required else {}
    assert model.model_validate({name: examples[0] for name, examples in required.items() if examples} | kind)


def test_the_generated_arguments_are_those_of_the_specifications() -> None:
    stale = [path for path, text in argument_modules().items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert stale == [], "run make generate"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A copy of the project with what its generators read and write."""
    copy = Checkout(tmp_path)
    shutil.copy2(ROOT / "pyproject.toml", copy.root)
    (copy.root / "tests" / "golden").mkdir(parents=True)
    return copy


def insert(path: Path, before: str, text: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert content.count(before) == 1, f"{before!r} in {path}"
    path.write_text(content.replace(before, text + before), encoding="utf-8")


def declare(checkout: Checkout, area: str, before: str, name: str, field: str) -> None:
    insert(checkout.root / "components" / area / "spec.py", before, f"    {name}: Plain[{field},\n    )\n")


FIELD = 'int] = Field(\n        default=7, ge=1, le=9, description="Number of frobnications an hour.", examples=[5]'


def test_a_setting_that_is_declared_once_is_found_everywhere(checkout: Checkout) -> None:
    for area, first in (
        ("logging", "    mode: Plain[Annotated[LokiMode, MODES_OF_OTHERS]]"),
        ("telemetry", "    log_source: Plain[LogSource]"),
    ):
        declare(checkout, area, first, "frobnications", FIELD)
    for command in ("tools.generate", "tools.docs"):
        done = checkout.run(sys.executable, "-m", command)
        assert done.exit_code == 0, done.output
    checkout.configure("dev", {"observability:logging": {"frobnications": 5}})
    settings = checkout.run(sys.executable, "-m", "tools.settings", "--stack", "dev")
    checkout.configure("dev", {"observability:telemetry": {"frobnications": 50}})
    wrong = checkout.run(sys.executable, "-m", "tools.settings", "--stack", "dev")
    meaning = "Number of frobnications an hour. 1 to 9."

    for area in ("logging", "telemetry"):
        arguments = (checkout.root / "components" / area / "args.py").read_text()
        assert f'frobnications: NotRequired[int]\n    """{meaning} Default: `7`."""' in arguments
        assert (
            f"| `frobnications` | integer † | `7` | {meaning} |"
            in (checkout.root / "docs" / "reference" / f"{area}.md").read_text()
        )
    assert (checkout.root / "docs" / "reference" / "settings.md").read_text().count(
        f"| `frobnications` | integer | `7` | {meaning} |"
    ) == 2
    assert (checkout.root / "tests" / "golden" / "schema.json").read_text().count('"frobnications"') == 2
    rows = {line.split()[0]: line.split()[1:] for line in settings.stdout.splitlines()}
    assert rows["logging.frobnications"] == ["5", "stack", "file"]
    assert rows["telemetry.frobnications"] == ["7", "default"]
    assert "observability:telemetry.frobnications = 50: must be at most 9" in wrong.stderr
    assert "pulumi config set --path observability:telemetry.frobnications 5 --stack dev" in wrong.stderr


def test_a_misspelt_argument_in_the_wiring_is_an_error_of_mypy(checkout: Checkout) -> None:
    module = checkout.root / "wiring" / "build_args.py"
    text = module.read_text(encoding="utf-8")
    assert text.count('"retention": settings.retention.logs,') == 1
    module.write_text(text.replace('"retention": settings', '"retenton": settings', 1), encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--config-file",
            str(ROOT / "pyproject.toml"),
            "--cache-dir",
            str(ROOT / ".mypy_cache"),
            "wiring/build_args.py",
        ],
        cwd=checkout.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert 'Extra key "retenton" for TypedDict "LoggingArgs"' in done.stdout


def test_every_component_has_one_specification() -> None:
    assert all(issubclass(spec, Spec) for spec in SPECS.values())
    assert set(SPECS) == set(ARGUMENT_ORIGINS)


def models(found: Iterable[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield models and those of their fields."""
    for model in found:
        yield model
        for field in model.model_fields.values():
            held = container(field.annotation)
            inner = [container(part) for part in (held, *get_args(held))]
            yield from models(part for part in inner if isinstance(part, type) and issubclass(part, BaseModel))


@pytest.mark.parametrize("model", dict.fromkeys(models([*AREAS.values(), *STORAGE_KINDS.values()])))
def test_every_number_has_bounds_and_every_list_of_texts_refuses_an_empty_one(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        if container(field.annotation) in (int, float):
            stated = list(metadata(field))
            assert any(isinstance(item, Ge | Gt) for item in stated), f"{name} has no least value"
            assert any(isinstance(item, Le | Lt) for item in stated), f"{name} has no greatest value"
        if get_origin(container(field.annotation)) is Sequence:
            inner = inner_annotation(field.annotation, 0)
            assert container(inner) is not str or not accepts(inner, ""), f"{name} takes an empty text"
