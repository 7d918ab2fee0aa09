"""Training in 16 bits: the same as a loop by hand, and what a scaler does about overflow."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from workbench.core.data import Dataset, load
from workbench.core.precision.memory import PRECISIONS, bytes_of, precision_costs
from workbench.core.precision.scaler import UPDATES, Wanted, trace
from workbench.core.training import Course, fit, learned, learning, training_batches, untrained
from workbench.core.training.batches import room_for
from workbench.core.training.learning import Update
from workbench.core.training.optimizers import optimizer_of
from workbench.core.training.precisions import Scaler
from workbench.measurement import Progress, Superseded, ignore
from workbench.measurement.scaling import PARTS
from workbench.setting import PLAIN_TRAINING, Setting
from workbench.widgets.precision.memory import Costs

QUICK = replace(PLAIN_TRAINING, epochs=1, train_images=320)
DTYPES = {"mixed_float16": torch.float16, "mixed_bfloat16": torch.bfloat16}
LARGEST = 2**24
pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture(scope="module")
def digits(cache: Path) -> Dataset:
    found = load("digits")
    return replace(
        found, train_images=found.train_images[:320], train_labels=found.train_labels[:320]
    )


def changed(**values: Any) -> Setting:
    return Setting.from_dict({**QUICK.as_dict(), **values})


def updates_of(setting: Setting, data: Dataset, epochs: int = 1) -> tuple[nn.Module, list[Update]]:
    model = untrained(setting, data)
    course = Course(epochs=epochs, rate=setting.learning_rate)
    return model, list(learning(model, setting, course, data, ignore))


def by_hand(setting: Setting, data: Dataset) -> list[float]:
    """The losses of the loop that PyTorch's guide to mixed precision shows."""
    model = untrained(setting, data).train()
    optimizer = torch.optim.SGD(model.parameters(), setting.learning_rate)
    dtype = DTYPES.get(setting.precision)
    is_scaled = setting.precision == "mixed_float16" and setting.loss_scale != 1
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16, enabled=is_scaled)
    losses = []
    generator = torch.Generator().manual_seed(setting.seed)
    for pictures, labels in training_batches(setting, data, generator, room_for(setting, data)):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype or torch.bfloat16, enabled=dtype is not None):
            loss = functional.cross_entropy(model(pictures), labels)
        losses.append(loss.item())
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
    return losses


@pytest.mark.parametrize("model", ["mlp", "small_cnn"])
@pytest.mark.parametrize(
    ("precision", "loss_scale"),
    [("float32", 0), ("mixed_bfloat16", 0), ("mixed_float16", 0), ("mixed_float16", 1)],
)
def test_every_precision_learns_as_the_loop_by_hand(
    digits: Dataset, model: str, precision: str, loss_scale: int
) -> None:
    setting = changed(model=model, precision=precision, loss_scale=loss_scale)
    _model, updates = updates_of(setting, digits)
    assert [update.loss for update in updates] == pytest.approx(by_hand(setting, digits), rel=1e-3)


def test_a_loss_scale_changes_nothing_in_other_precisions(digits: Dataset) -> None:
    for precision in ("float32", "mixed_bfloat16", "float16"):
        losses = [
            [u.loss for u in updates_of(changed(precision=precision, loss_scale=s), digits)[1]]
            for s in (0, 1, LARGEST)
        ]
        assert losses[0] == losses[1] == losses[2]


def test_mixed_precision_keeps_its_weights_in_float32_and_float16_does_not(
    digits: Dataset,
) -> None:
    for precision, dtype in (
        ("mixed_float16", torch.float32), ("mixed_bfloat16", torch.float32),
        ("float16", torch.float16),
    ):  # fmt: skip
        model = fit(changed(precision=precision), digits, ignore)
        assert {weight.dtype for weight in model.parameters()} == {dtype}


def test_a_power_of_two_that_neither_loses_nor_overflows_changes_no_update(
    digits: Dataset,
) -> None:
    """Scaling by it is exact, up and down."""
    plain, scaled = (
        updates_of(changed(precision="mixed_float16", loss_scale=scale), digits)[1]
        for scale in (2**4, 2**6)
    )
    assert not any(update.is_skipped for update in (*plain, *scaled))
    assert [u.loss for u in plain] == pytest.approx([u.loss for u in scaled], rel=2e-2)


def test_an_update_that_overflows_is_skipped_and_leaves_the_weights_as_they_were(
    digits: Dataset,
) -> None:
    setting = changed(precision="mixed_float16", loss_scale=LARGEST)
    model, updates = updates_of(setting, digits)
    assert all(update.is_skipped and update.scale == LARGEST for update in updates)
    before = untrained(setting, digits)
    assert all(
        torch.equal(a, b) for a, b in zip(model.parameters(), before.parameters(), strict=True)
    )


def test_without_a_scaler_an_overflow_reaches_the_weights(digits: Dataset) -> None:
    setting = changed(precision="mixed_float16")
    model = untrained(setting, digits).train()
    optimizer = optimizer_of(model, setting)
    pictures, labels = next(training_batches(setting, digits, torch.Generator().manual_seed(0)))
    with torch.autocast("cpu", torch.float16):
        loss = functional.cross_entropy(model(pictures), labels)
    (loss * LARGEST).backward()
    optimizer.step()
    assert not all(bool(weight.isfinite().all()) for weight in model.parameters())


def test_float32_and_bfloat16_skip_no_update(digits: Dataset) -> None:
    for precision in ("float32", "mixed_bfloat16"):
        _model, updates = updates_of(changed(precision=precision), digits)
        assert not any(update.is_skipped for update in updates)
        assert {update.scale for update in updates} == {1.0}


def test_a_loss_that_is_no_number_diverges_in_float16_too(digits: Dataset) -> None:
    found = learned(changed(precision="float16", learning_rate=1e4), digits, ignore)
    assert found.training.outcome == "diverged"
    assert "overflowed in float16" in str(found.trouble)


def test_a_scaler_is_made_only_where_it_has_an_effect(digits: Dataset) -> None:
    optimizer = optimizer_of(untrained(QUICK, digits), QUICK)
    has_one = {
        (precision, scale): Scaler.of(changed(precision=precision, loss_scale=scale), optimizer)
        for precision in PRECISIONS for scale in (0, 1, 1024)
    }  # fmt: skip
    assert {key for key, scaler in has_one.items() if scaler} == {
        ("mixed_float16", 0), ("mixed_float16", 1024),
    }  # fmt: skip


# A scaler at work


def test_the_scale_is_halved_after_an_overflow_and_doubled_after_so_many_without() -> None:
    found = trace(Wanted(setting=QUICK, power=LARGEST.bit_length() - 1, growth_interval=5),
                  lambda _trace: None)  # fmt: skip
    assert len(found.updates) == UPDATES
    assert found.updates[0].is_skipped
    since = 0
    for before, after in zip(found.updates, found.updates[1:], strict=False):
        since = 0 if before.is_skipped else since + 1
        if before.is_skipped:
            assert after.power == before.power - 1
        elif since == 5:
            assert after.power == before.power + 1
            since = 0
        else:
            assert after.power == before.power
    told = {name: quantity.value for name, quantity in found.quantities.items()}
    assert told["made_updates"] + told["skipped_updates"] == UPDATES
    assert told["growths"] > 0


def test_a_trace_ends_when_nobody_wants_it() -> None:
    def refuse(_trace: object) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        trace(Wanted(setting=QUICK, power=16, growth_interval=5), refuse)


# What it costs


def test_float16_halves_every_part_and_mixed_precision_only_what_waits(digits: Dataset) -> None:
    found = {}
    for precision in PRECISIONS:
        setting = changed(precision=precision, model="small_cnn", momentum=0.9, batch_size=128)
        model = untrained(setting, digits)
        batch = next(training_batches(setting, digits, torch.Generator().manual_seed(0)))
        parts = bytes_of(setting, model, batch)
        found[precision] = {name: quantity.value for name, quantity in parts.items()}
    plain = found["float32"]
    assert plain["weight_bytes"] == 4 * sum(
        weight.numel() for weight in untrained(changed(model="small_cnn"), digits).parameters()
    )
    for part, value in plain.items():
        assert found["float16"][part] == pytest.approx(value / 2, rel=0.01)
    for precision in ("mixed_float16", "mixed_bfloat16"):
        mixed = found[precision]
        assert all(mixed[part] == plain[part] for part in plain if part != "kept_bytes")
        assert plain["kept_bytes"] / 2 < mixed["kept_bytes"] < plain["kept_bytes"]


def test_the_costs_have_every_part_of_every_precision_and_can_be_stopped() -> None:
    heard: list[Progress] = []

    def report(progress: Progress) -> None:
        heard.append(progress)
        if progress.grid is not None and progress.grid.cells:
            raise Superseded

    with pytest.raises(Superseded):
        precision_costs(changed(model="mlp"), report)
    grid = heard[-1].grid
    assert grid is not None
    rows = {*PRECISIONS, *(f"{precision}/{part}" for precision in PRECISIONS for part in PARTS)}
    assert {row for row, _column in grid.cells} == rows == set(grid.rows)
    ratio = grid.cells["float32/over_float32", grid.columns[0]]
    assert ratio.value == 1
    costs = Costs()
    costs.draw(grid)
    shown = "".join(each.value for each in costs.widget.children if hasattr(each, "value"))
    assert "mixed_" not in shown, "precisions have names, not keys"
    assert "float16, mixed: ×" in shown
