"""Chooses where the model runs and with which number format."""

import torch

from core.inference.errors import InferenceError

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def choose_device(name: str = "auto") -> torch.device:
    """Device by name: "auto" (CUDA where present, else the CPU), "cpu", "cuda" or "cuda:N".

    Raises:
        InferenceError: the name is unknown or the device is not there.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kind, _, number = name.partition(":")
    if name != "cpu" and (kind != "cuda" or (":" in name and not number.isdecimal())):
        raise InferenceError(f"There is no device {name!r}; use auto, cpu, cuda or cuda:N.")
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise InferenceError(
            f"The device {name!r} is not there: PyTorch sees {torch.cuda.device_count()} CUDA devices."
        )
    return torch.device(name)


def choose_dtype(device: torch.device, name: str = "auto") -> torch.dtype:
    """Number format of the convolutions: "auto" or a name in DTYPES.

    "auto" is bfloat16 on CPUs that multiply it in hardware (avx512_bf16, amx_bf16) and on CUDA from compute capability
    8.0, float16 on older CUDA devices, float32 elsewhere. Input, output and the final addition stay float32 (autocast).

    Raises:
        InferenceError: the name is unknown, or float16 is asked of a CPU.
    """
    if name == "auto":
        if device.type == "cuda":
            return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float16
        return torch.bfloat16 if cpu_multiplies_bfloat16() else torch.float32
    if name not in DTYPES:
        raise InferenceError(f"There is no number format {name!r}; use auto, {', '.join(DTYPES)}.")
    if name == "float16" and device.type == "cpu":
        raise InferenceError("float16 needs a CUDA device; use bfloat16 or float32 on the CPU.")
    return DTYPES[name]


def cpu_multiplies_bfloat16() -> bool:
    """Whether this CPU has instructions that multiply bfloat16."""
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16"))
