"""optuna's own plots: real pictures, and nothing of pyplot's state left behind."""

from io import BytesIO
from typing import Any

import matplotlib
import optuna
import pytest
from matplotlib import pyplot
from PIL import Image

from workbench.figures.optuna_plots import PLOTS, plot_png


@pytest.fixture(scope="module")
def study() -> Any:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    made = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))

    def objective(trial: optuna.Trial) -> float:
        rate, size = trial.suggest_int("rate", 0, 6), trial.suggest_int("size", 0, 6)
        for epoch in (1, 2):
            trial.report(rate * epoch, epoch)
        return float(rate + size)

    made.optimize(objective, n_trials=8)
    return made


@pytest.mark.parametrize("name", [name for name, plot in PLOTS.items() if plot.goals == 1])
@pytest.mark.filterwarnings("error")
def test_a_plot_is_a_picture_with_something_on_it(name: str, study: Any) -> None:
    picture = Image.open(BytesIO(plot_png(name, study)))
    colours = picture.convert("RGB").getcolors(maxcolors=10**6) or []
    assert min(picture.size) > 200
    assert len(colours) > 10


def test_several_goals_have_a_front() -> None:
    made = optuna.create_study(directions=["maximize", "minimize"])
    for number in range(4):
        made.add_trial(optuna.trial.create_trial(values=[number, number]))
    assert Image.open(BytesIO(plot_png("pareto", made))).size[0] > 200


def test_pyplot_is_left_as_it_was(study: Any) -> None:
    matplotlib.use("svg")
    pyplot.figure()
    before = matplotlib.get_backend(), pyplot.get_fignums(), dict(matplotlib.rcParams)
    plot_png("history", study)
    after = matplotlib.get_backend(), pyplot.get_fignums(), dict(matplotlib.rcParams)
    pyplot.close("all")
    assert after == before


def test_an_unknown_plot_is_refused_with_the_known_ones(study: Any) -> None:
    with pytest.raises(ValueError, match="history, parallel"):
        plot_png("pie", study)


def test_a_study_without_trials_is_told_of() -> None:
    with pytest.raises(ValueError, match="none yet"):
        plot_png("history", optuna.create_study())
