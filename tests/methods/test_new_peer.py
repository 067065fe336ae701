"""A new peer is a file and a line: in a copy, every command and page then has it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

PEER = """
import torch
from torch import nn
from core.peers.peer import Peer

class Darker(nn.Module):
    def __init__(self):
        super().__init__()
        self.by = nn.Parameter(torch.tensor(10 / 255))

    def forward(self, rainy):
        return (rainy - self.by).clamp(0, 1)

def load(path):
    return Darker()

PEER = Peer(
    "Darker", Darker, load, weights={"any": "darker.pth"}, for_set={}, default="any", cost=1.0, published="example.org"
)
"""

SCRIPT = """
from pathlib import Path
import numpy as np
from core.benchmark.choice import Choice, choose_methods
from core.cli import main
from core.inference import Derainer
from core.networks import SIZES, SemiDerainGAN
from app.compare.contest import open_contest, run
from app.compare.methods import offer
from app.compare.stored import StoredOutputs
from app.compare.subject import make_subject

assert main("evaluate --data set --peer darker:any --protocol rgb".split()) == 1  # its weights are not there
assert main("evaluate --data set --peer darker:peers/darker.pth --protocol rgb".split()) == 0
assert main("compare --data set --methods darker --peers peers --protocol rgb -o c.html".split()) == 0
assert main("real-rain --data set/input --methods darker --peers peers".split()) == 1  # without rain there is no figure
assert {"darker-published", "darker-equal"} <= choose_methods(Choice(network="fast")).keys()

derainer = Derainer(SemiDerainGAN(**SIZES["fast"]), device="cpu")
methods = offer(derainer, StoredOutputs(), peers=Path("peers"))
assert ("Darker (any)", "darker") in methods.choices
subject = make_subject("1", np.full((24, 32, 3), 200, np.uint8), None)
entry = next(entry for entry in methods.entries(subject, ["darker"]) if entry.key == "darker")
*_, done = run(open_contest(subject, [entry]))
assert (done.given["darker"].pixels == 190).all()
"""


def test_a_new_peer_is_a_file_and_a_line(repository: Path, tmp_path: Path) -> None:
    for name in ("core", "datasets", "app"):
        shutil.copytree(repository / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "core/peers/darker.py").write_text(PEER, encoding="utf-8")
    table = tmp_path / "core/peers/__init__.py"
    text = table.read_text(encoding="utf-8")
    text = text.replace("import ddn, prenet, sirr", "import darker, ddn, prenet, sirr")
    table.write_text(text.replace('    "sirr": ', '    "darker": darker.PEER,\n    "sirr": '), encoding="utf-8")
    for path in ("set/input/1.png", "set/target/1.png"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / path), np.full((24, 32, 3), 200, np.uint8))
    (tmp_path / "peers").mkdir()
    (tmp_path / "peers/darker.pth").touch()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(tmp_path)}
    environment.pop("DERAIN_PEERS", None)
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "darker, weights peers/darker.pth" in done.stdout and "Darker needs its published weights" in done.stderr
    assert "Darker (any)" in (tmp_path / "c.html").read_text(encoding="utf-8")
