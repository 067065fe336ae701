"""The record of a run: everything in its folder. Under torchrun the first process alone writes."""

import dataclasses
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from core.methods.ours import network_method
from core.networks import SemiDerainGAN
from core.training.building import Parts, ValidationSets
from core.training.checkpoint import load_checkpoint, save_checkpoint, save_weights
from core.training.checks import ConfigError
from core.training.config import TrainingConfig
from core.training.config_file import make_config
from core.training.curves import Curves
from core.training.descent import TrainingError
from core.training.divergence import Watch
from core.training.locking import alone_in
from core.training.samples import write_samples
from core.training.schedule import rate_share
from core.training.validation import validate, validate_rain_generator

SAMPLES = 3
DAMAGED = (KeyError, IndexError, AttributeError, TypeError, RuntimeError, ValueError)


class Record:
    """A run's checkpoint, curves, sample pictures and weights.

    Args:
        config: the training.
        folder: of the run.
        parts: what is recorded.
    """

    def __init__(self, config: TrainingConfig, folder: Path, parts: Parts) -> None:
        self.config = config
        self.folder = folder
        self.parts = parts
        self.writes = parts.fabric.is_global_zero
        self.checkpoint = folder / "checkpoint.pt"
        self.known = self.version()
        self.watch = Watch()
        self.seconds = 0.0
        self.loss = torch.nan
        self.window: dict[str, list[Tensor]] = {}

    def resume(self) -> tuple[int, list[str]]:
        """Takes up the checkpoint, if there is one -> labelled patches that it has seen; the names of the settings that
        differ from those it was written under.

        Raises:
            CheckpointError: it cannot be read.
            TrainingError: it does not fit the config.
        """
        if self.known is None:
            return 0, []
        state = load_checkpoint(self.checkpoint)
        try:
            for name, part in self.parts.stateful().items():
                part.load_state_dict(state[name])
            patches, self.seconds = state["patches"], state["seconds"]
            return patches, self.changed(json.loads(state["config"]))
        except DAMAGED as error:
            raise TrainingError(
                f"The checkpoint {self.checkpoint} does not fit the config; give the run another name to start over."
            ) from error

    def changed(self, settings: dict[str, Any]) -> list[str]:
        """Names of the settings that differ from earlier ones."""
        names = [setting.name for setting in dataclasses.fields(self.config)]
        try:
            before = make_config(settings, self.checkpoint)
        except ConfigError:  # of a version that had other settings
            now = json.loads(self.settings())
            return [name for name in names if now[name] != settings.get(name)]
        return [name for name in names if getattr(self.config, name) != getattr(before, name)]

    def settings(self) -> str:
        """The config as JSON."""
        return json.dumps(dataclasses.asdict(self.config))

    def version(self) -> tuple[int, int] | None:
        """Tells one checkpoint from the next; None where there is none."""
        if not self.checkpoint.exists():
            return None
        status = self.checkpoint.stat()
        return status.st_mtime_ns, status.st_size

    @contextmanager
    def opened(self, patches: int) -> Iterator[None]:
        """Within it this training alone writes in the folder; curves are cut back to so many patches first.

        Raises:
            TrainingError: another training is at work there, or has gone on with the run since it was resumed.
        """
        self.clock = self.saved = self.validated = time.monotonic()
        if not self.writes:
            yield
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with alone_in(self.folder):
            if self.version() != self.known:
                raise TrainingError(f"Another training has gone on with {self.folder} meanwhile; start this one again.")
            self.curves = Curves(self.folder, patches)
            try:
                yield
            finally:
                self.curves.close()

    def note(self, values: dict[str, Tensor]) -> None:
        """Keeps a step's values for the next row."""
        for name, value in values.items():
            self.window.setdefault(name, []).append(value)

    def write_row(self, patches: int) -> None:
        """Adds the means of what was noted to training.csv, and warns of stuck discriminators."""
        if not self.window:
            return
        now = time.monotonic()
        self.seconds += now - self.clock
        self.clock = now
        means = torch.stack([torch.stack(values).mean() for values in self.window.values()])
        means = cast(Tensor, self.parts.fabric.all_reduce(means, reduce_op="mean"))
        values = dict(zip(self.window, means.tolist()))
        self.window = {}
        self.loss = values.get("loss", values.get("real loss", self.loss))
        if self.writes:
            rate = self.config.optimiser.rate * rate_share(self.config.optimiser, patches)
            self.curves.add("training", patches, {"hours": self.seconds / 3600, "rate": rate, **values})
            for sentence in self.watch.look(values):
                print(f"{self.config.name}, after {patches} patches: {sentence}", file=sys.stderr, flush=True)

    def checkpoint_is_due(self) -> bool:
        """Whether the last one is as old as the config says."""
        return time.monotonic() - self.saved > 60 * self.config.checkpoint_minutes

    def validation_is_due(self) -> bool:
        """Whether the last one is as old as the config says."""
        return time.monotonic() - self.validated > 60 * self.config.validation_minutes

    def save(self, patches: int) -> None:
        """Writes the checkpoint."""
        if self.writes:
            state = {name: part.state_dict() for name, part in self.parts.stateful().items()}
            state |= {"patches": patches, "seconds": self.seconds, "config": self.settings()}
            self.folder.mkdir(parents=True, exist_ok=True)
            save_checkpoint(state, self.checkpoint)
            self.known = self.version()
        self.saved = time.monotonic()

    def validate(self, patches: int, sets: ValidationSets, curve: str = "validation") -> dict[str, float]:
        """Writes the averaged weights to the run's folder `weights` and validates them -> figures; none where another
        process does so. The time that it takes is not counted."""
        figures: dict[str, float] = {}
        if self.writes:
            model = cast(SemiDerainGAN, self.parts.average.module)
            save_weights(model, self.folder / "weights")
            figures = validate(network_method(model, self.config.generator), sets)
            if self.parts.unsupervised is not None:
                figures |= validate_rain_generator(network_method(model, "gr"), sets["clean"], self.parts.held_real)
            self.curves.add(curve, patches, {"hours": self.seconds / 3600, **figures})
        self.validated = self.clock = time.monotonic()
        return figures

    def write_samples(self, patches: int) -> None:
        """Writes the epoch's sample pictures: validation photos, and real ones that are trained on."""
        if not self.writes:
            return
        model = cast(SemiDerainGAN, self.parts.average.module)
        synthetic = [pairs[0].rainy for name, pairs in self.parts.few.items() if name != "clean"]
        real = self.parts.real.photos[:SAMPLES] if self.parts.real is not None else []
        unsupervised = self.parts.unsupervised
        again = unsupervised.networks.rain_generator if unsupervised is not None else None
        path = self.folder / "samples" / f"epoch-{patches // self.config.epoch:04d}.png"
        write_samples(path, model, synthetic, real, again, self.config.generator)
