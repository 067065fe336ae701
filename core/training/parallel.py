"""One process, or several under torchrun, by Lightning Fabric."""

import os

from lightning_fabric import Fabric

from core.inference.device import choose_device
from core.training.descent import TrainingError


def make_fabric(device: str = "auto") -> Fabric:
    """The processes that train together: this one, or under torchrun all of them, each on its own GPU or on the CPU.

    device: "auto" for CUDA where present, else the CPU; "cpu", "cuda" or "cuda:N", the last for one process alone.

    Raises:
        core.inference.InferenceError: there is no such device.
        TrainingError: several processes are to share one GPU.
    """
    chosen = choose_device(device)
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    if processes == 1:
        fabric = Fabric(accelerator=chosen.type, devices=1 if chosen.index is None else [chosen.index])
    elif chosen.index is not None and device != "auto":
        raise TrainingError(f"Under torchrun each process takes a GPU of its own; say cuda rather than {device}.")
    else:
        local = int(os.environ["LOCAL_WORLD_SIZE"])
        fabric = Fabric(accelerator=chosen.type, devices=local, num_nodes=processes // local, strategy="ddp")
    fabric.launch()
    return fabric
