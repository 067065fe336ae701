"""Everything that the pre-screening measures of one photo, and maps of where its rain is."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from annotator.prescreen.light import light_map, measure_light
from annotator.prescreen.lines import measure_lines
from annotator.prescreen.specks import measure_specks
from annotator.prescreen.texture import Texture, measure_texture
from annotator.prescreen.working_copy import WorkingCopy, patch_means, working_copy
from core.methods import Derained
from core.metrics.rain_measures import measure_rain

LEAST = 1e-4
"""Means of masks and changes are taken as logarithms of at least this."""

MAPS = ("rain", "light", "roughness", "brightness", "streaky", "mask")
"""What is known patch by patch: where rain shows, relative to the photo's rainiest patches (2 at most); the share that
is too light to show rain; log₁₀ of the coarse gradient; mean grey; whether the texture runs near the vertical; log₁₀ of
the mask."""

LEAST_ALIGNMENT = 0.3
"""Below this alignment (0 none … 1 all parallel) of the rainy patches the rain has no direction."""

_RAINIEST = 0.9
_MOST_RELATIVE = 2.0


@dataclass(frozen=True)
class Measures:
    """What is known of a photo.

    Attributes:
        values: finite numbers by name, as docs/prescreen.md lists them.
        maps: (len(MAPS), rows, columns) float32, patch by patch, in the order of MAPS.
    """

    values: dict[str, float]
    maps: np.ndarray


def measure(pixels: np.ndarray, derain: Callable[[np.ndarray], Derained]) -> Measures:
    """Measures a photo.

    Args:
        pixels: (H, W, 3) or (H, W, 1), uint8 or uint16, upright.
        derain: gives the rain mask and the derained image of (h, w, 3) uint8; a method's `derain`.

    Raises:
        ValueError: `pixels` is no such array.
        UserError: the method gives no mask.
    """
    copy = working_copy(pixels)
    light, specks, texture = measure_light(copy), measure_specks(copy), measure_texture(copy)
    derained = derain(copy.rgb)
    change = np.abs(copy.rgb.astype(np.float32) - derained.pixels).mean(2) / 255
    mask, changed = patch_means(derained.needed_mask), patch_means(change)
    shown = measure_rain(derained.needed_mask)
    rain, direction = _rain_map(texture, mask)
    smooth = texture.smooth
    lines = measure_lines(copy, smooth)
    values = {
        "least_side": float(min(pixels.shape[:2])),
        "brightness": light.brightness,
        "bright": light.bright,
        "bright_sky": light.bright_sky,
        "white_ground": light.white_ground,
        "haze": light.haze,
        "colour": light.colour,
        "specks": specks.density,
        "specks_upright": specks.upright,
        "specks_round": specks.round_share,
        "blurred_drops": specks.blurred_drops,
        "fine_energy": math.log10(float(np.median(texture.energy[smooth])) + 1e-7),
        "streaky": float(texture.streaky.mean()),
        "streaky_smooth": float(texture.streaky[smooth].mean()),
        "upright": float((texture.coherence * np.cos(np.radians(2 * texture.angle))).mean()),
        "mask_smooth": math.log10(max(float(mask[smooth].mean()), LEAST)),
        "mask_least": math.log10(max(float(np.quantile(mask, 0.2)), LEAST)),
        "change_smooth": math.log10(max(float(changed[smooth].mean()), LEAST)),
        "change_least": math.log10(max(float(np.quantile(changed, 0.2)), LEAST)),
        "coverage": shown.coverage,
        "line_concentration": lines.concentration,
        "line_skewness": lines.skewness,
        "agreement": texture.agreement,
    }
    if direction is not None:
        values["direction"] = direction
    if shown.density is not None:
        values["density"] = shown.density / copy.scale**2
    return Measures(values, _maps(copy, texture, rain, mask))


def _maps(copy: WorkingCopy, texture: Texture, rain: np.ndarray, mask: np.ndarray) -> np.ndarray:
    relative = np.minimum(rain / max(float(np.quantile(rain, _RAINIEST)), 1e-6), _MOST_RELATIVE)
    found = (
        relative,
        light_map(copy),
        np.log10(texture.roughness + LEAST),
        patch_means(copy.grey),
        texture.streaky,
        np.log10(mask + 10 * LEAST),
    )
    return np.stack([np.asarray(one, np.float32) for one in found])


def _rain_map(texture: Texture, mask: np.ndarray) -> tuple[np.ndarray, float | None]:
    """Where rain shows, patch by patch, and its direction in degrees from the vertical (None without one).

    A patch shows rain as far as the model's mask is set there and the texture runs in the direction that the rainy
    patches have in common.
    """
    weight = np.sqrt(mask) * texture.coherence * (np.abs(texture.angle) < 60)
    doubled = np.exp(2j * np.radians(texture.angle))
    total = (weight * doubled).sum()
    alignment = abs(total) / max(float(weight.sum()), 1e-9)
    direction = 0.5 * float(np.degrees(np.angle(total)))
    along = np.cos(np.radians(2 * (texture.angle - direction))) * texture.coherence
    rain = np.sqrt(np.clip(mask, 0, 1)) * np.clip(along, 0, 1)
    return rain, direction if alignment >= LEAST_ALIGNMENT else None
