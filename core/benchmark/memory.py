"""Peak memory of one method on one photo, in a process of its own (`python -m core.benchmark.memory`)."""

import gc
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from core.benchmark.choice import Choice, choose_methods
from core.benchmark.speed import make_photo

REPOSITORY = Path(__file__).resolve().parents[2]


def measure_memory(key: str, choice: Choice, width: int, height: int, threads: int) -> int | None:
    """Bytes that deraining a photo takes at its peak over the idle process (model loaded, no photo yet).

    The photo itself and the derained image are part of it. None where the system does not tell (it needs Linux's
    /proc) or the process ended early, as for want of memory.
    """
    task = json.dumps({"key": key, "choice": asdict(choice), "width": width, "height": height, "threads": threads})
    done = subprocess.run(
        [sys.executable, "-m", "core.benchmark.memory", task],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    return int(done.stdout) if done.returncode == 0 else None


def main(task: str) -> None:
    """Prints the peak in bytes."""
    import torch

    given = json.loads(task)
    torch.set_num_threads(given["threads"])
    method = choose_methods(Choice(**given["choice"]))[given["key"]]
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # starts the system's peak anew
    idle = _status("VmRSS")
    method.derain(make_photo(given["width"], given["height"]))
    print(_status("VmHWM") - idle)


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main(sys.argv[1])
