"""Training configs as typed settings that check themselves; `core.training.config_file` reads them from YAML."""

from dataclasses import dataclass, field
from typing import Any

from core.losses import adversarial, total_variation
from core.networks import SIZES
from core.networks.semi_deraingan import GENERATORS
from core.training import checks
from core.training.checks import require
from core.training.optimisers import ALGORITHMS
from core.training.precision import PRECISIONS
from core.training.steps import DISCRIMINATORS
from core.training.terms import SUPERVISED, UNSUPERVISED, needs_of, terms_of, weights_of

LEAST_PATCH = 32
TAKES = "takes"
"""In a field's metadata: names of settings that stand beside the others in a file, and are kept together in it."""


def listed(names: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """One name, several or none, as several."""
    return () if names is None else (names,) if isinstance(names, str) else names


@dataclass(frozen=True)
class RealConfig:
    """Real rainy photos without ground truth, x_r; the photos that get rendered rain, `DataConfig.clean` and
    `backgrounds`, stand for ŷ_r.

    Attributes:
        photos: real rainy photos: a data set of the catalogue by its name, or a folder, relative to the data root, of
            photos or exported by the annotator; or several of them.
        held_out: text file with the file name of a photo a line (# begins a comment), a path from the working
            directory; these are never trained on, and what training does to real rain is measured on them. Null: none.
            Or several files.
        manifest: curated choice of the photos (file hashes, crops), a path from the working directory; null for whole
            photos. Of several sets, a file each.
        dry: share of the clean patches that get no rain, so that G_r learns to leave clean photos alone.
        rendered: share of the others that get rendered rain of the mix rather than a real photo's, so that G_r does not
            forget that.
        finer: share of the clean patches that are rained on at up to `FINEST` times their size and shrunk with their
            rain, since photos from the Internet were mostly shrunk after it rained in them.
        clips: videos, or folders of frames, relative to the data root, whose rain is transplanted too: over texture and
            of every direction (docs/clips.md). Null: none. Or several of them.
    """

    photos: str | tuple[str, ...]
    held_out: str | tuple[str, ...] | None = None
    manifest: str | tuple[str, ...] | None = None
    dry: float = 0.15
    rendered: float = 0.4
    finer: float = 0.0
    clips: str | tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        checks.in_0_to_1(dry=self.dry, rendered=self.rendered, finer=self.finer)
        require(bool(self.photos), "photos should name a set of real photos")
        require(
            self.manifest is None or len(listed(self.manifest)) == len(listed(self.photos)),
            "manifest should be null, or as many files as there are sets of photos",
        )


@dataclass(frozen=True)
class DataConfig:
    """What is trained on: data sets of the catalogue by their names, and folders, relative to the data root.

    Attributes:
        clean: rain-free photos to render rain on: a folder, or a paired set of the catalogue, for its clean photos.
        streaks: folder of streak images for the recipes that use them; null to draw those layers procedurally.
        pairs: paired sets for the mix and for validation: names of the catalogue, or names of one's own with what each
            is, a folder or a name of the catalogue.
        backgrounds: further clean photos that get rendered rain, all of them trained on: names of `pairs`, or as
            `clean`.
        mix: share of the patches by recipe of `datasets.rain.RECIPES`, by name of `pairs`, or by another kind:
            "clean" for no rain, "real" for the rain of `real`'s photos, "clips" for that of its clips, "frames" for
            frames of its clips, whose temporal medians are the truth, and "dry".
        real: real photos and clips, for the unsupervised process or for the mix; null where there is none. Of its
            settings the mix heeds `photos`, `manifest`, `held_out` and `clips`.
        dry: folders of photos without streaks (fog, snow, wet roads), for the mix's "dry": they stay as they are.
        finer: share of the patches that are rained on at up to `FINEST` times their size and shrunk with their rain.
        recoloured: share of the clean patches that get other colours before it rains on them (`cutting.recoloured`).
        like_rain: share of the patches without rain, "clean" and "dry", that are of several cuts the one most like
            rain: leaves, grass, railings (`cutting.likeness_to_rain`).
        drawn: share of the clean patches that get letters or bars before it rains on them (`drawing.drawn`).
        photographed: share of the patches that get grain, sharpening and JPEG after the rain.
        patch: side of the square patches, pixels.
        held_out: photos (and streak images, and pairs of each set) that are kept for validation.
        validated: how many of them the validations during training use; the last one uses all.
        validation_recipes: recipes to validate on; one that is not in the mix shows how the model takes unknown rain.
    """

    clean: str
    mix: dict[str, float]
    streaks: str | None = None
    pairs: tuple[str, ...] | dict[str, str] = ()
    backgrounds: tuple[str, ...] = ()
    real: RealConfig | None = None
    dry: tuple[str, ...] = ()
    finer: float = 0.0
    recoloured: float = 0.0
    like_rain: float = 0.0
    drawn: float = 0.0
    photographed: float = 0.0
    patch: int = 96
    held_out: int = 50
    validated: int = 12
    validation_recipes: tuple[str, ...] = ("light", "heavy")

    def __post_init__(self) -> None:
        require(bool(self.mix) and min(self.mix.values()) > 0, "every share in mix should be above 0")
        checks.at_least(LEAST_PATCH, patch=self.patch)
        checks.at_least(1, held_out=self.held_out, validated=self.validated)
        require(self.validated <= self.held_out, "validated should be no more than held_out")
        shares = {name: getattr(self, name) for name in ("finer", "recoloured", "like_rain", "drawn", "photographed")}
        checks.in_0_to_1(**shares)
        require("real" not in self.mix or self.real is not None, '"real" in mix needs data\'s real')
        of_clips = bool({"clips", "frames"} & {*self.mix})
        clips = self.real.clips if self.real is not None else None
        require(not of_clips or bool(clips), '"clips" and "frames" in mix need real\'s clips')
        require(bool(self.dry) == ("dry" in self.mix), '"dry" in mix and data\'s dry belong together')

    @property
    def paired(self) -> dict[str, str]:
        """`pairs`, each name with what it is."""
        return self.pairs if isinstance(self.pairs, dict) else {name: name for name in self.pairs}


@dataclass(frozen=True)
class LossConfig:
    """L_super, eq. (6): weights of the supervised process's losses; 0 leaves one out, and all of them the process.

    Attributes:
        terms: weights by name of a supervised term of `core.training.terms`, each with its default there.
    """

    terms: dict[str, float] = field(default_factory=dict, metadata={TAKES: tuple(terms_of(SUPERVISED))})

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", weights_of(SUPERVISED, self.terms))
        checks.weights(self.terms, terms_of(SUPERVISED))

    @property
    def learns(self) -> bool:
        """Whether the supervised process takes part."""
        return any(self.terms.values())

    @property
    def needs(self) -> set[str]:
        """What its terms need, of `core.training.terms.NEEDS`."""
        return needs_of(SUPERVISED, self.terms)


@dataclass(frozen=True)
class UnsupervisedConfig:
    """L_unsup, eq. (9), and λ_unsup of eq. (13): weights of the unsupervised process's losses; 0 leaves one out.

    Attributes:
        weight: λ_unsup.
        every: supervised steps to one unsupervised step.
        terms: weights by name of an unsupervised term of `core.training.terms`, each with its default there.
        total_variation_of: "sum" over the pixels of an image, or their "mean".
        total_variation_in: "everywhere", eq. (12), or in "rain" alone, by the rain mask m_r (not in the paper).
        shared_ssrml: whether G_r′ takes its mask from the shared SSRML rather than from one of its own.
    """

    weight: float = 1.0
    every: int = 1
    terms: dict[str, float] = field(default_factory=dict, metadata={TAKES: tuple(terms_of(UNSUPERVISED))})
    total_variation_of: str = "sum"
    total_variation_in: str = "everywhere"
    shared_ssrml: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", weights_of(UNSUPERVISED, self.terms))
        checks.weights({"the process": self.weight, **self.terms}, ("the process", *terms_of(UNSUPERVISED)))
        checks.at_least(1, every=self.every)
        checks.one_of(total_variation.REDUCTIONS, total_variation_of=self.total_variation_of)
        checks.one_of(("everywhere", "rain"), total_variation_in=self.total_variation_in)

    @property
    def learns(self) -> bool:
        """Whether there is any loss at all."""
        return any(self.terms.values())

    @property
    def needs(self) -> set[str]:
        """What its terms need, of `core.training.terms.NEEDS`."""
        return needs_of(UNSUPERVISED, self.terms)


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

    def __post_init__(self) -> None:
        checks.one_of(adversarial.KINDS, kind=self.kind)
        checks.at_least(1, width=self.width, paired_width=self.paired_width)


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

    def __post_init__(self) -> None:
        checks.at_least(1, batch=self.batch)
        checks.at_least(0, warm_up=self.warm_up, weight_decay=self.weight_decay)
        require(self.patches >= self.batch, "patches should be at least one batch")
        checks.above_0(rate=self.rate, unsupervised_rate=self.unsupervised_rate, clip=self.clip)
        checks.in_0_to_1(fall=self.fall, average=self.average)
        checks.one_of(("cosine", "linear"), fall_shape=self.fall_shape)
        checks.one_of(ALGORITHMS, algorithm=self.algorithm)


@dataclass(frozen=True)
class TrainingConfig:
    """A whole training.

    Attributes:
        name: of the run; its files go to `<runs>/<name>`.
        network: a name of `core.networks.SIZES`, or the keyword arguments of `SemiDerainGAN`; null for that of the
            weights to start from. Beside `initial` it may have more gated blocks than those weights: each begins as
            the identity, at the end of its level.
        initial: folder of weights to start from; null for random ones.
        generator: the generator that the supervised process trains: "gs", or "gr", which is then that of the whole mix.
        starts_from: the generator whose initial weights it starts from; null for its own.
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
    generator: str = "gs"
    starts_from: str | None = None
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

    def __post_init__(self) -> None:
        if isinstance(self.network, str):
            checks.one_of(SIZES, network=self.network)
        require(self.network is not None or self.initial is not None, "network or initial weights are missing")
        checks.one_of(PRECISIONS, precision=self.precision)
        checks.at_least(1, epoch=self.epoch)
        checks.at_least(0, workers=self.workers)
        self._check_processes()
        self._check_start()
        needs = self.needs
        require(
            ("perceptual" in needs) == (self.perceptual is not None),
            "perceptual weights and a perceptual network belong together",
        )
        for judge in needs & {*DISCRIMINATORS}:
            least = DISCRIMINATORS[judge].least_patch
            require(self.data.patch >= least, f"patch should be at least {least} with the discriminator {judge}")

    @property
    def needs(self) -> set[str]:
        """What both processes' terms need, of `core.training.terms.NEEDS`."""
        return self.loss.needs | (self.unsupervised.needs if self.unsupervised is not None else set())

    def _check_processes(self) -> None:
        unsupervised = self.unsupervised
        if unsupervised is None:
            require(self.loss.learns, "the losses' weights are all 0, and there should be one above 0")
            real = self.data.real is not None
            require(real == ("real" in self.data.mix), 'data\'s real belongs to unsupervised, or to "real" in mix')
            return
        require(self.data.real is not None, "unsupervised and data's real belong together")
        require(
            self.loss.learns or (unsupervised.learns and unsupervised.every == 1),
            "without a supervised loss every step needs an unsupervised one",
        )

    def _check_start(self) -> None:
        checks.one_of(GENERATORS, generator=self.generator)
        if self.starts_from is not None:
            checks.one_of(GENERATORS, starts_from=self.starts_from)
        other = self.generator != "gs" or self.starts_from is not None
        require(not other or self.initial is not None, "generator and starts_from need initial weights")
        require(not other or self.unsupervised is None, "generator and starts_from go without unsupervised")
        if self.freeze_ssrml:
            require(self.initial is not None, "freeze_ssrml needs initial weights")
            require("ssrml" not in self.needs, "a mask loss can do nothing beside freeze_ssrml")
        if self.carried is not None:
            both = self.initial is not None and self.unsupervised is not None
            require(both, "carried needs initial weights and the unsupervised process")
