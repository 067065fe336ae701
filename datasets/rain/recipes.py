"""Recipes: which rain is rendered, as ranges that every photo draws from."""

from dataclasses import dataclass, replace

Range = tuple[float, float]


@dataclass(frozen=True)
class Recipe:
    """Ranges (lowest, highest) that one photo's rain is drawn from; pixels, degrees, or shares of full scale.

    Attributes:
        database_layers: number of streak images summed (needs a streak database; without one `render` draws them as
            procedural layers of the same look).
        database_gain: brightness of each.
        database_scale: magnification of each.
        database_rotation: standard deviation of each one's turn, degrees.
        streak_layers: number of procedural layers.
        density: streak pixels drawn a pixel by all procedural layers together, before they overlap.
        shortest, longest: length of the streaks of one layer, pixels.
        thickness: width of the streaks of one layer, pixels.
        tilt: standard deviation of the photo's mean direction, degrees from the vertical.
        layer_tilt: standard deviation of a layer's direction about the photo's, degrees.
        jitter: standard deviation of a streak's direction about its layer's, degrees.
        brightness: brightness of one layer's streaks.
        softness: blur of one layer's streaks, pixels (σ).
        noise_layers: number of layers of filtered noise, as Photoshop's rain is made (`noise_layer`).
        noise_coarseness: width of their streaks, pixels.
        noise_length: length of their motion blur, pixels.
        noise_black: share of the pixels that their levels leave without rain.
        noise_white: share that they make as bright as can be.
        slant: mean direction of the photo's rain, degrees to either side of the vertical, in place of `tilt`; database
            layers are turned by it too.
        magnified: by how much the rain is larger than the other figures say.
        veil: share of every pixel that becomes airlight.
        airlight: brightness of the veil.
        veil_over: whether the veil lies over the rain, x = t(y + R) + (1 − t)A with a transmission t that changes
            smoothly over the photo, rather than behind it and alike everywhere.
        screen: whether streaks lighten towards white (x = y + R(1 − y)) rather than add up (x = y + R, clipped).
    """

    database_layers: tuple[int, int] = (0, 0)
    database_gain: Range = (0.5, 0.9)
    database_scale: Range = (0.9, 1.25)
    database_rotation: float = 7.0
    streak_layers: tuple[int, int] = (0, 0)
    density: Range = (0.05, 0.2)
    shortest: Range = (8, 16)
    longest: Range = (24, 48)
    thickness: Range = (1.0, 2.0)
    tilt: float = 10.0
    layer_tilt: float = 2.0
    jitter: Range = (0.5, 3.0)
    brightness: Range = (0.3, 0.8)
    softness: Range = (0.0, 0.0)
    noise_layers: tuple[int, int] = (0, 0)
    noise_coarseness: Range = (1.0, 2.5)
    noise_length: Range = (10, 50)
    noise_black: Range = (0.5, 0.9)
    noise_white: Range = (0.0005, 0.02)
    slant: Range | None = None
    magnified: Range | None = None
    veil: Range = (0.0, 0.0)
    airlight: Range = (0.6, 0.9)
    veil_over: bool = False
    screen: bool = False


RECIPES: dict[str, Recipe] = {
    "light": Recipe(
        database_layers=(1, 1), database_gain=(0.45, 0.95), database_scale=(0.85, 1.35), database_rotation=13.0
    ),
    "heavy": Recipe(
        database_layers=(0, 2),
        database_gain=(0.3, 0.9),
        streak_layers=(1, 4),
        density=(0.1, 1.2),
        shortest=(10, 24),
        longest=(40, 130),
        thickness=(1.0, 1.7),
        tilt=5.0,
        layer_tilt=1.0,
        jitter=(0.1, 2.0),
        brightness=(0.1, 0.8),
    ),
    "scattered": Recipe(
        database_layers=(1, 1), database_gain=(0.45, 1.0), database_scale=(0.6, 1.6), database_rotation=13.0
    ),
    "downpour": Recipe(
        database_layers=(0, 3),
        database_gain=(0.3, 0.9),
        database_scale=(0.7, 1.5),
        streak_layers=(1, 3),
        density=(0.1, 1.5),
        shortest=(8, 30),
        longest=(20, 300),
        thickness=(1.0, 2.0),
        tilt=5.0,
        layer_tilt=3.0,
        jitter=(0.05, 9.0),
        brightness=(0.1, 0.8),
    ),
    "curtain": Recipe(
        database_layers=(0, 2),
        database_gain=(0.3, 0.9),
        database_scale=(0.7, 1.5),
        streak_layers=(1, 4),
        density=(0.1, 1.2),
        shortest=(30, 90),
        longest=(90, 300),
        thickness=(1.2, 1.9),
        tilt=5.0,
        layer_tilt=2.0,
        jitter=(0.05, 2.0),
        brightness=(0.1, 0.9),
    ),
    "strokes": Recipe(
        database_layers=(0, 2),
        database_gain=(0.3, 0.9),
        database_scale=(0.7, 1.5),
        streak_layers=(1, 3),
        density=(0.05, 0.6),
        shortest=(20, 80),
        longest=(80, 300),
        thickness=(1.8, 4.0),
        tilt=7.0,
        layer_tilt=4.0,
        jitter=(0.05, 4.0),
        brightness=(0.2, 1.0),
    ),
    "drizzle": Recipe(
        streak_layers=(1, 2),
        density=(0.02, 0.15),
        shortest=(4, 10),
        longest=(12, 30),
        thickness=(1.0, 1.6),
        tilt=15.0,
        brightness=(0.08, 0.5),
        veil=(0.0, 0.15),
        screen=True,
    ),
    "shower": Recipe(
        streak_layers=(1, 4),
        density=(0.05, 0.6),
        shortest=(8, 30),
        longest=(30, 140),
        thickness=(1.0, 4.0),
        tilt=18.0,
        layer_tilt=4.0,
        jitter=(0.5, 6.0),
        brightness=(0.05, 0.5),
        veil=(0.0, 0.35),
        screen=True,
    ),
    "crossing": Recipe(
        streak_layers=(2, 3),
        density=(0.08, 0.4),
        shortest=(10, 20),
        longest=(40, 120),
        thickness=(2.0, 5.0),
        tilt=25.0,
        layer_tilt=25.0,
        jitter=(1.0, 4.0),
        brightness=(0.1, 0.45),
        veil=(0.1, 0.3),
    ),
    "photoshop": Recipe(
        noise_layers=(1, 2), tilt=22.0, layer_tilt=3.0, brightness=(0.15, 0.9), veil=(0.0, 0.12), screen=True
    ),
    "bands": Recipe(
        streak_layers=(1, 3),
        density=(0.1, 0.6),
        shortest=(40, 120),
        longest=(120, 500),
        thickness=(8.0, 25.0),
        tilt=12.0,
        layer_tilt=3.0,
        jitter=(0.2, 4.0),
        brightness=(0.08, 0.5),
        softness=(1.0, 5.0),
        veil=(0.0, 0.25),
        airlight=(0.7, 1.0),
        screen=True,
    ),
    "veil": Recipe(
        database_layers=(0, 1),
        database_gain=(0.3, 0.8),
        streak_layers=(1, 3),
        density=(0.05, 0.5),
        shortest=(6, 24),
        longest=(20, 120),
        thickness=(1.0, 3.0),
        tilt=12.0,
        layer_tilt=3.0,
        jitter=(0.5, 4.0),
        brightness=(0.15, 0.7),
        veil=(0.1, 0.5),
        airlight=(0.6, 0.95),
        veil_over=True,
    ),
}

SLANT = (30.0, 60.0)
"""Direction of the rain of recipes named "…-slanted", degrees to either side of the vertical."""
MAGNIFIED = (3.0, 6.0)
"""By how much the rain of recipes named "…-wide" is larger than that of their family."""

FAMILIES = tuple(RECIPES)
RECIPES |= {f"{name}-slanted": replace(RECIPES[name], slant=SLANT) for name in FAMILIES}
RECIPES |= {f"{name}-wide": replace(RECIPES[name], magnified=MAGNIFIED) for name in FAMILIES if name != "bands"}
