"""The measure of texture: smearing leaves and railings costs, however faint they are; taking rain away does not."""

import math

import cv2
import numpy as np
import pytest

from core.metrics import RainyPhoto, Removal, measure_removal
from core.metrics.stills import is_rainy, measure_still, still_precision
from core.metrics.texture import texture_lost, texture_lost_in_rain


def leaves(contrast: float = 1.0) -> np.ndarray:
    """(128, 192, 3) uint8: small blobs of every direction."""
    rng, image = np.random.default_rng(0), np.full((128, 192), 110, np.float32)
    for _ in range(900):
        centre, axes = tuple(rng.integers(0, 192, 2).tolist()), tuple(rng.integers(2, 6, 2).tolist())
        shade = 110 + contrast * float(rng.uniform(-80, 80))
        cv2.ellipse(image, centre, axes, float(rng.uniform(0, 180)), 0, 360, shade, -1, cv2.LINE_AA)
    return np.repeat(image[..., None], 3, 2).astype(np.uint8)


def railings() -> np.ndarray:
    image = np.full((128, 192, 3), 150, np.uint8)
    image[:, ::8] = image[:, 1::8] = 60
    return image


def streaks() -> np.ndarray:
    rng, layer = np.random.default_rng(1), np.zeros((128, 192), np.float32)
    for x, y in rng.integers((0, -15), (192, 128), (120, 2)):
        cv2.line(layer, (int(x), int(y)), (int(x) + 2, int(y) + 18), 60.0, 1, cv2.LINE_AA)
    return layer[..., None]


@pytest.mark.parametrize("dry", [leaves(), leaves(0.3), railings()], ids=["leaves", "faint leaves", "railings"])
def test_the_more_it_is_blurred_the_more_is_lost(dry: np.ndarray) -> None:
    lost = [texture_lost(dry, dry)] + [texture_lost(dry, cv2.GaussianBlur(dry, (0, 0), s)) for s in (0.4, 0.6, 1, 2)]
    assert lost[0] == 0 and lost == sorted(lost) and len(set(lost)) == 5  # type: ignore[type-var]
    assert lost[2] > 0.1 and lost[4] > 0.5  # type: ignore[operator]


def test_faint_texture_counts_as_much_as_strong() -> None:
    """Over the whole photo the edges of the strong half would drown what happens to the faint one."""
    dry = np.concatenate([leaves(0.3), leaves()], 1)
    smeared = dry.copy()
    smeared[:, :192] = cv2.GaussianBlur(dry, (0, 0), 3)[:, :192]
    assert texture_lost(dry, smeared) == pytest.approx(0.45, abs=0.05)


def test_only_dry_places_count_and_plain_ones_do_not() -> None:
    dry, where = leaves(), np.zeros((128, 192), bool)
    where[:, :96] = True
    smeared = dry.copy()
    smeared[:, 104:] = 0
    assert texture_lost(dry, smeared, where) == 0 and texture_lost(dry, smeared) > 0.3  # type: ignore[operator]
    plain = np.full_like(dry, 90)
    assert texture_lost(plain, plain) is None and texture_lost_in_rain(plain, plain) is None
    for measured in (texture_lost, texture_lost_in_rain):
        with pytest.raises(ValueError, match="shape"):
            measured(dry, dry[:-1])


def test_in_a_rainy_photo_taking_the_rain_away_costs_little_and_smearing_much() -> None:
    clean = leaves()
    photo = np.clip(clean + streaks(), 0, 255).astype(np.uint8)
    assert texture_lost_in_rain(photo, photo) == 0
    ideal = texture_lost_in_rain(photo, clean)
    blurred = [texture_lost_in_rain(photo, cv2.GaussianBlur(photo, (0, 0), sigma)) for sigma in (0.6, 1)]
    assert ideal < 0.6 * blurred[0] < blurred[0] < blurred[1]  # type: ignore[operator]
    bars = np.clip(railings() + streaks(), 0, 255).astype(np.uint8)
    assert texture_lost_in_rain(bars, cv2.blur(bars, (5, 5))) is None, "bars cannot be told from rain"


def test_it_stands_in_the_table() -> None:
    photo = np.clip(leaves() + streaks(), 0, 255).astype(np.uint8)
    figures = measure_removal(Removal(RainyPhoto(photo), cv2.GaussianBlur(photo, (0, 0), 1)))
    assert figures["texture"] == texture_lost_in_rain(photo, cv2.GaussianBlur(photo, (0, 0), 1))
    assert math.isnan(measure_removal(Removal(RainyPhoto(np.zeros_like(photo)), photo))["texture"])


def test_frames_against_the_still_scene_where_it_is_trusted() -> None:
    scene, trusted = leaves(), np.ones((128, 192), bool)
    trusted[:, 160:] = False
    frame = np.clip(scene + streaks(), 0, 255).astype(np.uint8)
    wrong_where_nothing_is_known = scene.copy()
    wrong_where_nothing_is_known[:, 165:] = 0
    perfect = measure_still(frame, scene, trusted, wrong_where_nothing_is_known)
    assert perfect == {"psnr": math.inf, "ssim": pytest.approx(1), "texture": 0}
    nothing, blurred = (measure_still(frame, scene, trusted, image) for image in (frame, cv2.blur(scene, (5, 5))))
    assert nothing["psnr"] == pytest.approx(10 * np.log10(255**2 / np.mean((frame - 1.0 * scene)[trusted] ** 2)))
    assert nothing["texture"] < 0.05 < blurred["texture"] and nothing["ssim"] < 0.95
    assert is_rainy(frame, scene)[streaks()[..., 0] > 12].mean() > 0.9
    assert all(map(math.isnan, measure_still(frame, scene, ~trusted & False, frame).values()))


def test_the_masks_precision_counts_trusted_pixels_alone() -> None:
    scene, trusted = leaves(), np.ones((128, 192), bool)
    frame = np.clip(scene + streaks(), 0, 255).astype(np.uint8)
    truth = is_rainy(frame, scene)
    mask = truth.astype(np.float32)
    assert still_precision(frame, scene, trusted, mask) == 1
    assert still_precision(frame, scene, trusted, 0 * mask) == pytest.approx(truth.mean())
    mask[:, 160:], trusted[:, 160:] = 1, False
    assert still_precision(frame, scene, trusted, mask) == 1
    assert math.isnan(still_precision(scene, scene, trusted, mask))
