"""Who may import whom: read from the source of every module, so that a lazy import inside a function counts too."""

import ast
import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
OURS = ("core", "datasets", "app", "annotator")
PURE = ("core.networks", "core.losses", "core.metrics")
BASIC = ("core.errors", "core.depth", "core.text")
TOUCH_THE_PROJECT = tuple(f"annotator.prescreen.{name}" for name in ("run", "hints", "own_decisions"))
WEB_FRAMEWORKS = ("fastapi", "gradio", "starlette", "uvicorn")
MAY_IMPORT_DATASETS = (
    *("core.training", "core.evaluation", "core.methods.outputs", "core.comparison", "core.cli"),
    "core.export.calibration",
)


@dataclass(frozen=True)
class Import:
    module: str
    line: int


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def within_any(module: str, packages: tuple[str, ...]) -> bool:
    return any(within(module, package) for package in packages)


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, root: Path) -> Iterator[Import]:
    """Every import of a file, relative ones resolved; `from a import b` counts as `a.b` where that is a module."""
    package = module_name(path, root).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *(node.module or "").split(".")]).strip(".")
            modules = {
                f"{base}.{alias.name}"
                for alias in node.names
                if (inner := root.joinpath(*base.split("."), alias.name)).is_dir() or inner.with_suffix(".py").is_file()
            }
            if len(modules) < len(node.names):
                yield Import(base, node.lineno)
            yield from (Import(module, node.lineno) for module in sorted(modules))
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            function = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if function in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield Import(node.args[0].value, node.lineno)


def complaint(importer: str, imported: str) -> str | None:
    """Why `importer` may not import `imported`, or None where it may."""
    top = imported.split(".")[0]
    if within(importer, "core"):
        if top in ("app", "annotator", "gradio", "sqlalchemy"):
            return f"core must not import {top}"
        if top == "datasets" and not within_any(importer, MAY_IMPORT_DATASETS):
            return "in core only training, evaluation, outputs, comparison, export and the commands import datasets"
    for pure in PURE:
        if within(importer, pure) and not within(imported, pure) and not within_any(imported, PURE):
            allowed = {"torch", "numpy"}
            if pure == "core.networks":
                allowed |= {"huggingface_hub", "safetensors"}
            if pure == "core.metrics":
                allowed |= {"cv2"}
            if imported not in ("core", "core.depth") and top not in allowed and top not in sys.stdlib_module_names:
                return f"{pure} knows only {', '.join(sorted(allowed))}"
    if within(importer, "datasets") and top in OURS and top != "datasets":
        own = imported in ("core", *BASIC) or within(imported, "core.images")
        if not own:
            return "datasets imports nothing of ours but core.images and a few basic things"
    if within(importer, "app") and top == "annotator":
        return "app must not import annotator"
    if within(importer, "annotator") and top == "app" and imported not in ("app", "app.theme"):
        return "annotator takes only app.theme from app"
    screen = within_any(importer, ("annotator.web", "annotator.cli.serve_command"))
    if within(importer, "annotator") and not screen and top in WEB_FRAMEWORKS:
        return "within annotator only the screen knows a web framework"
    touching = within_any(imported, ("annotator.project", "annotator.usecases", "annotator.database"))
    if within(importer, "annotator.prescreen") and importer not in TOUCH_THE_PROJECT and touching:
        return "within annotator.prescreen only run, hints and own_decisions touch the project"
    return None


def violations(root: Path) -> list[str]:
    found = []
    for package in OURS:
        for path in sorted((root / package).rglob("*.py")):
            importer = module_name(path, root)
            for imported in imports_of(path, root):
                reason = complaint(importer, imported.module)
                if reason:
                    found.append(f"{path.relative_to(root)}:{imported.line} imports {imported.module}: {reason}")
    return found


def graph_of(root: Path) -> dict[str, set[str]]:
    """Every module of ours -> those of ours that it imports."""
    modules = {module_name(path, root): path for package in OURS for path in (root / package).rglob("*.py")}
    return {
        module: {imported.module for imported in imports_of(path, root)} & modules.keys() - {module}
        for module, path in modules.items()
    }


def folders_of(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The same among folders: `core.images.read` is of `core.images`, `core.evaluation` stands for itself."""

    def folder(module: str) -> str:
        return ".".join(module.split(".")[:2])

    folders: dict[str, set[str]] = {}
    for module, imported in graph.items():
        folders.setdefault(folder(module), set()).update(folder(other) for other in imported)
    return {name: others - {name} for name, others in folders.items()}


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """Modules or folders that import each other, the first again at the end; empty where imports run one way."""
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_files_import_each_other() -> None:
    assert circle_in(graph_of(REPOSITORY)) == []


def test_no_import_runs_upward() -> None:
    """Where no folder imports one that imports it, all can be laid in layers with every import pointing down."""
    assert circle_in(folders_of(graph_of(REPOSITORY))) == []


@pytest.mark.parametrize(
    "sources",
    [
        {"core/images/a.py": "from core.images.b import f", "core/images/b.py": "def f():\n    import core.images.a"},
        {"core/images/__init__.py": "from core.images.a import f", "core/images/a.py": "from core.images import g"},
        {"core/images/a.py": "from core.inference.b import f", "core/inference/c.py": "from core.images import d"},
    ],
)
def test_a_circle_is_found(tmp_path: Path, sources: dict[str, str]) -> None:
    write_package(tmp_path)
    for path, source in sources.items():
        (tmp_path / path).write_text(source, encoding="utf-8")
    for path in ("core/images/d.py", "core/inference/b.py"):
        (tmp_path / path).touch()
    graph = graph_of(tmp_path)
    assert circle_in(graph) or circle_in(folders_of(graph))


def test_every_error_meant_for_a_person_is_of_one_family() -> None:
    """A script that catches UserError sees them all; what else is raised inside has a name that says so."""
    inner = {"Refusal"}  # core.images puts the file's name to it
    strays = [
        f"{path.relative_to(REPOSITORY)}: {node.name}"
        for package in OURS
        for path in sorted((REPOSITORY / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name not in inner and not node.name.startswith("_")
        for base in node.bases
        if isinstance(base, ast.Name) and isinstance(getattr(builtins, base.id, None), type)
        if issubclass(getattr(builtins, base.id), Exception)
    ]
    assert strays == ["core/errors.py: UserError"]


def test_every_module_keeps_the_import_rules() -> None:
    assert (REPOSITORY / "core").is_dir()
    assert violations(REPOSITORY) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("core/networks/unet.py", "import cv2"),
        ("core/networks/unet.py", "from core.images import read_photo"),
        ("core/networks/unet.py", "from ..images import read_photo"),
        ("core/losses/ssim.py", "import huggingface_hub"),
        ("core/metrics/psnr.py", "from skimage import metrics"),
        ("core/inference/tiles.py", "import gradio as gr"),
        ("core/images/read.py", "def f():\n    from sqlalchemy import orm"),
        ("core/inference/derainer.py", "import app.theme"),
        ("core/inference/derainer.py", "import datasets"),
        ("core/images/read.py", "from datasets import pairs"),
        ("core/peers/prenet.py", "from datasets import pairs"),
        ("core/images/read.py", "import importlib\nimportlib.import_module('datasets.pairs')"),
        ("datasets/pairs.py", "from core.inference import Derainer"),
        ("datasets/pairs.py", "from core import inference"),
        ("datasets/pairs.py", "import app"),
        ("app/derain/page.py", "import annotator"),
        ("annotator/web.py", "from app.derain.page import build"),
        ("annotator/usecases/queue.py", "from starlette.requests import Request"),
        ("annotator/cli/import_command.py", "def run():\n    import gradio"),
        ("annotator/prescreen/score.py", "from annotator.usecases.measuring import unmeasured"),
    ],
)
def test_a_violation_is_found(tmp_path: Path, path: str, source: str) -> None:
    write_package(tmp_path)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(source, encoding="utf-8")
    found = violations(tmp_path)
    assert len(found) >= 1
    assert all(line.startswith(path) for line in found)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("core/networks/unet.py", "import math\nimport torch.nn.functional as F\nfrom huggingface_hub import X"),
        ("core/networks/unet.py", "from .blocks import Unit\nfrom core.networks import ssrml"),
        ("core/losses/ssim.py", "import numpy as np\nfrom core.metrics.ssim import window"),
        ("core/training/trainer.py", "from datasets.pairs import open_pairs\nimport tensorboard"),
        ("core/evaluation.py", "from datasets import pairs\nimport pandas"),
        ("core/methods/outputs.py", "from datasets.folders import list_photos\nfrom core.peers import PEERS"),
        ("core/cli/derain.py", "from datasets.pairs import open_pairs"),
        ("core/metrics/real_rain.py", "import cv2"),
        ("datasets/errors.py", "from core.errors import UserError"),
        ("datasets/pairs.py", "from core.images import read_photo\nfrom datasets import layouts\nimport cv2"),
        ("datasets/pairs.py", "from core import images"),
        ("app/derain/page.py", "import gradio\nfrom core.inference import Derainer\nimport datasets.rain"),
        ("annotator/web.py", "from app.theme import theme\nfrom core.images import read_photo"),
        ("annotator/prescreen/run.py", "from annotator.usecases.measuring import unmeasured"),
    ],
)
def test_what_is_allowed_passes(tmp_path: Path, path: str, source: str) -> None:
    write_package(tmp_path)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(source, encoding="utf-8")
    assert violations(tmp_path) == []


def write_package(root: Path) -> None:
    """Empty modules, so that `from core import inference` resolves to a module as in the real tree."""
    for folder in ("core", "core/images", "core/inference", "datasets", "app", "annotator"):
        (root / folder).mkdir(parents=True)
        (root / folder / "__init__.py").touch()
    (root / "app/theme.py").touch()
