"""Images per second of ours and of a peer, in turn: some updates of one, some of the other."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import torch
from torch import nn

from workbench.bench import Row
from workbench.bench.training.peers import bare_steps, quickstart, write_idx
from workbench.core.accuracy import validation_accuracy
from workbench.core.data import Dataset, load
from workbench.core.training import Course, learning, training_batches, untrained
from workbench.core.training.batches import batches_of
from workbench.core.training.watcher import Watcher
from workbench.measurement import Quantity, ignore
from workbench.setting import Setting
from workbench.statistics import median_interval

TURNS = 20
BARE_TURNS = 40
BARE_UPDATES = 100
READY_BATCHES = 20
LOOP = "torchvision FashionMNIST, ToTensor, DataLoader: the loop of PyTorch's quickstart"


def over_dataloader(name: str, aim: int) -> list[Row]:
    """One epoch of each in turns; the ratio of their times, and both validation accuracies."""
    setting = Setting(model=name, epochs=1, learning_rate=0.05, augmentation="none")
    data = load(setting.dataset)
    total = batches_of(len(data.train_labels), setting.batch_size)
    with TemporaryDirectory() as folder:
        write_idx(Path(folder), data)
        ours, peer = untrained(setting, data), untrained(setting, data)
        loops = (_ours(ours, setting, data), quickstart(peer, setting, total, Path(folder)))
        times = _in_turn(loops, total // TURNS, TURNS)
        for loop in loops:  # the rest of the epoch, so that both have seen every image
            for _images in islice(loop, total % TURNS):
                pass
    found = _accuracies(ours, peer, data)
    return [
        _ratio(f"{name}_over_dataloader", times[1], times[0], peer=LOOP,
               goal=f"at least {aim} times faster", aim=aim, per=total // TURNS),
        *[
            Row(what=f"{name}_accuracy_{whose}", value=q.value, unit="fraction", low=q.low,
                high=q.high, goal="the same within noise" if whose == "dataloader" else "",
                met=_overlap(*found.values()) if whose == "dataloader" else None)
            for whose, q in found.items()
        ],
    ]  # fmt: skip


def share_of_bare_step() -> list[Row]:
    """Time of the bare step over ours, everything of ours but the validation included."""
    rows = []
    for name in ("mlp", "small_cnn"):
        setting = Setting(
            model=name, epochs=100, learning_rate=0.01, augmentation="none", schedule="constant"
        )
        data = load(setting.dataset)
        batches = list(
            islice(training_batches(setting, data, torch.Generator().manual_seed(0)), READY_BATCHES)
        )
        loops = (
            _ours(untrained(setting, data), setting, data),
            bare_steps(untrained(setting, data), setting, batches),
        )
        updates = BARE_UPDATES if name == "mlp" else BARE_UPDATES // 10
        times = _in_turn(loops, updates, BARE_TURNS)
        rows.append(
            _ratio(f"share_of_bare_step_{name}", times[1], times[0], peer="bare step",
                   goal="at least 0.95", aim=0.95, per=updates)
        )  # fmt: skip
    worst = min(rows, key=lambda row: row.value)
    return [Row(**{**vars(worst), "what": "share_of_bare_step"}), *rows]


def _ours(model: nn.Module, setting: Setting, data: Dataset) -> Iterator[int]:
    """What fit does at each update, moments told to nobody; without its validation."""
    watcher = Watcher(setting, model, data, ignore)
    course = Course(epochs=setting.epochs, rate=setting.learning_rate)
    for update in learning(model, setting, course, data, ignore):
        if update.done % course.batches(setting, data):
            watcher.see(update)
            assert not watcher.is_patience_over
        yield len(update.labels)


def _in_turn(
    loops: Sequence[Iterator[int]], updates: int, turns: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of `updates` updates of each loop, `turns` times in turn; one turn warms up."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns):
        for loop, found in zip(loops, times, strict=True):
            began = perf_counter()
            for _images in islice(loop, updates):
                pass
            if turn:
                found.append((perf_counter() - began) * 1000)
    return times


def _ratio(
    what: str, top: list[float], bottom: list[float], *, peer: str, goal: str, aim: float, per: int
) -> Row:
    pairs = [above / below for above, below in zip(top, bottom, strict=True)]
    value, low, high = median_interval(pairs)
    own = median_interval(top)[0] / per
    return Row(
        what=what, value=value, unit="ratio", low=low, high=high, peer=f"{peer} (ms an update)",
        peer_value=own, goal=goal, met=value >= aim,
    )  # fmt: skip


def _accuracies(ours: nn.Module, peer: nn.Module, data: Dataset) -> dict[str, Quantity]:
    """Both on validation images; the peer's see pixels as ToTensor gives them, 0 to 1."""
    plain = Dataset(**{**vars(data), "mean": (0.0,), "std": (1.0,)})
    return {
        "ours": validation_accuracy(ours, data, lambda: None),
        "dataloader": validation_accuracy(peer, plain, lambda: None),
    }


def _overlap(one: Quantity, other: Quantity) -> bool:
    """Whether the second is not sure to be better: its interval begins within the first's."""
    return (other.low or 0) <= (one.high or 1)
