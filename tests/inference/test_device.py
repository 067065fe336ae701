"""Which device and which number format are chosen."""

import pytest
import torch

from core.inference import choose_device, choose_dtype


def test_auto_takes_cuda_where_present(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == torch.device("cpu")


@pytest.mark.parametrize(
    ("capability", "dtype"), [((9, 0), torch.bfloat16), ((8, 0), torch.bfloat16), ((7, 5), torch.float16)]
)
def test_cuda_formats(monkeypatch: pytest.MonkeyPatch, capability: tuple[int, int], dtype: torch.dtype) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert choose_dtype(torch.device("cuda")) == dtype


@pytest.mark.parametrize(
    ("capabilities", "dtype"),
    [
        ({"avx512_bf16", "avx512_fp16", "amx_bf16"}, torch.bfloat16),
        ({"avx512_bf16"}, torch.bfloat16),
        ({"avx512_bf16", "avx512_fp16"}, torch.float32),
        ({"avx2"}, torch.float32),
        (set(), torch.float32),
    ],
)
def test_the_cpu_takes_bfloat16_only_where_it_pays(
    monkeypatch: pytest.MonkeyPatch, capabilities: set[str], dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: dict.fromkeys(capabilities, True))
    assert choose_dtype(torch.device("cpu")) == dtype
    assert choose_dtype(torch.device("cpu"), "float32") == torch.float32
    assert choose_dtype(torch.device("cpu"), "bfloat16") == torch.bfloat16
