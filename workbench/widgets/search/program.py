"""The search of the panel as a short program of its own: optuna's sampler, pruner and space."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from html import escape
from typing import Any

import ipywidgets

from workbench.search.values import Plan, Pruning, Strategy
from workbench.setting import Setting
from workbench.widgets.search.scene import Scene
from workbench.widgets.views import View

SAMPLERS: Mapping[Strategy, str] = {
    "random": "RandomSampler(seed={seed})",
    "tpe": "TPESampler(seed={seed})",
    "gp": "GPSampler(seed={seed})",
    "grid": "GridSampler(GRID, seed={seed})",
}
PRUNERS: Mapping[Pruning, str] = {
    "none": "NopPruner()",
    "median": "MedianPruner()",
    "hyperband": "HyperbandPruner(min_resource=1, max_resource={epochs})",
}
PROGRAM = """\
from dataclasses import replace

import optuna

from workbench.core.objectives import training
from workbench.setting import Setting

SETTING = Setting({setting})
SPACE = {{
{space}
}}
{grid}

def objective(trial):
    places = {{n: trial.suggest_int(n, 0, len(SPACE[n]) - 1) for n in SPACE}}
    chosen = {{n: SPACE[n][place] for n, place in places.items() if hasattr(SETTING, n)}}
    epochs = []

    def hear(progress):  # several times an epoch; an epoch's end has a new accuracy
        found = progress.quantities.get("validation_accuracy")
        if found is None or (epochs and found is epochs[-1]):
            return
        epochs.append(found)
        trial.report(found.value, len(epochs))
        if trial.should_prune():
            raise optuna.TrialPruned

    return training(replace(SETTING, **chosen), hear)["validation_accuracy"].value


study = optuna.create_study(
    direction="maximize",
    sampler=optuna.samplers.{sampler},
    pruner=optuna.pruners.{pruner},
)
study.optimize(objective, n_trials={trials}{timeout})
print(study.best_trial.number, study.best_value)
print({{n: SPACE[n][place] for n, place in study.best_params.items()}})
"""


def program(plan: Plan, points: Callable[[Plan], list[dict[str, Any]]]) -> str:
    """A program that searches as `plan` does, in one process; `points`: those of a grid."""
    grid, trials = "", plan.trials
    if plan.strategy == "grid":
        wanted = points(plan)
        grid, trials = _grid(plan, wanted), len(wanted)
    return PROGRAM.format(
        setting=_setting(plan),
        space=_entries({name: tuple(sorted(values)) for name, values in plan.axes.items()}),
        grid=grid,
        sampler=SAMPLERS[plan.strategy].format(seed=plan.seed),
        pruner=PRUNERS[plan.pruning].format(epochs=plan.setting.epochs),
        trials=trials,
        timeout="" if plan.seconds is None else f", timeout={plan.seconds}",
    )


def _entries(values: Mapping[str, Any]) -> str:
    return "\n".join(f'    "{name}": {value!r},' for name, value in values.items())


def _grid(plan: Plan, points: list[dict[str, Any]]) -> str:
    """The places of the grid's values along each axis."""
    places = {
        name: sorted({sorted(values).index(point[name]) for point in points})
        for name, values in plan.axes.items()
    }
    return f"GRID = {{\n{_entries(places)}\n}}\n"


def _setting(plan: Plan) -> str:
    """What the axes leave of the setting and differs from the defaults, a line each."""
    setting, plain = plan.setting, Setting()
    told = [
        f"    {field.name}={_literal(getattr(setting, field.name))},"
        for field in fields(Setting)
        if field.name not in plan.axes
        and getattr(setting, field.name) != getattr(plain, field.name)
    ]
    return "\n" + "\n".join(told) + "\n" if told else ""


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


class Program:
    """What stands around the program, `write`, with that of the present search in it."""

    def __init__(
        self, write: Callable[[str], str], points: Callable[[Plan], list[dict[str, Any]]]
    ) -> None:
        self._write, self._points = write, points
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-prose")
        self.view = View(key=lambda s: s.shown, draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        code = escape(program(scene.shown, self._points))
        self.widget.value = self._write(
            f'<pre class="wb-source" tabindex="0"><code>{code}</code></pre>'
        )
