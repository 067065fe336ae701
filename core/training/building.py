"""Builds what a training works with from its config: data, networks, and the two processes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from core.losses.perceptual import PerceptualNetwork
from core.networks import SemiDerainGAN
from core.training.config import TrainingConfig
from core.training.descent import TrainingError
from core.training.parallel import make_fabric
from core.training.patches import Material, load_material, validation_sets
from core.training.perceptual_weights import load_perceptual
from core.training.placing import place
from core.training.real_patches import RealMaterial, load_real
from core.training.recorded import RecordedStep
from core.training.start import initial_model
from core.training.supervised import SupervisedProcess
from core.training.unsupervised import UnsupervisedProcess
from datasets.pairs import PairedPhotos

ValidationSets = dict[str, list[PairedPhotos]]


@dataclass
class Parts:
    """What a training works with.

    Attributes:
        fabric: the processes of the machine that train together.
        material: photos to cut labelled patches from.
        few, all: what is held out, by set: some of it for validations during training, and all of it.
        real: real photos for the unsupervised process; None where there is none.
        held_real: those held out, by name.
        model: SSRML and the generators.
        average: the moving average of its weights, which is validated and saved.
        perceptual: the perceptual network; None where no term needs it.
        supervised, unsupervised: the processes; None where the config has no loss for one.
        recorded: the supervised step as CUDA graphs; None where it is taken plainly.
    """

    fabric: Fabric
    material: Material
    few: ValidationSets
    all: ValidationSets
    real: RealMaterial | None
    held_real: dict[str, np.ndarray]
    model: SemiDerainGAN
    average: AveragedModel
    perceptual: PerceptualNetwork | None
    supervised: SupervisedProcess | None
    unsupervised: UnsupervisedProcess | None
    recorded: RecordedStep | None

    def stateful(self) -> dict[str, Any]:
        """Everything that has a state, by its name in checkpoints."""
        processes = {"supervised": self.supervised, "unsupervised": self.unsupervised}
        learners = {name: process for name, process in processes.items() if process is not None}
        return {"model": self.model, "average": self.average, **learners}


def build(config: TrainingConfig, data_root: str | Path, device: str = "auto") -> Parts:
    """Loads the data, makes the networks with the weights that they start from, and the processes.

    Raises:
        ConfigError, TrainingError, DatasetError, ImageFileError: something that the config names is missing or amiss.
    """
    fabric = make_fabric(device)
    _check_shares(config.optimiser.batch, fabric.world_size)
    torch.manual_seed(config.seed)
    material, held_out = load_material(config.data, data_root)
    few, everything = (validation_sets(held_out, config.data, n) for n in (config.data.validated, config.data.held_out))
    real, held_real = _real(config, data_root)
    model, network = initial_model(config)
    model = place(model, fabric.device)
    perceptual = None
    if config.perceptual is not None:
        weights = Path(data_root) / config.perceptual.weights
        perceptual = place(load_perceptual(weights, config.perceptual.layer), fabric.device)
    supervised = SupervisedProcess(config, model, perceptual, fabric) if config.loss.learns else None
    unsupervised = None
    if config.unsupervised is not None:
        unsupervised = UnsupervisedProcess(config, config.unsupervised, model, network, perceptual, fabric)
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(config.optimiser.average))
    recorded = None
    if config.compile:
        for part in (model.ssrml, *model.unets.values()):
            part.compile(dynamic=False)
        one_gpu = fabric.device.type == "cuda" and fabric.world_size == 1
        if one_gpu and unsupervised is None and supervised is not None and not supervised.adversaries:
            recorded = RecordedStep(supervised, average)
    return Parts(
        fabric,
        material,
        few,
        everything,
        real,
        held_real,
        model,
        average,
        perceptual,
        supervised,
        unsupervised,
        recorded,
    )


def _check_shares(batch: int, processes: int) -> None:
    if batch % processes:
        raise TrainingError(f"A batch of {batch} cannot be shared evenly by {processes} processes.")


def _real(config: TrainingConfig, data_root: str | Path) -> tuple[RealMaterial | None, dict[str, np.ndarray]]:
    """Real photos for the unsupervised process, and those held out; none where the config has none."""
    data, unsupervised = config.data, config.unsupervised
    if data.real is None or unsupervised is None:
        return None, {}
    return load_real(data.real, data_root, data.patch, transplant="transplant" in unsupervised.needs)
