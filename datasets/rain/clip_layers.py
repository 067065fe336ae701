"""Rain layers taken out of clips: what lies before the still scene is rain, whatever the scene and its direction."""

import cv2
import numpy as np

from datasets.clips.stills import Still

SPREADS = 2.0
"""So many times what the aligned frames differ by anyway must a pixel be brighter than the median to be rain."""
LEAST_TRUSTED = 0.95
"""Share of a window where the median must be trusted."""
VISIBLE = 10 / 255
"""Rain that can be seen, as in the average precision of masks."""
COVER = (0.005, 0.6)
"""Share of a window that visible rain may cover: less is no rain, more is no scene."""


def clip_rain_layers(still: Still, side: int) -> list[np.ndarray]:
    """The rain of every window of a frame where the median behind it can be trusted.

    A layer is the grey x − median less `SPREADS` times the spread of the aligned frames, cut off at 0: rain adds light.
    Unlike `rain_layers` this needs no smooth background and takes rain of every direction. The windows overlap by half.

    side: of the windows, pixels -> layers (side, side) float32, 0…1; none where there is no such window.
    """
    difference = cv2.cvtColor(still.frame, cv2.COLOR_RGB2GRAY).astype(np.float32) - cv2.cvtColor(
        still.median, cv2.COLOR_RGB2GRAY
    )
    rain = np.clip((difference - SPREADS * still.spread) / 255, 0, 1) * still.trusted
    layers = []
    for top in range(0, rain.shape[0] - side + 1, max(1, side // 2)):
        for left in range(0, rain.shape[1] - side + 1, max(1, side // 2)):
            window = np.s_[top : top + side, left : left + side]
            cover = float((rain[window] > VISIBLE).mean())
            if still.trusted[window].mean() >= LEAST_TRUSTED and COVER[0] < cover < COVER[1]:
                layers.append(rain[window].astype(np.float32))
    return layers
