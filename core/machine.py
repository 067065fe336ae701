"""Names the machine and the software that a figure was made with."""

import os
import platform
from pathlib import Path

import torch


def describe_machine(device: torch.device | str = "cpu") -> str:
    """One line: processor (or GPU), cores and threads, operating system, Python and torch versions."""
    device = torch.device(device)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processor = f"{_processor()}, {cores} cores, {torch.get_num_threads()} threads"
    if device.type == "cuda":
        processor = f"{torch.cuda.get_device_name(device)}; {processor}"
    system = f"{platform.system()} {platform.machine()}"
    return f"{processor}; {system}, Python {platform.python_version()}, torch {torch.__version__}"


def _processor() -> str:
    """The processor's name as the system gives it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
