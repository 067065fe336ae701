"""Training configs as typed settings; `core.training.config_file` reads them from YAML."""

from dataclasses import astuple, dataclass, field
from typing import Any

from core.errors import UserError


class ConfigError(UserError):
    """A config does not say what it should."""


@dataclass(frozen=True)
class RealConfig:
    """Real rainy photos without ground truth, x_r; the photos that get rendered rain, `DataConfig.clean` and
    `backgrounds`, stand for ŷ_r.

    Attributes:
        photos: folder of real rainy photos, or an export of the annotator; relative to the data root.
        held_out: text file with the file name of a photo a line (# begins a comment), a path from the working
            directory; these are never trained on, and what training does to real rain is measured on them. Null: none.
        manifest: curated choice of the photos (file hashes, crops), a path from the working directory; null for whole
            photos.
        dry: share of the clean patches that get no rain, so that G_r learns to leave clean photos alone.
        rendered: share of the others that get rendered rain of the mix rather than a real photo's, so that G_r does not
            forget that.
        finer: share of the clean patches that are rained on at up to `FINEST` times their size and shrunk with their
            rain, since photos from the Internet were mostly shrunk after it rained in them.
    """

    photos: str
    held_out: str | None = None
    manifest: str | None = None
    dry: float = 0.15
    rendered: float = 0.4
    finer: float = 0.0


@dataclass(frozen=True)
class DataConfig:
    """What is trained on. Paths are relative to the data root.

    Attributes:
        clean: folder of rain-free photos to render rain on.
        streaks: folder of streak images for the recipes that use them; null to draw those layers procedurally.
        pairs: paired folders by name, for the mix and for validation.
        backgrounds: further clean photos that get rendered rain, all of them trained on: names of pairs, or folders.
        mix: share of the patches by recipe of `datasets.rain.RECIPES`, by name of `pairs`, or "clean" for no rain.
        real: real photos for the unsupervised process; null where there is none.
        patch: side of the square patches, pixels.
        held_out: photos (and streak images, and pairs of each set) that are kept for validation.
        validated: how many of them the validations during training use; the last one uses all.
        validation_recipes: recipes to validate on; one that is not in the mix shows how the model takes unknown rain.
    """

    clean: str
    mix: dict[str, float]
    streaks: str | None = None
    pairs: dict[str, str] = field(default_factory=dict)
    backgrounds: tuple[str, ...] = ()
    real: RealConfig | None = None
    patch: int = 96
    held_out: int = 50
    validated: int = 12
    validation_recipes: tuple[str, ...] = ("light", "heavy")


@dataclass(frozen=True)
class LossConfig:
    """L_super: weights of the supervised process's losses; 0 leaves one out, and all of them the process.

    Eq. (6) has adversarial, perceptual and ssim, with D_p's share of eq. (4) under a weight of its own.

    Attributes:
        charbonnier: of ỹ_s against y_s.
        ssim: of −SSIM, eq. (8).
        psnr: of −PSNR of ỹ_s, in units of 4.34 dB.
        mask: of every step's mask against |x_s − y_s|.
        adversarial: of D_s, eq. (4).
        paired: of D_p, eq. (4).
        perceptual: eq. (7).
    """

    charbonnier: float = 1.0
    ssim: float = 0.1
    psnr: float = 0.0
    mask: float = 0.2
    adversarial: float = 0.0
    paired: float = 0.0
    perceptual: float = 0.0

    @property
    def learns(self) -> bool:
        """Whether the supervised process takes part."""
        return any(astuple(self))


@dataclass(frozen=True)
class UnsupervisedConfig:
    """L_unsup: weights of the unsupervised process's losses, eq. (9), and λ_unsup of eq. (13); 0 leaves one out.

    Attributes:
        weight: λ_unsup.
        every: supervised steps to one unsupervised step.
        adversarial: of D_r, eq. (5).
        cycle: eq. (10).
        perceptual: eq. (11).
        total_variation: eq. (12).
        total_variation_of: "sum" over the pixels of an image, or their "mean".
        total_variation_in: "everywhere", eq. (12), or in "rain" alone, by the rain mask m_r (not in the paper).
        transplant: of the Charbonnier loss of G_r on ŷ_r to which a real photo's rain, or rendered rain, was added (not
            in the paper).
        mask: of every step's mask against that rain (not in the paper).
        shared_ssrml: whether G_r′ takes its mask from the shared SSRML rather than from one of its own.
    """

    weight: float = 1.0
    every: int = 1
    adversarial: float = 1.0
    cycle: float = 10.0
    perceptual: float = 1.0
    total_variation: float = 1.5e-5
    total_variation_of: str = "sum"
    total_variation_in: str = "everywhere"
    transplant: float = 0.0
    mask: float = 0.0
    shared_ssrml: bool = False

    @property
    def of_photos(self) -> bool:
        """Whether a loss looks at what becomes of the real photos themselves, not only of their rain elsewhere."""
        return any((self.adversarial, self.cycle, self.perceptual, self.total_variation))

    @property
    def learns(self) -> bool:
        """Whether there is any loss at all."""
        return self.of_photos or any((self.transplant, self.mask))


@dataclass(frozen=True)
class AdversaryConfig:
    """The discriminators D_s, D_r (multi-scale) and D_p (paired).

    Attributes:
        kind: "bce" for the log loss of eqs. (4) and (5), "lsgan" for least squares.
        width: channels of the first layer of D_s and D_r.
        paired_width: of D_p.
    """

    kind: str = "bce"
    width: int = 64
    paired_width: int = 64


@dataclass(frozen=True)
class PerceptualConfig:
    """The network of eqs. (7) and (11).

    Attributes:
        weights: its file, a path from the data root.
        layer: the layer whose features are compared.
    """

    weights: str
    layer: str = "relu2_2"


@dataclass(frozen=True)
class OptimiserConfig:
    """Adam, a constant rate after a short warm-up, and a fall to zero at the end.

    Attributes:
        patches: labelled patches to train on in all.
        batch: patches in a step, over all processes.
        rate: learning rate of the supervised process.
        unsupervised_rate: of the unsupervised process; null for the same.
        warm_up: steps of linear warm-up.
        fall: share of the training, at its end, in which the rate falls to zero.
        fall_shape: "cosine" or "linear".
        algorithm: "adamw"; "adam", whose weight decay is a term of the gradient; or "muon", AdamW but for the larger
            matrices.
        weight_decay, betas: of any.
        clip: largest norm of the gradient.
        average: decay of the exponential moving average of the weights that is validated and saved.
    """

    patches: int
    batch: int = 8
    rate: float = 1e-3
    unsupervised_rate: float | None = None
    warm_up: int = 200
    fall: float = 0.3
    fall_shape: str = "cosine"
    algorithm: str = "adamw"
    weight_decay: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.99)
    clip: float = 1.0
    average: float = 0.999


@dataclass(frozen=True)
class TrainingConfig:
    """A whole training.

    Attributes:
        name: of the run; its files go to `<runs>/<name>`.
        network: a name of `core.networks.SIZES`, or the keyword arguments of `SemiDerainGAN`; null for that of the
            weights to start from. Beside `initial` it may have more gated blocks than those weights: each begins as
            the identity, at the end of its level.
        initial: folder of weights to start from; null for random ones.
        freeze_ssrml: whether SSRML keeps the weights that it starts from, and the generators alone learn.
        carried: folder of earlier weights of the same network with both generators: G_r starts as G_s plus what the
            earlier G_r had beyond its own G_s (Ilharco et al. 2023); null for the G_r of the weights to start from,
            or, where they have none, a copy of G_s.
        loss: the supervised process.
        unsupervised: the unsupervised process, which alternates with it; null to train on pairs alone.
        adversary: the discriminators, for the processes that have an adversarial loss.
        perceptual: the perceptual network; null where no process has a perceptual loss.
        epoch: labelled patches after which sample pictures are written.
        checkpoint_minutes, validation_minutes: how often, at least, a checkpoint is written and the model validated.
        seed: of weights, patches and rain.
        workers: processes that make patches; 0 to make them in the training process.
        precision: "float32", "bfloat16" for autocast, or "auto": bfloat16 where the device gains from it (today's
            GPUs, CPUs with AMX, AMD's from Zen 4 on), else float32.
        compile: whether the networks that train are compiled (torch.compile), which takes a minute or more first. Steps
            on pairs alone, without discriminators, are then also recorded as CUDA graphs where there is one GPU.
    """

    name: str
    data: DataConfig
    optimiser: OptimiserConfig
    network: str | dict[str, Any] | None = None
    initial: str | None = None
    freeze_ssrml: bool = False
    carried: str | None = None
    loss: LossConfig = LossConfig()
    unsupervised: UnsupervisedConfig | None = None
    adversary: AdversaryConfig = AdversaryConfig()
    perceptual: PerceptualConfig | None = None
    epoch: int = 10_000
    checkpoint_minutes: float = 5.0
    validation_minutes: float = 20.0
    seed: int = 0
    workers: int = 1
    precision: str = "float32"
    compile: bool = False
