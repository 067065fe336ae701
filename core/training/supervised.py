"""The supervised process (paper, section 3.2): pairs in; SSRML, G_s, D_s and D_p learn."""

from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from core.losses.charbonnier import charbonnier
from core.losses.mask import mask_loss
from core.losses.perceptual import PerceptualNetwork, perceptual_loss
from core.losses.psnr import psnr_loss
from core.losses.ssim import ssim_loss
from core.networks import SemiDerainGAN
from core.networks.discriminators import MultiScaleDiscriminator, PairedDiscriminator
from core.training.adversary import Adversary
from core.training.config import TrainingConfig
from core.training.descent import Descent
from core.training.placing import place
from core.training.precision import in_bfloat16


class SupervisedProcess:
    """Minimises L_super, eq. (6), and trains the discriminators of eq. (4) against it.

    Args:
        config: the training.
        model: SSRML and G_s.
        perceptual: the network of eq. (7); None where the config has no perceptual loss.
        fabric: the processes that train together.
    """

    def __init__(
        self, config: TrainingConfig, model: SemiDerainGAN, perceptual: PerceptualNetwork | None, fabric: Fabric
    ) -> None:
        self.model = model
        self.perceptual = perceptual
        self.weights = config.loss
        self.fabric = fabric
        self.bfloat16 = in_bfloat16(config.precision, fabric.device)
        optimiser, adversary = config.optimiser, config.adversary
        learners = [*model.ssrml.parameters(), *model.unets["gs"].parameters()]
        self.descent = Descent(learners, optimiser, optimiser.rate, fabric)
        self.adversaries: dict[str, Adversary] = {}
        if self.weights.adversarial:
            judge = place(MultiScaleDiscriminator(adversary.width), fabric.device)
            self.adversaries["d_s"] = Adversary(judge, adversary.kind, optimiser, optimiser.rate, fabric)
        if self.weights.paired:
            paired = place(PairedDiscriminator(adversary.paired_width), fabric.device)
            self.adversaries["d_p"] = Adversary(paired, adversary.kind, optimiser, optimiser.rate, fabric)

    def step(self, rainy: Tensor, clean: Tensor, share: float) -> dict[str, Tensor]:
        """One step on pairs (B, 3, H, W), 0…1, at `share` of the rate -> every term, unweighted; gradient norms.

        Raises:
            TrainingError: a gradient is no longer finite.
        """
        values, derained = self.backward(rainy, clean)
        self.descent.follow(values["gradient"], share)
        pairs: dict[str, tuple[tuple[Tensor, ...], tuple[Tensor, ...]]] = {
            "d_s": ((clean,), (derained,)),
            "d_p": ((rainy, clean), (rainy, derained)),
        }
        for name, adversary in self.adversaries.items():
            real, fake = pairs[name]
            with torch.autocast(rainy.device.type, torch.bfloat16, enabled=self.bfloat16):
                judged = adversary.step(real, fake, share)
            values |= {f"{name} {key}": value for key, value in judged.items()}
        return {name: value.detach() for name, value in values.items()}

    def backward(self, rainy: Tensor, clean: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """Leaves the gradient of L_super at the parameters -> every term, unweighted, and its norm; ỹ (B, 3, H, W)."""
        self.model.train()
        with torch.autocast(rainy.device.type, torch.bfloat16, enabled=self.bfloat16):
            result = self.model(rainy, "gs")
            derained = result.derained.float()
            terms = {
                "charbonnier": charbonnier(derained, clean),
                "ssim": ssim_loss(derained, clean),
                "psnr": psnr_loss(derained, clean),
                "mask": mask_loss([mask.float() for mask in result.masks], rainy, clean),
            }
            if "d_s" in self.adversaries:
                terms["adversarial"] = self.adversaries["d_s"].generator_loss(derained)
            if "d_p" in self.adversaries:
                terms["paired"] = self.adversaries["d_p"].generator_loss(rainy, derained)
            if self.perceptual is not None and self.weights.perceptual:
                terms["perceptual"] = perceptual_loss(self.perceptual, derained, clean)
        loss = sum((getattr(self.weights, name) * term for name, term in terms.items()), rainy.new_zeros(()))
        return {"loss": loss, **terms, "gradient": self.descent.backward(loss)}, derained

    def state_dict(self) -> dict[str, Any]:
        """The optimiser's state, and the discriminators'."""
        return {"optimiser": self.descent.state_dict(), **{n: a.state_dict() for n, a in self.adversaries.items()}}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes up what `state_dict` gave."""
        self.descent.load_state_dict(state["optimiser"])
        for name, adversary in self.adversaries.items():
            adversary.load_state_dict(state[name])
