"""The learning rate: warm-up, a constant stretch, a fall to zero; a run can be prolonged before it falls."""

import math

from core.training.config import OptimiserConfig


def learning_rate(config: OptimiserConfig, patches: int) -> float:
    """The rate for the step after `patches` patches: linear warm-up, constant, then a half cosine to zero."""
    warm_up = min(1.0, (patches / config.batch + 1) / max(1, config.warm_up))
    left = max(0.0, (config.patches - patches) / max(1.0, config.fall * config.patches))
    return config.rate * warm_up * (0.5 - 0.5 * math.cos(math.pi * min(1.0, left)))
