"""The learning rate: warm-up, a constant stretch, a fall to zero; a run can be prolonged before it falls."""

import math

from core.training.config import OptimiserConfig


def rate_share(config: OptimiserConfig, patches: int) -> float:
    """The share of the learning rate, 0…1, for the step after `patches` patches.

    Linear warm-up, constant, then a half cosine or a line to zero.
    """
    warm_up = min(1.0, (patches / config.batch + 1) / max(1, config.warm_up))
    left = min(1.0, max(0.0, (config.patches - patches) / max(1.0, config.fall * config.patches)))
    return warm_up * (left if config.fall_shape == "linear" else 0.5 - 0.5 * math.cos(math.pi * left))
