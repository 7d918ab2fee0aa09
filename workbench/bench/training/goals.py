"""Seconds of training until so many validation images are right, over several seeds."""

from dataclasses import replace

from workbench.bench import Row
from workbench.core.accuracy import validation_accuracy
from workbench.core.data import load
from workbench.core.training import Course, learning, untrained
from workbench.measurement import ignore
from workbench.setting import Setting
from workbench.statistics import median_interval

SEEDS = 5
LOOK_EVERY = 10


def seconds_to_80() -> Row:
    """small_cnn on Fashion-MNIST."""
    setting = Setting(
        learning_rate=0.03, batch_size=64, epochs=1, augmentation="none", schedule="constant"
    )
    return _row("seconds_to_80", setting, 0.80, 3)


def digits_seconds_to_95() -> Row:
    """small_cnn on digits."""
    setting = Setting(
        dataset="digits", learning_rate=0.03, batch_size=32, epochs=10, augmentation="none",
        schedule="constant",
    )  # fmt: skip
    return _row("digits_seconds_to_95", setting, 0.95, 2)


def _row(what: str, setting: Setting, share: float, aim_s: int) -> Row:
    times = [_seconds_to(replace(setting, seed=seed), share) for seed in range(SEEDS)]
    value, low, high = median_interval(times)
    return Row(what=what, value=value, unit="s", low=low, high=high, goal=f"at most {aim_s} s",
               met=value <= aim_s)  # fmt: skip


def _seconds_to(setting: Setting, share: float) -> float:
    """Seconds of updates with their batches; the looks at validation images do not count."""
    data = load(setting.dataset)
    model = untrained(setting, data)
    course = Course(epochs=setting.epochs, rate=setting.learning_rate)
    seconds = 0.0
    for update in learning(model, setting, course, data, ignore):
        seconds += update.seconds
        is_look = update.done % LOOK_EVERY == 0
        if is_look and validation_accuracy(model, data, lambda: None).value >= share:
            return seconds
    return float("inf")
