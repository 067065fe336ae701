"""docs/compare.md and docs/peers.md say what the code does: commands that parse, and every published checkpoint."""

import re
import shlex
from pathlib import Path

import pytest

from core.cli import build_parser
from core.peers import PEERS
from core.peers.find import weights_sha256


@pytest.mark.parametrize("page", ["compare", "peers"])
def test_commands_parse(repository: Path, page: str) -> None:
    text = (repository / "docs" / f"{page}.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python -m core (.+)$", text, re.MULTILINE)
    assert commands
    for command in commands:
        arguments = shlex.split(command)
        build_parser(arguments[0]).parse_args(arguments)


def test_every_checkpoint_is_listed(repository: Path, shared: Path) -> None:
    text = (repository / "docs" / "peers.md").read_text(encoding="utf-8")
    for key, peer in PEERS.items():
        for name, file in peer.weights.items():
            digest = weights_sha256(shared / "weights" / "peers" / file)
            assert f"| `{key}:{name}` | `{file}` | `{digest}` |" in text
