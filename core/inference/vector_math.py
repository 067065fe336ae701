"""Makes a CPU's vector functions ready, so that the first photo of a process comes out as every later one does."""

import torch


def ready_vector_math() -> None:
    """Lets MKL choose its kernels on one thread; to be called before a network runs on several.

    MKL 2024, which PyTorch 2.13 holds, chooses them at the first call of a process by way of a global variable that
    holds another processor's number for a moment. If the first tanh is that of a whole photo, one of its threads can
    read that number and run a kernel that is wrong from the fifth digit on (docs/inference.md).
    """
    torch.tanh(torch.zeros(1))
