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

    "auto" is bfloat16 on CPUs that gain from it and on CUDA from compute capability 8.0, float16 on older CUDA
    devices, float32 elsewhere. What stays float32 under autocast is told in docs/inference.md.

    Raises:
        InferenceError: the name is unknown, or float16 is asked of a CPU.
    """
    if name == "auto":
        if device.type == "cuda":
            return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float16
        return torch.bfloat16 if cpu_gains_from_bfloat16() else torch.float32
    if name not in DTYPES:
        raise InferenceError(f"There is no number format {name!r}; use auto, {', '.join(DTYPES)}.")
    if name == "float16" and device.type == "cpu":
        raise InferenceError("float16 needs a CUDA device; use bfloat16 or float32 on the CPU.")
    return DTYPES[name]


def cpu_gains_from_bfloat16() -> bool:
    """Whether this CPU convolves faster in bfloat16 than in float32, told from its instructions.

    With AMX it does, several times over. With avx512_bf16 alone it does where that is the CPU's own way (Cooper Lake,
    Zen 4 and 5), but not on Sapphire Rapids and later, known by avx512_fp16, where a virtual machine hides AMX: there
    bfloat16 was measured at half the speed of float32 (docs/inference.md). A trial at run time would say so too, but
    not reliably on a busy machine, and the same photo has to give the same pixels every time.
    """
    has = torch.cpu.get_capabilities().get
    return bool(has("amx_bf16") or (has("avx512_bf16") and not has("avx512_fp16")))


def cpu_gains_from_int8() -> bool:
    """Whether this CPU runs the network faster in 8 bits, by OpenVINO, than PyTorch does by its own choice.

    On a processor with both, docs/benchmark.md has 8 bits at 8.7 times PReNet's speed, bfloat16 at 8.1, and OpenVINO in
    float32 at 6.0; one with VNNI alone was not at hand. Where bfloat16 is fast too, 8 bits are not worth
    what they change in the picture, so there the answer is no.
    """
    return bool(torch.cpu.get_capabilities().get("avx512_vnni")) and not cpu_gains_from_bfloat16()
