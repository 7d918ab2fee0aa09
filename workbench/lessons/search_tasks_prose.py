"""The exercise and the tasks of lesson 4, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def task() -> str:
    """What to reach."""
    return _(
        "Twelve trials a search, no more. Choose the ranges and the strategy so that at least 4 of"
        " 5 searches, each with a seed that you do not know, reach 88 % on validation images; and"
        " leave at least 12 points, so that there is something to search."
    )


def hints() -> list[str]:
    """A hint for each condition."""
    return [
        _("Widen a range by a value on a side where the map above is blue."),
        _(
            "Leave out what never was good: look at the map and the parallel coordinates above."
            " A narrower space is searched more densely by the same twelve trials."
        ),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code of the engine, and what the lesson leaves out."""
    return frame.ending(
        _tasks(),
        frame.source("search/reconcile.py", "reconcile"),
        _(
            "Searching for the network's shape itself (architecture search), methods that change"
            " hyperparameters during a training (population-based training), and knowledge from"
            " earlier searches. All axes here have a few values; between them nothing is tried."
        ),
    )


def _tasks() -> list[tuple[str, str]]:
    return [
        (
            _("Search with a grid, pin it as A, then with TPE. Which read-out differs most?"),
            _(
                "Often the mean over all trials: TPE wastes fewer of them. The best trial differs"
                " little, and with another seed the order may turn around."
            ),
        ),
        (
            _("Race grid, random and TPE without and with the useless axis. Read the verdicts."),
            _(
                "With two axes the verdicts are mostly “cannot tell”. With the useless axis the"
                " grid spreads the same trials over three axes, two to four values of each: with"
                " some seeds it never meets a good one, as the lower end of its band shows. Random"
                " and TPE try another value of every useful axis in every trial. With few seeds"
                " even this difference is not sure."
            ),
        ),
        (
            _("Move the grid offset and race again. What moved?"),
            _(
                "The grid alone: it was lucky or unlucky with the values that it happens to have."
                " A grid's result is a statement about its values as much as about the strategy."
            ),
        ),
        (
            _("Choose a pruner and search again. Did the winner change, and what was saved?"),
            _(
                "The training time falls; the caption of the intermediate values counts the epochs"
                " spared. Where the winner changed, look whether it had been a slow starter."
            ),
        ),
    ]
