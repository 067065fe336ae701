"""The training loop of the supervised process without its adversary: pairs in, SSRML and G_s out."""

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader
from tqdm import tqdm

from core.errors import UserError
from core.inference.derainer import load_model
from core.inference.device import choose_device
from core.losses.charbonnier import charbonnier
from core.losses.mask import mask_loss
from core.losses.ssim import ssim_loss
from core.networks import SIZES, SemiDerainGAN
from core.training.checkpoint import load_checkpoint, save_checkpoint, save_weights
from core.training.config import ConfigError, LossConfig, TrainingConfig
from core.training.curves import Curves
from core.training.patches import RainPatches, load_material, validation_sets
from core.training.schedule import learning_rate
from core.training.validation import validate

LOG_EVERY = 50


class TrainingError(UserError):
    """Training cannot go on."""


class Trainer:
    """One run: builds everything from a config, resumes from the run's checkpoint if there is one, and trains.

    Args:
        config: the training.
        data_root: folder that the config's data paths start from.
        runs: folder of all runs; this one's files go to `runs/<config.name>`.
        device: "auto" for CUDA where present, else the CPU; "cpu", "cuda" or "cuda:N".
    """

    def __init__(self, config: TrainingConfig, data_root: str | Path, runs: str | Path, device: str = "auto") -> None:
        self.config = config
        self.folder = Path(runs) / config.name
        self.checkpoint = self.folder / "checkpoint.pt"
        self.device = choose_device(device)
        torch.manual_seed(config.seed)
        self.material, held_out = load_material(config.data, data_root)
        self.few = validation_sets(held_out, config.data, config.data.validated)
        self.all = validation_sets(held_out, config.data, config.data.held_out)
        self.model = self.initial_model()
        self.model.to(self.device)
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(config.optimiser.average))
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(),
            lr=config.optimiser.rate,
            betas=config.optimiser.betas,
            weight_decay=config.optimiser.weight_decay,
        )
        self.patches = 0
        self.seconds = 0.0
        self.changed: list[str] = []
        if self.checkpoint.exists():
            self.resume()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.curves = Curves(self.folder, self.patches)

    def initial_model(self) -> SemiDerainGAN:
        """The network with the weights that the config starts from."""
        if self.config.initial is not None:
            return load_model(self.config.initial)
        network = self.config.network
        try:
            return SemiDerainGAN(**(SIZES[network] if isinstance(network, str) else network))
        except (TypeError, ValueError) as error:
            raise ConfigError(f"The config's network cannot be made: {error}") from error

    def resume(self) -> None:
        """Takes up the run's checkpoint; `changed` lists the settings that differ from those it was written under."""
        state = load_checkpoint(self.checkpoint)
        try:
            self.model.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.patches, self.seconds = state["patches"], state["seconds"]
            before, now = json.loads(state["config"]), json.loads(self.settings())
        except (KeyError, IndexError, AttributeError, TypeError, RuntimeError, ValueError) as error:
            raise TrainingError(
                f"The checkpoint {self.checkpoint} does not fit the config; give the run another name to start over."
            ) from error
        self.changed = [name for name in now if now[name] != before.get(name)]

    def settings(self) -> str:
        """The config as JSON."""
        return json.dumps(dataclasses.asdict(self.config))

    def train(self, quiet: bool = False) -> dict[str, float]:
        """Trains to the end of the config's budget -> figures of the last validation, on everything held out.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        optimiser = self.config.optimiser
        end = optimiser.patches - optimiser.patches % optimiser.batch
        patches = RainPatches(self.material, self.config.data, self.config.seed, end)
        loader = DataLoader(
            patches,
            batch_size=optimiser.batch,
            sampler=range(self.patches, end),
            num_workers=self.config.workers,
            prefetch_factor=4 if self.config.workers else None,
        )
        sums: dict[str, Tensor] = {}
        saved = validated = clock = time.monotonic()
        with tqdm(total=end, initial=self.patches, unit="patch", disable=quiet or None, mininterval=1.0) as bar:
            for rainy, clean in loader:
                terms = self.step(rainy, clean)
                self.patches += len(rainy)
                bar.update(len(rainy))
                for name, value in terms.items():
                    sums[name] = sums.get(name, torch.zeros(())) + value / LOG_EVERY
                if self.patches // optimiser.batch % LOG_EVERY == 0:
                    clock = self.log_training(sums, clock)
                    bar.set_postfix_str(f"loss {float(sums['loss']):.4f}")
                    sums = {}
                    now = time.monotonic()
                    if now - saved > 60 * self.config.checkpoint_minutes:
                        self.save()
                        saved = now
                    if now - validated > 60 * self.config.validation_minutes:
                        self.validate(self.few)
                        validated = clock = time.monotonic()
        self.save()
        return self.validate(self.all, "final")

    def step(self, rainy: Tensor, clean: Tensor) -> dict[str, Tensor]:
        """One step of the optimiser on (B, 3, H, W) pairs -> value of each loss, and the gradient's norm."""
        rate = learning_rate(self.config.optimiser, self.patches)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        rainy = rainy.to(self.device, memory_format=torch.channels_last, non_blocking=True)
        clean = clean.to(self.device, memory_format=torch.channels_last, non_blocking=True)
        self.model.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.precision == "bfloat16"):
            result = self.model(rainy, "gs")
        masks = [mask.float() for mask in result.masks]
        loss, terms = paired_loss(self.config.loss, result.derained.float(), masks, rainy, clean)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.optimiser.clip)
        if not torch.isfinite(norm):
            raise TrainingError(f"The training of {self.config.name} diverged after {self.patches} patches.")
        self.optimiser.step()
        self.average.update_parameters(self.model)
        return {"loss": loss.detach(), **terms, "gradient": norm}

    def log_training(self, sums: dict[str, Tensor], since: float) -> float:
        """Adds a row to training.csv and the time since `since` to the run's -> now."""
        now = time.monotonic()
        self.seconds += now - since
        rate = learning_rate(self.config.optimiser, self.patches)
        values = {name: float(value) for name, value in sums.items()}
        self.curves.add("training", self.patches, {"hours": self.seconds / 3600, "rate": rate, **values})
        return now

    def validate(self, sets: dict[str, list[Any]], curve: str = "validation") -> dict[str, float]:
        """Validates the averaged weights and writes them to the run's folder `weights`."""
        model: SemiDerainGAN = self.average.module  # type: ignore[assignment]
        figures = validate(model, sets)
        self.curves.add(curve, self.patches, {"hours": self.seconds / 3600, **figures})
        save_weights(model, self.folder / "weights")
        return figures

    def save(self) -> None:
        """Writes the checkpoint."""
        state = {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "patches": self.patches,
            "seconds": self.seconds,
            "config": self.settings(),
        }
        save_checkpoint(state, self.checkpoint)


def paired_loss(
    weights: LossConfig, derained: Tensor, masks: list[Tensor], rainy: Tensor, clean: Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """Weighted sum of the losses on pairs, and each term unweighted. (B, 3, H, W) and (B, 1, H, W), 0…1 -> scalars."""
    terms = {
        "charbonnier": charbonnier(derained, clean),
        "ssim": ssim_loss(derained, clean),
        "mask": mask_loss(masks, rainy, clean),
    }
    loss = sum((getattr(weights, name) * term for name, term in terms.items()), torch.zeros(()))
    return loss, {name: term.detach() for name, term in terms.items()}
