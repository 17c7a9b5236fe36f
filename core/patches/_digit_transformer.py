"""The transformer of `core.patches.digits` in torch: patch embedding, positions, layers, a mean, ten scores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np

from core.arrays import FloatArray
from core.patches.digits import Digits, DigitTraining, Places, digit_patches
from core.progress import OnStep, Step

_HEADS, _BATCH, _RATE, _DECAY = 4, 64, 3e-3, 0.01


def train(
    patch: int, places: Places, table: FloatArray, layers: int, epochs: int, seed: int, on_step: OnStep
) -> DigitTraining:
    began = perf_counter()
    # the first picture comes before torch, which takes a second or two to load
    stop = bool(on_step(Step(done=0, total=epochs, unit="epoch", coordinates=table)))
    with _one_thread(seed):
        return _trained(patch, places, table, layers, epochs, seed, on_step, began, stop)


@contextmanager
def _one_thread(seed: int) -> Iterator[None]:
    """torch on one thread and at this seed, and as it was before afterwards. The products are small: on a busy machine
    threads wait for each other longer than they work."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def _trained(
    patch: int, places: Places, table: FloatArray, layers: int, epochs: int, seed: int, on_step: OnStep, began: float, stop: bool
) -> DigitTraining:  # fmt: skip
    data = digit_patches(patch)
    model = _model(data.seen.shape[2], table, places == "learned", layers)
    frames, accuracies, losses = [table], [_accuracy(model, data)], [float("nan")]
    for epoch, loss in enumerate(_epochs(model, data, epochs, seed), 1):
        if stop:
            break
        frames.append(model.table.detach().numpy().copy())
        accuracies.append(_accuracy(model, data))
        losses.append(loss)
        figures = {"loss": loss, "held_out_accuracy": accuracies[-1]}
        stop = bool(on_step(Step(done=epoch, total=epochs, unit="epoch", figures=figures, coordinates=frames[-1])))
    side = round(len(table) ** 0.5)
    return DigitTraining(
        places=places,
        grid=(side, side),
        table=frames[-1],
        frames=np.stack(frames),
        accuracy=np.array(accuracies),
        loss=np.array(losses),
        shuffled=_accuracy(model, data, np.random.default_rng(1).permutation(len(table))),
        parameters=sum(one.numel() for one in model.parameters() if one.requires_grad),
        seconds=perf_counter() - began,
        stopped=len(frames) <= epochs,
    )


def _model(values: int, table: FloatArray, learned: bool, layers: int) -> Any:
    import torch
    from torch import nn

    dim = table.shape[1]

    class Layer(nn.Module):  # type: ignore[misc]  # mypy does not read torch
        """(B, T, dim) -> the same: attention, then a small network on each token, both on normed tokens and added."""

        def __init__(self) -> None:
            super().__init__()
            self.before, self.after = nn.LayerNorm(dim), nn.LayerNorm(dim)
            self.mixed, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
            self.each = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            batch, tokens, _ = x.shape
            split = self.mixed(self.before(x)).view(batch, tokens, 3, _HEADS, dim // _HEADS)
            seen = nn.functional.scaled_dot_product_attention(*split.permute(2, 0, 3, 1, 4))
            x = x + self.out(seen.transpose(1, 2).reshape(batch, tokens, dim))
            return x + self.each(self.after(x))

    class Transformer(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Linear(values, dim)
            self.table = nn.Parameter(torch.from_numpy(table.copy()), requires_grad=learned)
            self.layers = nn.Sequential(*[Layer() for _ in range(layers)])
            self.norm, self.tell = nn.LayerNorm(dim), nn.Linear(dim, 10)

        def forward(self, patches: torch.Tensor) -> torch.Tensor:
            return self.tell(self.norm(self.layers(self.embed(patches) + self.table)).mean(dim=1))

    return Transformer()


def _epochs(model: Any, data: Digits, epochs: int, seed: int) -> Any:
    """Train; after each epoch yield its mean loss, in nats."""
    import torch

    learning = [one for one in model.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(learning, _RATE, weight_decay=_DECAY)
    seen, labels = torch.from_numpy(data.seen), torch.from_numpy(data.seen_labels)
    batches = -(-len(seen) // _BATCH)
    rhythm = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, epochs * batches, pct_start=0.2)
    shuffle = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(seen), generator=shuffle).split(_BATCH):
            loss = torch.nn.functional.cross_entropy(model(seen[rows]), labels[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rhythm.step()
            total += float(loss.detach()) * len(rows)
        yield total / len(seen)


def _accuracy(model: Any, data: Digits, order: Any = None) -> float:
    """The share of held-out digits told right, with their patches in this order."""
    import torch

    held = data.held if order is None else np.ascontiguousarray(data.held[:, order])
    with torch.no_grad():
        told = model(torch.from_numpy(held)).argmax(dim=1).numpy()
    return float((told == data.held_labels).mean())
