"""Cycle-consistency loss: the derained real photo leads back to the rainy one (paper, eq. (10))."""

from torch import Tensor


def cycle_loss(rainy: Tensor, reconstructed: Tensor) -> Tensor:
    """L_cc = E‖x_r − x̃_r‖₁, eq. (10), as the mean over all values (as CycleGAN has it). Two (B, 3, H, W) -> scalar."""
    return (rainy - reconstructed).abs().mean()
