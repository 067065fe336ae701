"""torch.hub gives the derainer: in a process of its own, from another folder, by the repository's path."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
import numpy as np
import torch
derainer = torch.hub.load(sys.argv[1], "derainer", source="local", device="cpu")
photo = np.full((20, 30, 3), 120, np.uint8)
result = derainer(photo)
assert result.pixels.shape == (20, 30, 3) and result.pixels.dtype == np.uint8 and result.mask.shape == (20, 30)
print("done")
"""


def test_the_hub_gives_the_derainer(repository: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(repository)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.strip() == "done", done.stderr
