"""A supervised step as CUDA graphs: recorded once, then launched whole, so that no GPU waits for the CPU beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from core.training.supervised import SupervisedProcess

WARM_UP = 3
"""Steps before the recording, in which kernels are compiled and chosen."""


def as_cuda_graph(launch: Callable[[], None]) -> Callable[[], None]:
    """Records what a function launches on the current GPU, without running it."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):  # another thread pins memory for the next batches
        launch()
    return graph.replay


@contextmanager
def beside(device: torch.device) -> Iterator[None]:
    """Within it, a GPU's kernels go to a stream beside the current one, as PyTorch asks for before a recording."""
    if device.type != "cuda":
        yield
        return
    outer, inner = torch.cuda.current_stream(), torch.cuda.Stream()
    inner.wait_stream(outer)
    with torch.cuda.stream(inner):
        yield
    outer.wait_stream(inner)


class RecordedStep:
    """`SupervisedProcess.step` without discriminators, and the average's update after it, on batches of one shape.

    Args:
        process: what learns.
        average: the moving average of its model.
        record: does nothing yet with a function that launches kernels, and gives what launches them again.
    """

    def __init__(
        self,
        process: SupervisedProcess,
        average: AveragedModel,
        record: Callable[[Callable[[], None]], Callable[[], None]] = as_cuda_graph,
    ) -> None:
        self.process = process
        self.average = average
        self.record = record
        self.steps = 0
        self.launch_backward, self.launch_descent = self.backward, self.descend

    def __call__(self, rainy: Tensor, clean: Tensor, share: float) -> dict[str, Tensor]:
        """As `SupervisedProcess.step`; the pairs may lie on another device.

        Raises:
            TrainingError: a gradient is no longer finite; the parameters are left as they were.
        """
        descent = self.process.descent
        if self.steps == 0:
            self.rainy, self.clean = (
                torch.empty_like(batch, device=descent.fabric.device, memory_format=torch.channels_last)
                for batch in (rainy, clean)
            )
        self.rainy.copy_(rainy, non_blocking=True)
        self.clean.copy_(clean, non_blocking=True)
        if self.steps == WARM_UP:
            self.launch_backward, self.launch_descent = self.record(self.backward), self.record(self.descend)
        with beside(self.rainy.device) if self.steps < WARM_UP else nullcontext():
            self.launch_backward()
            descent.prepare(self.values[-1], share)
            self.launch_descent()
        self.steps += 1
        return dict(zip(self.names, self.values.clone().unbind()))

    def backward(self) -> None:
        """The gradient, and the values to log, its norm last."""
        values = self.process.backward(self.process.look(self.rainy, self.clean))
        self.names = list(values)
        self.values = torch.stack([value.detach() for value in values.values()])
        self.gradients = [weight.grad for weight in self.process.descent.parameters]  # a graph's memory, to be kept

    def descend(self) -> None:
        """The optimiser's step, and the average's."""
        self.process.descent.optimiser.step()
        if self.average.n_averaged == 0:
            self.average.update_parameters(self.process.model)
        else:  # without its count of updates, which does not lie on the GPU
            own, followed = (
                [p.detach() for p in model.parameters()] for model in (self.average.module, self.process.model)
            )
            self.average.multi_avg_fn(own, followed, self.average.n_averaged)  # type: ignore[misc]
