"""The batches of a training's steps, in their order, whichever step it goes on from."""

import itertools
import math
from collections.abc import Iterable, Iterator

from lightning_fabric import Fabric
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from core.training.building import Parts
from core.training.config import TrainingConfig
from core.training.patches import RainPatches
from core.training.real_patches import RealPatches
from core.training.stopping import leave_signals

Batch = list[Tensor] | None
"""Images, each (B, 3, H, W), 0…1; None where a process does not take part in a step."""


def batches(config: TrainingConfig, parts: Parts, done: int) -> Iterator[tuple[Batch, Batch]]:
    """For each step that is left after `done` labelled patches: pairs x_s, y_s, and what the unsupervised process
    takes, x_r, ŷ_r, ŷ_r with rain."""
    batch, seed, end = config.optimiser.batch, config.seed, last_patch(config)
    labelled: Iterable[Batch] = itertools.repeat(None, (end - done) // batch)
    if parts.supervised is not None:
        patches = RainPatches(parts.material, config.data, seed, end)
        labelled = _loader(patches, done, end, config, parts.fabric)
    if parts.real is None or config.unsupervised is None:
        yield from zip(labelled, itertools.repeat(None))
        return
    every = config.unsupervised.every
    first, last = (math.ceil(number / (batch * every)) * batch for number in (done, end))
    real_patches = RealPatches(parts.real, parts.material, config.data, seed, last)
    real = iter(_loader(real_patches, first, last, config, parts.fabric))
    for step, pairs in enumerate(labelled, start=done // batch):
        yield pairs, next(real) if step % every == 0 else None


def last_patch(config: TrainingConfig) -> int:
    """How many labelled patches the training takes: whole batches."""
    return config.optimiser.patches - config.optimiser.patches % config.optimiser.batch


def _loader(patches: Dataset, first: int, end: int, config: TrainingConfig, fabric: Fabric) -> DataLoader:
    """This process's share of every batch of the patches `first`…`end`."""
    batch, workers = config.optimiser.batch, config.workers
    share = batch // fabric.world_size
    mine = [number for place, number in enumerate(range(first, end)) if place % batch // share == fabric.global_rank]
    return DataLoader(
        patches,
        batch_size=share,
        sampler=mine,
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        pin_memory=fabric.device.type == "cuda",
        worker_init_fn=leave_signals,
    )
