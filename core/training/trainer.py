"""The training loop: the supervised and the unsupervised process by turns."""

import threading
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from core.training.batches import batches, last_patch
from core.training.building import build
from core.training.config import TrainingConfig
from core.training.descent import TrainingError
from core.training.locking import refuse_if_taken
from core.training.record import Record
from core.training.schedule import rate_share
from core.training.stopping import stop_on_signals

LOG_EVERY = 50


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
        refuse_if_taken(self.folder)
        self.parts = build(config, data_root, device)
        self.record = Record(config, self.folder, self.parts)
        self.patches, self.changed = self.record.resume()
        self.parts.fabric.barrier()

    def train(self, quiet: bool = False) -> dict[str, float]:
        """Trains to the end of the config's budget -> figures of the last validation, on everything held out.

        Under torchrun every process trains; the first one alone writes, validates, and has the figures. A single
        process that is asked to stop, by Ctrl-C or SIGTERM, ends its step and writes its checkpoint first.

        Raises:
            TrainingError: a gradient is no longer a number, or another training is at work in the run's folder.
            KeyboardInterrupt: the run was asked to stop.
        """
        record, batch, epoch = self.record, self.config.optimiser.batch, self.config.epoch
        with record.opened(self.patches):
            with self.bar(quiet) as bar, stop_on_signals(self.stoppable()) as stop:
                for pairs, real in batches(self.config, self.parts, self.patches):
                    values = self.step(pairs, real)
                    self.patches += batch
                    record.note(values)
                    bar.update(batch)

                    if self.patches // batch % LOG_EVERY == 0:
                        record.write_row(self.patches)
                        bar.set_postfix_str(f"loss {record.loss:.4f}")
                        if record.checkpoint_is_due():
                            record.save(self.patches)
                        if record.validation_is_due():
                            record.validate(self.patches, self.parts.few)
                    if (self.patches - batch) // epoch < self.patches // epoch:
                        record.write_samples(self.patches)
                    if stop.asked:
                        break

                record.write_row(self.patches)
                record.save(self.patches)
            if stop.asked:
                raise KeyboardInterrupt
            figures = record.validate(self.patches, self.parts.all, "final")
        self.parts.fabric.barrier()
        return figures

    def step(self, pairs: Sequence[Tensor] | None, real: Sequence[Tensor] | None = None) -> dict[str, Tensor]:
        """A supervised step on pairs, then an unsupervised one on real photos, each where it is -> values to log.

        The unsupervised ones have "real " before their names.

        Args:
            pairs: x_s, y_s, each (B, 3, H, W).
            real: x_r, ŷ_r, ŷ_r with transplanted or rendered rain, likewise.

        Raises:
            TrainingError: a gradient is no longer a number.
        """
        parts, share = self.parts, rate_share(self.config.optimiser, self.patches)
        values: dict[str, Tensor] = {}
        try:
            if parts.recorded is not None and pairs is not None:
                rainy, clean = pairs
                return parts.recorded(rainy, clean, share)
            if parts.supervised is not None and pairs is not None:
                rainy, clean = map(self.placed, pairs)
                values |= parts.supervised.step(rainy, clean, share)
            if parts.unsupervised is not None and real is not None:
                photo, unpaired, rained_on = map(self.placed, real)
                found = parts.unsupervised.step(photo, unpaired, rained_on, share)
                values |= {f"real {name}": value for name, value in found.items()}
        except TrainingError as error:
            raise TrainingError(
                f"The training of {self.config.name}, after {self.patches} patches, {error}."
            ) from error
        parts.average.update_parameters(parts.model)
        return values

    def placed(self, batch: Tensor) -> Tensor:
        """The batch on the training's device."""
        return batch.to(self.parts.fabric.device, memory_format=torch.channels_last, non_blocking=True)

    def bar(self, quiet: bool) -> tqdm:
        """The progress bar: on a terminal alone, and in the first process alone."""
        hidden = quiet or not self.parts.fabric.is_global_zero or None
        end = last_patch(self.config)
        return tqdm(total=end, initial=self.patches, unit="patch", disable=hidden, mininterval=1.0)

    def stoppable(self) -> bool:
        """Whether signals stop the run between steps: one process (others would wait for it), in the main thread."""
        return self.parts.fabric.world_size == 1 and threading.current_thread() is threading.main_thread()
