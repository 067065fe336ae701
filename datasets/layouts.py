"""The published layouts of paired sets, as patterns of file names. A further layout is one more entry of `LAYOUTS`."""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Layout:
    """How a set names its photos below its folder.

    In a pattern `{}` stands for what the names of a rainy photo and of its clean one have in common, and `*` for
    anything else; neither crosses a `/`. A pattern holds for the whole path below the folder; capitals do not matter.

    Attributes:
        about: which sets have the layout.
        rainy, clean: the two patterns.
        key: regular expression that what `{}` stands for must fit.
        rainy_per_clean: how many rainy photos each clean one has; None for one or more.
        side_by_side: rainy and clean photo are one file, the clean one its left half, the rainy one its right half.
    """

    name: str
    about: str
    rainy: str
    clean: str
    key: str = r"[^/]+"
    rainy_per_clean: int | None = 1
    side_by_side: bool = False

    @cached_property
    def rainy_expression(self) -> re.Pattern[str]:
        return _expression(self.rainy, self.key)

    @cached_property
    def clean_expression(self) -> re.Pattern[str]:
        return _expression(self.clean, self.key)


def _expression(pattern: str, key: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in pattern.split("{}")]
    return re.compile(f"({key})".join(parts).replace(re.escape("*"), "[^/]*"), re.IGNORECASE)


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("rain100", "Rain100L, Rain100H, Rain12 (PReNet's copies)", "rainy/rain-{}.*", "norain-{}.*"),
        Layout("rain100-later", "Rain100L, Rain100H (later release)", "rain/X2/norain-{}x2.*", "norain/norain-{}.*"),
        Layout("raintrain", "RainTrainL, RainTrainH", "rain-{}.*", "norain-{}.*"),
        Layout("mspfn", "Rain100H (MSPFN's copy)", "inputcrop/{}.*", "cleancrop/{}.*"),
        Layout("rain12", "Rain12", "input/{}_in.*", "groundtruth/{}_GT.*"),
        Layout("nturain", "NTURain's clips, frame by frame", "rain/{}.*", "clean/{}.*"),
        Layout("rain13k", "the collections of MPRNet and later (Rain13K)", "input/{}.*", "target/{}.*"),
        Layout(
            "rain1400-train",
            "Rain1400 (Fu et al.), photos 1–900",
            "rainy_image/{}_*.*",
            "ground_truth/{}.*",
            key=r"[1-9]\d?|[1-8]\d\d|900",
            rainy_per_clean=14,
        ),
        Layout(
            "rain1400-test",
            "Rain1400 (Fu et al.), photos 901–1000",
            "rainy_image/{}_*.*",
            "ground_truth/{}.*",
            key=r"9(?!00)\d\d|1000",
            rainy_per_clean=14,
        ),
        Layout(
            "rain800",
            "Rain800 (Zhang et al.): clean left, rainy right",
            "{}.jpg",
            "{}.jpg",
            key=r"[1-9]\d{0,2}",
            side_by_side=True,
        ),
    )
}


def own_layout(rainy: str, clean: str) -> Layout:
    """A layout by two patterns, such as `wet/{}.png` and `dry/{}.png`; a clean photo may have several rainy ones.

    Raises:
        ValueError: a pattern does not hold `{}` exactly once.
    """
    for pattern in (rainy, clean):
        if pattern.count("{}") != 1:
            raise ValueError(f"The pattern {pattern!r} must hold {{}} exactly once, where the photo's own name stands.")
    return Layout("own", "two patterns", rainy, clean, rainy_per_clean=None)
