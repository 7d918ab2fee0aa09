"""The program of a search: optuna's sampler, pruner and space around a training of its own."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from workbench.as_code.bundle import bundled
from workbench.as_code.networks import network
from workbench.as_code.training import IMPORTS, learn
from workbench.setting import Setting

ABOUT = """\
A search for a good training, by optuna.

    python program.py DATA

DATA is the folder of the images as arrays. It needs numpy, torch and optuna.
"""
MORE = """\
import optuna
import torch
"""
ARGUMENTS = ("learning_rate", "batch_size")
"""The axes that the function of the training takes as arguments."""
MAIN = """\
SPACE = {{
{space}
}}
{grid}

def main(folder: str) -> optuna.Study:
    torch.set_num_threads(1)  # with more threads sums are made in another order
    data = Data(folder)

    def objective(trial: optuna.Trial) -> float:
        places = {{name: trial.suggest_int(name, 0, len(SPACE[name]) - 1) for name in SPACE}}
        chosen = {{name: SPACE[name][place] for name, place in places.items()}}

        def hear(epoch: int, accuracy: float) -> None:
            trial.report(accuracy, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

        torch.manual_seed({seed})
        {network}
        model.to(memory_format=torch.channels_last)
        rate, batch_size = {rate}, {batch_size}
        return learn(model, data, {epochs}, rate, batch_size, hear)

    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.{sampler},
        pruner=optuna.pruners.{pruner},
    )
    study.optimize(objective, n_trials={trials}{timeout})
    print(f"trial {{study.best_trial.number}}: {{study.best_value:.4f}} of validation images right")
    print({{name: SPACE[name][place] for name, place in study.best_params.items()}})
    return study
"""


class Search(NamedTuple):
    """A search in words of optuna; `grid`: the values of each axis that a grid tries, if it is one.

    `idle`: axes that change nothing of a training.
    """

    setting: Setting
    axes: Mapping[str, tuple[Any, ...]]
    sampler: str
    pruner: str
    trials: int
    seconds: float | None
    grid: Mapping[str, tuple[Any, ...]]
    idle: frozenset[str]


def searching(search: Search) -> str:
    """The program that searches so, in one process."""
    setting = search.setting
    space = {name: tuple(sorted(values)) for name, values in search.axes.items()}
    places = {n: [space[n].index(value) for value in values] for n, values in search.grid.items()}
    taken = {
        name: f'chosen["{name}"]' if name in space else repr(getattr(setting, name))
        for name in ARGUMENTS
    }
    main = MAIN.format(
        space=_entries(space),
        grid=f"GRID = {{\n{_entries(places)}\n}}\n" if places else "",
        seed=setting.seed,
        network="\n        ".join(network(setting)),
        rate=taken["learning_rate"],
        batch_size=taken["batch_size"],
        epochs=setting.epochs,
        sampler=search.sampler,
        pruner=search.pruner,
        trials=search.trials,
        timeout="" if search.seconds is None else f", timeout={search.seconds}",
    )
    return bundled(ABOUT, IMPORTS + MORE, f"{main}\n\n{learn(setting, 'search')}")


def is_told(search: Search) -> bool:
    """Whether all axes are arguments of the training, or idle."""
    return search.axes.keys() <= {*ARGUMENTS, *search.idle}


def _entries(values: Mapping[str, Any]) -> str:
    return "\n".join(f'    "{name}": {value!r},' for name, value in values.items())
