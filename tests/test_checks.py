"""`make lint` checks the JavaScript too, and says why where it cannot; `make quick` names tests that are there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail


def lint(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "scripts/lint_javascript.sh"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Path:
    """The settings, the script, what npm installed, and one script of a page."""
    for name in ("package.json", "package-lock.json", ".npmrc", "biome.json"):
        shutil.copy(repository / name, tmp_path / name)
    (tmp_path / "scripts").mkdir()
    shutil.copy(repository / "scripts" / "lint_javascript.sh", tmp_path / "scripts")
    if (repository / "node_modules").is_dir():
        shutil.copytree(repository / "node_modules", tmp_path / "node_modules", symlinks=True)
    (tmp_path / "app").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("const a = 1;\nconsole.log(a);\n", None),
        ("console.log(undeclared);\n", "noUndeclaredVariables"),
        ("const unused = 1;\n", "noUnusedVariables"),
        ("if (window.a == 1) console.log(1);\n", "noDoubleEquals"),
    ],
)
def test_mistakes_in_the_javascript_are_found(copy: Path, source: str, complaint: str | None) -> None:
    if not (copy / "node_modules").is_dir():
        skip_or_fail("npm has not installed biome, as `make lint` does where there is npm")
    (copy / "app" / "page.js").write_text(source, encoding="utf-8")
    done = lint(copy)
    assert (done.returncode == 0) == (complaint is None), done.stdout + done.stderr
    assert (complaint or "") in done.stdout + done.stderr


def test_without_npm_it_is_left_out_with_a_reason_but_not_in_ci(copy: Path, tmp_path: Path) -> None:
    shutil.rmtree(copy / "node_modules", ignore_errors=True)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "dirname"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    alone = lint(copy, PATH=str(tools), CI="")
    said = "The JavaScript is not checked: npm, or what it installs, is missing.\n"
    assert (alone.returncode, alone.stderr) == (0, said)
    assert lint(copy, PATH=str(tools), CI="true").returncode == 1


def test_quick_names_tests_that_are_there(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    named = re.search(r"QUICK := \$\(addprefix tests/,((?:[^)\\]|\\\n)*)\)", makefile)
    assert named
    paths = [path for path in re.split(r"[\s\\]+", named[1]) if path]
    assert len(paths) > 5
    assert all((repository / "tests" / path).exists() for path in paths)
    assert not any(path.startswith(("e2e", "training", "annotator")) for path in paths)


def test_the_lock_names_no_registry(repository: Path) -> None:
    assert "resolved" not in (repository / "package-lock.json").read_text(encoding="utf-8")
