"""The training loop: the supervised and the unsupervised process by turns, with checkpoints, curves and validation."""

import dataclasses
import itertools
import json
import math
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from core.networks import SemiDerainGAN
from core.training.checkpoint import load_checkpoint, save_checkpoint, save_weights
from core.training.config import TrainingConfig
from core.training.curves import Curves
from core.training.descent import TrainingError
from core.training.divergence import Watch
from core.training.parallel import make_fabric
from core.training.patches import RainPatches, load_material, validation_sets
from core.training.perceptual_weights import load_perceptual
from core.training.placing import place
from core.training.real_patches import RealMaterial, RealPatches, load_real
from core.training.recorded import RecordedStep
from core.training.samples import write_samples
from core.training.schedule import rate_share
from core.training.start import initial_model
from core.training.stopping import leave_signals, stop_on_signals
from core.training.supervised import SupervisedProcess
from core.training.unsupervised import UnsupervisedProcess
from core.training.validation import validate, validate_rain_generator

LOG_EVERY = 50
SAMPLES = 3


class Trainer:
    """One run: builds everything from a config, resumes from the run's checkpoint if there is one, and trains.

    Args:
        config: the training.
        data_root: folder that the config's data paths start from.
        runs: folder of all runs; this one's files go to `runs/<config.name>`.
        device: "auto" for CUDA where present, else the CPU; "cpu", "cuda" or "cuda:N".

    Raises:
        ConfigError, TrainingError, DatasetError, ImageFileError: something that the config names is missing or amiss.
    """

    def __init__(self, config: TrainingConfig, data_root: str | Path, runs: str | Path, device: str = "auto") -> None:
        self.config = config
        self.folder = Path(runs) / config.name
        self.checkpoint = self.folder / "checkpoint.pt"
        self.fabric = make_fabric(device)
        self.device = self.fabric.device
        if config.optimiser.batch % self.fabric.world_size:
            raise TrainingError(
                f"A batch of {config.optimiser.batch} cannot be shared evenly by {self.fabric.world_size} processes."
            )
        torch.manual_seed(config.seed)
        self.material, held_out = load_material(config.data, data_root)
        self.few = validation_sets(held_out, config.data, config.data.validated)
        self.all = validation_sets(held_out, config.data, config.data.held_out)
        self.real, self.held_real = self.load_real(data_root)
        model, network = initial_model(config)
        self.model = place(model, self.device)
        self.perceptual = None
        if config.perceptual is not None:
            weights = Path(data_root) / config.perceptual.weights
            self.perceptual = place(load_perceptual(weights, config.perceptual.layer), self.device)
        self.supervised: SupervisedProcess | None = None
        if config.loss.learns:
            self.supervised = SupervisedProcess(config, self.model, self.perceptual, self.fabric)
        self.unsupervised: UnsupervisedProcess | None = None
        if config.unsupervised is not None:
            self.unsupervised = UnsupervisedProcess(
                config, config.unsupervised, self.model, network, self.perceptual, self.fabric
            )
        self.average = AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(config.optimiser.average))
        self.recorded: RecordedStep | None = None
        if config.compile:
            for part in (self.model.ssrml, *self.model.unets.values()):
                part.compile(dynamic=False)
            one_gpu = self.device.type == "cuda" and self.fabric.world_size == 1
            if (
                one_gpu
                and self.unsupervised is None
                and self.supervised is not None
                and not self.supervised.adversaries
            ):
                self.recorded = RecordedStep(self.supervised, self.average)
        self.patches = 0
        self.seconds = 0.0
        self.changed: list[str] = []
        if self.checkpoint.exists():
            self.resume()
        self.fabric.barrier()
        self.watch = Watch()
        if self.fabric.is_global_zero:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.curves = Curves(self.folder, self.patches)

    def load_real(self, data_root: str | Path) -> tuple[RealMaterial | None, dict[str, np.ndarray]]:
        """Real photos for the unsupervised process, and those held out; none where the config has none."""
        data, unsupervised = self.config.data, self.config.unsupervised
        if data.real is None or unsupervised is None:
            return None, {}
        return load_real(
            data.real, data_root, data.patch, transplant=max(unsupervised.transplant, unsupervised.mask) > 0
        )

    def resume(self) -> None:
        """Takes up the run's checkpoint; `changed` lists the settings that differ from those it was written under."""
        state = load_checkpoint(self.checkpoint)
        try:
            for name, part in self.parts().items():
                part.load_state_dict(state[name])
            self.patches, self.seconds = state["patches"], state["seconds"]
            before, now = json.loads(state["config"]), json.loads(self.settings())
        except (KeyError, IndexError, AttributeError, TypeError, RuntimeError, ValueError) as error:
            raise TrainingError(
                f"The checkpoint {self.checkpoint} does not fit the config; give the run another name to start over."
            ) from error
        self.changed = [name for name in now if now[name] != before.get(name)]

    def parts(self) -> dict[str, Any]:
        """Everything that has a state."""
        processes = {"supervised": self.supervised, "unsupervised": self.unsupervised}
        learners = {name: process for name, process in processes.items() if process is not None}
        return {"model": self.model, "average": self.average, **learners}

    def settings(self) -> str:
        """The config as JSON."""
        return json.dumps(dataclasses.asdict(self.config))

    def train(self, quiet: bool = False) -> dict[str, float]:
        """Trains to the end of the config's budget -> figures of the last validation, on everything held out.

        Under torchrun every process trains; the first one alone writes, validates, and has the figures. A single
        process that is asked to stop, by Ctrl-C or SIGTERM, ends its step and writes its checkpoint first.

        Raises:
            TrainingError: a gradient is no longer a number.
            KeyboardInterrupt: the run was asked to stop.
        """
        optimiser, seed = self.config.optimiser, self.config.seed
        end = optimiser.patches - optimiser.patches % optimiser.batch
        labelled: Iterable[Any] = itertools.repeat(None, (end - self.patches) // optimiser.batch)
        if self.supervised is not None:
            labelled = self.loader(RainPatches(self.material, self.config.data, seed, end), self.patches, end)
        real = iter(self.real_loader(end))
        window: dict[str, list[Tensor]] = {}
        saved = validated = clock = time.monotonic()
        shown = quiet or not self.fabric.is_global_zero or None
        bars = tqdm(total=end, initial=self.patches, unit="patch", disable=shown, mininterval=1.0)
        with bars as bar, stop_on_signals(self.stoppable()) as stop:
            for pairs in labelled:
                terms = self.step(pairs, next(real) if self.unsupervised_turn() else None)
                before, self.patches = self.patches, self.patches + optimiser.batch
                bar.update(optimiser.batch)
                for name, value in terms.items():
                    window.setdefault(name, []).append(value)
                if self.patches // optimiser.batch % LOG_EVERY == 0:
                    clock = self.log_training(window, clock)
                    window = {}
                    loss = terms["loss" if self.supervised is not None else "real loss"]
                    bar.set_postfix_str(f"loss {float(loss):.4f}")
                    now = time.monotonic()
                    if now - saved > 60 * self.config.checkpoint_minutes:
                        self.save()
                        saved = now
                    if now - validated > 60 * self.config.validation_minutes:
                        self.validate(self.few)
                        validated = clock = time.monotonic()
                if before // self.config.epoch < self.patches // self.config.epoch:
                    self.write_samples()
                if stop.asked:
                    if window:
                        self.log_training(window, clock)
                    self.save()
                    raise KeyboardInterrupt
        if window:
            self.log_training(window, clock)
        self.save()
        figures = self.validate(self.all, "final")
        self.fabric.barrier()
        return figures

    def stoppable(self) -> bool:
        """Whether signals stop the run between steps: one process (others would wait for it), in the main thread."""
        return self.fabric.world_size == 1 and threading.current_thread() is threading.main_thread()

    def unsupervised_turn(self) -> bool:
        """Whether the unsupervised process takes part in the next step."""
        unsupervised = self.config.unsupervised
        return unsupervised is not None and self.patches // self.config.optimiser.batch % unsupervised.every == 0

    def real_loader(self, end: int) -> Iterable[Any]:
        """Batches for the unsupervised steps that are left in a training of `end` labelled patches."""
        if self.real is None or self.config.unsupervised is None:
            return ()
        every = self.config.optimiser.batch * self.config.unsupervised.every
        first, last = (math.ceil(patches / every) * self.config.optimiser.batch for patches in (self.patches, end))
        patches = RealPatches(self.real, self.material, self.config.data, self.config.seed, last)
        return self.loader(patches, first, last)

    def loader(self, patches: Dataset, first: int, end: int) -> DataLoader:
        """This process's share of every batch of the patches `first`…`end`."""
        batch, workers = self.config.optimiser.batch, self.config.workers
        share = batch // self.fabric.world_size
        rank = self.fabric.global_rank
        mine = [number for place, number in enumerate(range(first, end)) if place % batch // share == rank]
        return DataLoader(
            patches,
            batch_size=share,
            sampler=mine,
            num_workers=workers,
            prefetch_factor=4 if workers else None,
            pin_memory=self.device.type == "cuda",
            worker_init_fn=leave_signals,
        )

    def step(self, pairs: Sequence[Tensor] | None, real: Sequence[Tensor] | None = None) -> dict[str, Tensor]:
        """A supervised step on pairs, then an unsupervised one on real photos, each where it is -> values to log.

        The unsupervised ones have "real " before their names.

        Args:
            pairs: x_s, y_s, each (B, 3, H, W).
            real: x_r, ŷ_r, ŷ_r with transplanted or rendered rain, likewise.

        Raises:
            TrainingError: a gradient is no longer a number.
        """
        share = rate_share(self.config.optimiser, self.patches)
        try:
            if self.recorded is not None and pairs is not None:
                rainy, clean = pairs
                return self.recorded(rainy, clean, share)
            values: dict[str, Tensor] = {}
            if self.supervised is not None and pairs is not None:
                rainy, clean = map(self.placed, pairs)
                values |= self.supervised.step(rainy, clean, share)
            if self.unsupervised is not None and real is not None:
                photo, unpaired, transplant = map(self.placed, real)
                found = self.unsupervised.step(photo, unpaired, transplant, share)
                values |= {f"real {name}": value for name, value in found.items()}
        except TrainingError as error:
            raise TrainingError(
                f"The training of {self.config.name}, after {self.patches} patches, {error}."
            ) from error
        self.average.update_parameters(self.model)
        return values

    def placed(self, batch: Tensor) -> Tensor:
        """The batch on the training's device."""
        return batch.to(self.device, memory_format=torch.channels_last, non_blocking=True)

    def log_training(self, window: dict[str, list[Tensor]], since: float) -> float:
        """Adds a row to training.csv, warns of stuck discriminators, counts the time since `since` -> now."""
        now = time.monotonic()
        self.seconds += now - since
        means = torch.stack([torch.stack(values).mean() for values in window.values()])
        means = cast(Tensor, self.fabric.all_reduce(means, reduce_op="mean"))
        if self.fabric.is_global_zero:
            values = dict(zip(window, means.tolist()))
            share = rate_share(self.config.optimiser, self.patches)
            columns = {"hours": self.seconds / 3600, "rate": self.config.optimiser.rate * share, **values}
            self.curves.add("training", self.patches, columns)
            for sentence in self.watch.look(values):
                print(f"{self.config.name}, after {self.patches} patches: {sentence}", file=sys.stderr, flush=True)
        return now

    def validate(self, sets: dict[str, list[Any]], curve: str = "validation") -> dict[str, float]:
        """Writes the averaged weights to the run's folder `weights` and validates them; in the first process only."""
        if not self.fabric.is_global_zero:
            return {}
        model: SemiDerainGAN = self.average.module  # type: ignore[assignment]
        save_weights(model, self.folder / "weights")
        figures = validate(model, sets)
        if self.unsupervised is not None:
            figures |= validate_rain_generator(model, sets["clean"], self.held_real)
        self.curves.add(curve, self.patches, {"hours": self.seconds / 3600, **figures})
        return figures

    def write_samples(self) -> None:
        """Writes the epoch's sample pictures: validation photos, and real ones that are trained on."""
        if not self.fabric.is_global_zero:
            return
        model: SemiDerainGAN = self.average.module  # type: ignore[assignment]
        synthetic = [pairs[0].rainy for name, pairs in self.few.items() if name != "clean"]
        real = self.real.photos[:SAMPLES] if self.real is not None else []
        again = self.unsupervised.rain_generator if self.unsupervised is not None else None
        path = self.folder / "samples" / f"epoch-{self.patches // self.config.epoch:04d}.png"
        write_samples(path, model, synthetic, real, again)

    def save(self) -> None:
        """Writes the checkpoint; the first process does."""
        if not self.fabric.is_global_zero:
            return
        state = {name: part.state_dict() for name, part in self.parts().items()}
        state |= {"patches": self.patches, "seconds": self.seconds, "config": self.settings()}
        save_checkpoint(state, self.checkpoint)
