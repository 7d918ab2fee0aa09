"""What stands beside the panel of lesson 2: presets, the bet on batches, and what they claim."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.test_learning_panel import Bench, bench, is_over, training  # noqa: F401
from workbench.checks.learning import ALIKE, LARGE, SMALL, smaller_batches
from workbench.core.studies import batches
from workbench.core.training import watch
from workbench.lessons.learning import OVERFITTING
from workbench.lessons.learning_studies import OF_BAND, OF_COSTS, OF_GRADIENTS, costs, used_text
from workbench.locale import message, use_language
from workbench.measurement import Grid, Moment, Quantity, Training, ignore
from workbench.setting import PLAIN_TRAINING, Setting
from workbench.widgets.heatmap import plain
from workbench.widgets.learning.bet import Bet
from workbench.widgets.learning.by_heart import by_heart
from workbench.widgets.learning.preset import PLACE, Preset
from workbench.widgets.learning.scene import learned_nothing
from workbench.widgets.map import Map
from workbench.wording import network_text

SEEDS = (0, 1, 2)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


# What the lesson says of its trainings, trained


@pytest.mark.parametrize("seed", SEEDS)
def test_on_few_images_the_loss_turns_while_no_fewer_answers_are_right(
    cache: Path, seed: int
) -> None:
    found = watch(replace(OVERFITTING, seed=seed), ignore)
    best, last = found.best, found.validated[-1]
    assert best is not None
    assert 3 <= best.epochs <= 20
    losses = [moment.quantities["validation_loss"].value for moment in (best, last)]
    assert losses[1] > 1.1 * losses[0]
    shares = [moment.quantities["validation_accuracy"].value for moment in (best, last)]
    assert shares[1] >= shares[0]
    told = by_heart(found)
    assert "with more confidence" in told
    assert told.count("(95 %)]") == 4
    assert told.count("wb-tag") == 2


@pytest.mark.parametrize("seed", SEEDS)
def test_there_a_patience_of_3_keeps_the_best_epoch(cache: Path, seed: int) -> None:
    whole = watch(replace(OVERFITTING, seed=seed), ignore)
    early = watch(replace(OVERFITTING, seed=seed, patience=3), ignore)
    assert early.outcome == "stopped_early"
    assert early.best is not None
    assert whole.best is not None
    assert early.best.epochs == whole.best.epochs


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rate_of_1_settles_under_cosine_and_not_where_it_is_constant(
    cache: Path, seed: int
) -> None:
    constant = watch(replace(PLAIN_TRAINING, learning_rate=1.0, seed=seed), ignore)
    falling = watch(
        replace(PLAIN_TRAINING, learning_rate=1.0, seed=seed, schedule="cosine"), ignore
    )
    assert falling.outcome == "finished"
    assert changes(falling)[-1] < 0.05
    assert constant.outcome == "diverged" or jumps(constant) > 2 * jumps(falling)


def jumps(found: Training) -> float:
    """The largest change of the validation loss between the last epochs."""
    return max(changes(found))


def changes(found: Training) -> list[float]:
    """Of the validation loss, from each of the last epochs to the next."""
    losses = [m.quantities["validation_loss"].value for m in found.validated[-4:]]
    return [abs(a - b) for a, b in pairwise(losses)]


# The outcome of who learned nothing


def share(value: float, low: float, high: float) -> Quantity:
    return Quantity(
        value=value, unit="fraction", provenance="measured", how=message("guessed"), low=low,
        high=high, n=100,
    )  # fmt: skip


def ended(low: float, high: float, outcome: str = "finished") -> Training:
    guess = Quantity(value=0.1, unit="fraction", provenance="computed", how=message("1 of 10"))
    found = {"validation_accuracy": share((low + high) / 2, low, high), "guessing": guess}
    moments = (Moment(updates=4, epochs=1.0, quantities=found),)
    return Training(setting=PLAIN_TRAINING, moments=moments, outcome=outcome)  # type: ignore[arg-type]


def test_nothing_was_learned_where_the_interval_reaches_down_to_a_guess() -> None:
    assert learned_nothing(ended(0.06, 0.15))
    assert not learned_nothing(ended(0.11, 0.2))
    assert not learned_nothing(ended(0.06, 0.15, "running"))
    assert not learned_nothing(training(PLAIN_TRAINING, 4, "finished"))  # no guess is known


def test_a_training_that_cannot_learn_is_told_so(cache: Path) -> None:
    stuck = replace(PLAIN_TRAINING, learning_rate=1e-9, epochs=1)
    assert learned_nothing(watch(stuck, ignore))
    assert not learned_nothing(watch(replace(PLAIN_TRAINING, epochs=3), ignore))


# Presets


def test_a_preset_tells_below_its_button_what_the_panel_does_with_it(
    bench: Bench,  # noqa: F811
) -> None:
    wanted = replace(PLAIN_TRAINING, epochs=2, momentum=0.9)
    label = message("Learn from 100 images")
    preset = Preset(bench.panel, wanted, label, label, free=("patience",), more=lambda t: "Seen.")
    row, line = preset.widget.children
    assert line.value == ""
    row.children[0].click()
    bench.until(is_over)
    assert "finished after epoch 2 (update 8). Seen." in line.value
    assert f'href="#{PLACE}"' in line.value
    bench.panel.controls.show(replace(wanted, patience=3))
    bench.until(lambda s: is_over(s) and s.setting.patience == 3)
    assert "finished after epoch 2" in line.value
    bench.panel.controls.show(replace(wanted, batch_size=8))
    bench.until(lambda s: is_over(s) and s.setting.batch_size == 8)
    assert line.value == ""


# The bet on batches


def seconds(low: float, high: float) -> Quantity:
    return Quantity(
        value=(low + high) / 2, unit="s", provenance="measured", how=message("timed"), low=low,
        high=high, n=15, interval="percentiles",
    )  # fmt: skip


def timed(small: tuple[float, float], large: tuple[float, float]) -> Grid:
    cells = {("epoch_seconds", "8"): seconds(*small), ("epoch_seconds", "512"): seconds(*large)}
    return Grid(rows=("epoch_seconds", "validation_accuracy"), columns=("8", "512"), cells=cells)


@pytest.mark.parametrize(
    ("grid", "right"),
    [
        (timed((1, 2), (3, 4)), SMALL),
        (timed((3, 4), (1, 2)), LARGE),
        (timed((1, 3), (2, 4)), ALIKE),
    ],
)
def test_the_epoch_that_is_over_sooner_wins_only_where_the_times_do_not_overlap(
    grid: Grid, right: int
) -> None:
    found = smaller_batches(grid)
    assert found is not None
    assert found.right == right


def test_before_both_ends_are_timed_there_is_no_verdict() -> None:
    assert smaller_batches(Grid(rows=(), columns=(), cells={})) is None
    assert smaller_batches(Grid(rows=("epoch_seconds",), columns=("8", "512"), cells={})) is None


def bet_of(judge: Callable[[Grid], object] = smaller_batches) -> Bet:
    answers = (message("small batches"), message("large batches"), message("either alike"))
    return Bet(message("Who?"), answers, Map(message("a"), message("b"), plain), judge)  # type: ignore[arg-type]


def test_a_bet_is_judged_by_the_measured_grid_and_may_be_changed() -> None:
    bet = bet_of()
    bet.choice.value = SMALL
    assert bet.verdict.value == ""
    bet.draw(timed((3, 4), (1, 2)))
    assert "✗ Your bet was wrong." in bet.verdict.value
    assert "sooner with batches of 512 than of 8" in bet.verdict.value
    bet.choice.value = LARGE
    assert "✓ Your bet was right." in bet.verdict.value
    use_language("tr")
    use_language("en")
    assert bet.choice.value == LARGE
    assert "✓ Your bet was right." in bet.verdict.value


def test_without_a_bet_the_measurements_are_told_all_the_same() -> None:
    bet = bet_of()
    bet.draw(timed((3, 4), (1, 2)))
    assert "bet" not in bet.verdict.value
    assert "sooner" in bet.verdict.value


def test_the_accuracy_after_equal_epochs_stands_beside_the_times(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROUNDS", batches.FEWEST)
    grid = batches.batch_costs(PLAIN_TRAINING, ignore)
    setting = replace(PLAIN_TRAINING, batch_size=64, epochs=batches.EPOCHS)
    reached = watch(setting, ignore).validated[-1].quantities["validation_accuracy"]
    assert grid.cells["validation_accuracy", "64"].value == reached.value
    found = smaller_batches(grid)
    assert found is not None
    assert "After equally many epochs" in str(found.told[-1])
    assert str(found.told[-1]).count("(95 %)]") == 2
    assert [quantity.provenance for quantity in found.shown] == ["measured"]


def test_a_batch_size_that_diverges_has_no_accuracy(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROUNDS", batches.FEWEST)
    grid = batches.batch_costs(
        replace(PLAIN_TRAINING, learning_rate=1000.0, train_images=100), ignore
    )
    assert not any(row == "validation_accuracy" for row, _size in grid.cells)
    assert all(grid.cells["diverged_epoch", size].value >= 1 for size in grid.columns)
    assert grid.rows[-1] == "diverged_epoch"
    found = smaller_batches(grid)
    assert found is not None
    assert len(found.told) == 1


def test_a_study_tells_no_setting_that_it_did_not_use() -> None:
    setting = replace(PLAIN_TRAINING, momentum=0.9, batch_size=64, epochs=7, patience=3)
    for names in (OF_BAND, OF_COSTS):
        told = used_text(names, setting)
        assert "learning rate 0.1" in told
        assert "momentum 0.9" in told
        assert not any(name in told for name in ("batch size", "epochs", "patience"))
    assert used_text(OF_GRADIENTS, setting) == network_text(setting)


def test_the_study_of_batches_takes_the_setting_of_the_panel(bench: Bench) -> None:  # noqa: F811
    study, shown = costs(bench.panel)
    assert study.widget in shown.children
    assert isinstance(bench.scene.setting, Setting)
