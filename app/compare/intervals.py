"""The interval of a share: how sure a tally is."""

from math import sqrt

Z95 = 1.959963984540054
"""Quantile .975 of the normal distribution."""


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927, eq. in the text; without continuity correction).

    With p = k/n: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n).

    Args:
        successes, trials: k of n, 0 ≤ k ≤ n; without trials anything is possible, 0…1.

    Returns:
        lower and upper bound, 0…1.
    """
    if not trials:
        return 0.0, 1.0
    share, weight = successes / trials, z * z / trials
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * sqrt(share * (1 - share) / trials + weight / (4 * trials))
    return max(0.0, middle - half), min(1.0, middle + half)
