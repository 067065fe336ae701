"""The command line as a whole: help, exit codes, and errors in one sentence."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from core import cli
from core.errors import UsageError, UserError
from datasets.errors import DatasetError


def run_python(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=repository, capture_output=True, text=True, timeout=120, check=False
    )


def test_help_names_every_command_and_an_example(repository: Path) -> None:
    done = run_python(repository, "-m", "core", "--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in cli.COMMANDS)
    assert "example: python -m core" in done.stdout


def test_help_imports_no_heavy_library(repository: Path) -> None:
    code = "import sys, core.cli; core.cli.main(sys.argv[1:]); print({'torch', 'pandas', 'cv2'} & set(sys.modules))"
    for arguments in (["--help"], ["evaluate", "--help"]):
        done = run_python(repository, "-c", code, *arguments)
        assert done.stdout.endswith("set()\n"), done.stdout[-200:]


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_help_of_a_command_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"]) == 0
    assert f"python -m core {command} " in capsys.readouterr().out.split("example", 1)[1]


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["evaluate"], ["evaluate", "--data", "x", "--protocol", "z"]])
def test_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    assert "error: " in capsys.readouterr().err


@pytest.fixture
def command_that_raises(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Puts a command in place of `derain` that raises what it is given."""

    def install(error: BaseException) -> None:
        def run(_: object) -> int:
            raise error

        module = SimpleNamespace(add_parser=lambda subparsers: subparsers.add_parser("derain"), run=run)
        monkeypatch.setitem(sys.modules, "core.cli.derain", module)

    return install


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UserError("The photo is broken."), 1, "error: The photo is broken.\n"),
        (DatasetError("The folder is empty."), 1, "error: The folder is empty.\n"),
        (UsageError("These do not go together."), 2, "error: These do not go together.\n"),
        (PermissionError(13, "Permission denied", "out.png"), 1, "error: out.png: Permission denied\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_errors_are_one_sentence(
    command_that_raises: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    command_that_raises(error)
    assert cli.main(["derain"]) == code
    assert capsys.readouterr() == ("", said)


def test_a_mistake_of_ours_is_not_hidden(command_that_raises: Callable[[BaseException], None]) -> None:
    command_that_raises(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        cli.main(["derain"])


def test_image_file_errors_are_shown_as_a_sentence() -> None:
    from core.images import ImageFileError
    from core.inference import InferenceError

    assert issubclass(ImageFileError, UserError)
    assert issubclass(InferenceError, UserError)


def test_a_reader_that_goes_away_ends_it_quietly(repository: Path, tmp_path: Path) -> None:
    code = (
        "import sys, types; from core import cli\n"
        "def run(args):\n"
        "    for _ in range(100_000): print('x' * 100)\n"
        "    return 0\n"
        "module = types.SimpleNamespace(add_parser=lambda s: s.add_parser('derain'), run=run)\n"
        "sys.modules['core.cli.derain'] = module\n"
        "sys.exit(cli.main(['derain']))\n"
    )
    with open(tmp_path / "err", "w") as err:
        process = subprocess.Popen([sys.executable, "-c", code], cwd=repository, stdout=subprocess.PIPE, stderr=err)
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(60) == 1
    assert (tmp_path / "err").read_text() == ""
