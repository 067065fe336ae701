"""The data sets that have a name: where each lies below a data root, and how much it holds.

A further set is one more entry of `CATALOGUE`. `datasets.named.open_set` opens them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PairedSet:
    """A published set of rainy photos with their clean ones.

    Attributes:
        name: what users call it.
        about: one line.
        use: "training" or "test".
        folders: names that its folder has on people's disks; capitals do not matter.
        places: (folder below that one, layout of `datasets.layouts`), as they are tried one after the other.
        counts: how many pairs its copies hold; the first is the whole set, the others come with what they are.
        first: number of its first photo, where they are numbered.
        left_out: numbers of photos in its folder that are not of the set.
    """

    name: str
    about: str
    use: str
    folders: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    counts: tuple[tuple[int, str], ...]
    first: int = 1
    left_out: frozenset[int] = frozenset()


@dataclass(frozen=True)
class UnpairedSet:
    """A set of real rainy photos without clean ones.

    Attributes:
        name, about, folders: as in `PairedSet`.
        count: how many photos it holds; None where that differs from export to export.
        exported: whether it is an image folder with `metadata.jsonl`, as the annotator exports it.
    """

    name: str
    about: str
    folders: tuple[str, ...]
    count: int | None = None
    exported: bool = False


@dataclass(frozen=True)
class CuratedSet:
    """Crops with real rain that manifests choose from photos of several folders: what Real200 is in the paper.

    Attributes:
        name, about: as in `PairedSet`.
        parts: (manifest in `datasets/manifests`, names that the folder of its originals has).
        count: how many crops they choose.
    """

    name: str
    about: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    count: int


@dataclass(frozen=True)
class StandIn:
    """Rendered rain that takes the place of a training half that is not at hand.

    Attributes:
        name, about: as in `PairedSet`.
        stands_for: name of the paired set whose place it takes.
        recipe: recipe of `datasets.rain.RECIPES`.
        count: number of pairs, as many as in the set that it stands for.
    """

    name: str
    about: str
    stands_for: str
    recipe: str
    count: int


NamedSet = PairedSet | UnpairedSet | CuratedSet | StandIn

COLLECTION = (("", "rain13k"),)
RAIN100 = ("", "rain100"), ("", "rain100-later"), ("", "rain13k")
RAIN_TRAIN_L = ("", "raintrain"), ("", "rain100-later"), ("", "rain-layers")
SCENES_OF_OTHER_TEST_SETS = (
    *(5, 8, 9, 12, 14, 16, 25, 34, 35, 38, 51, 55, 58, 59, 63, 69, 80, 82, 86, 87, 89, 94, 96, 99, 100, 102, 103, 104),
    *(107, 110, 118, 119, 123, 125, 127, 138, 139, 149, 152, 161, 171, 173, 189, 190, 193, 195, 196),
)
"""Pairs of RainTrainL that show scenes of test sets, none of them Rain100L's."""

SIRR_DATA = ("SIRR-Data", "SIRR_Data")

CATALOGUE: dict[str, NamedSet] = {
    entry.name: entry
    for entry in (
        PairedSet(
            "Rain100L",
            "light rain, Yang et al. 2017",
            "test",
            ("Rain100L", "rain_data_test_Light"),
            RAIN100,
            ((100, ""),),
        ),
        PairedSet(
            "Rain100H",
            "heavy rain, Yang et al. 2017",
            "test",
            ("Rain100H", "rain_data_test_Heavy"),
            (*RAIN100, ("", "mspfn")),
            ((100, ""),),
        ),
        PairedSet(
            "RainTrainL",
            "training half of Rain100L",
            "training",
            ("RainTrainL", "rain_data_train_Light"),
            RAIN_TRAIN_L,
            ((200, ""),),
        ),
        PairedSet(
            "RainTrainL-strict",
            "the pairs of RainTrainL that share no scene with any test set",
            "training",
            ("RainTrainL", "rain_data_train_Light"),
            RAIN_TRAIN_L,
            ((153, ""),),
            left_out=frozenset(SCENES_OF_OTHER_TEST_SETS),
        ),
        PairedSet(
            "RainTrainH",
            "training half of Rain100H",
            "training",
            ("RainTrainH", "rain_data_train_Heavy"),
            (("", "raintrain"), ("", "rain100-later")),
            ((1800, ""), (1254, "the strict copy without the test scenes")),
        ),
        PairedSet(
            "Rain1400",
            "photos 901–1000 of Fu et al. 2017, each in 14 kinds of rain",
            "test",
            ("Rain1400", "Rain14000"),
            (("", "rain1400-test"), ("test", "rain1400-test"), ("testing", "rain1400-test")),
            ((1400, ""),),
            first=901,
        ),
        PairedSet(
            "Rain1400-train",
            "photos 1–900 of Fu et al. 2017, each in 14 kinds of rain",
            "training",
            ("Rain1400", "Rain14000", "Rain12600"),
            (("", "rain1400-train"), ("train", "rain1400-train"), ("training", "rain1400-train")),
            ((12600, ""),),
        ),
        PairedSet(
            "Rain12",
            "Li et al. 2016",
            "test",
            ("Rain12",),
            (("", "rain100"), ("", "rain12"), ("", "rain13k")),
            ((12, ""),),
        ),
        PairedSet(
            "Rain800",
            "test half of Zhang et al. 2019",
            "test",
            ("Rain800",),
            (("test_syn", "rain800"), ("test", "rain800")),
            ((100, ""),),
        ),
        PairedSet(
            "Rain800-train",
            "training half of Zhang et al. 2019",
            "training",
            ("Rain800",),
            (("training", "rain800"), ("train", "rain800"), ("", "rain800")),
            ((700, ""),),
        ),
        PairedSet(
            "Rain13K",
            "the mixed training set of MPRNet and later",
            "training",
            ("Rain13K",),
            (*COLLECTION, ("train", "rain13k")),
            ((13712, ""), (13711, "a copy with one pair less")),
        ),
        PairedSet(
            "Test100",
            "Rain800's test half in the collection of MPRNet",
            "test",
            ("Test100",),
            COLLECTION,
            ((100, ""), (98, "a copy without two of the 100 pairs")),
        ),
        PairedSet(
            "Test1200", "Zhang & Patel 2018, in the same collection", "test", ("Test1200",), COLLECTION, ((1200, ""),)
        ),
        PairedSet(
            "Test2800",
            "test pairs of Fu et al. 2017, in the same collection",
            "test",
            ("Test2800",),
            COLLECTION,
            ((2800, ""),),
        ),
        PairedSet(
            "NTURain-a1",
            "16 frames of clip a1 of NTURain, Chen et al. 2018: rendered rain over a slow pan, taken one by one",
            "test",
            ("NTURain-a1",),
            (("", "nturain"),),
            ((16, ""),),
        ),
        UnpairedSet("SIRR-Data", "real rain, Wei et al. 2019", SIRR_DATA, 147),
        UnpairedSet("Real200", "real rain as a curator chose and cropped it", ("Real200",), exported=True),
        CuratedSet(
            "RealRain",
            "177 real photos, chosen and cropped to their rain",
            (("sirr-data.jsonl", SIRR_DATA), ("real-more.jsonl", ("real-more", "more"))),
            184,
        ),
        StandIn("Rain100L-standin", "light rendered rain", "RainTrainL", "light", 200),
        StandIn("Rain100H-standin", "heavy rendered rain", "RainTrainH", "heavy", 1800),
    )
}
