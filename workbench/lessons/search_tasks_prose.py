"""The exercise and the tasks of lesson 4, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def task() -> str:
    """What to reach."""
    return _(
        "The training is that of the race: digits, mlp, 2 epochs. Twelve trials a search, no more."
        " Choose the ranges and the strategy so that at least 4 of 5 searches, each with a seed"
        " that you do not know, reach 88 % on validation images; and leave at least 12 points, so"
        " that there is something to search."
    )


def hints() -> list[str]:
    """A hint for each condition."""
    return [
        _(
            "Widen a range by a value on a side where the map above is blue, of a search for the"
            " same training: choose digits, mlp and 2 epochs under “More controls”."
        ),
        _(
            "Leave out what never was good: choose digits, mlp and 2 epochs under “More controls”,"
            " and look at the map and the parallel coordinates above. A narrower space is searched"
            " more densely by the same twelve trials."
        ),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code of a search, and what the lesson leaves out."""
    return frame.ending(
        _tasks(),
        frame.source("search/strategies.py", "sampler_of"),
        _(
            "Searching for the network's shape itself (architecture search), methods that change"
            " hyperparameters during a training (population-based training), and knowledge from"
            " earlier searches. All axes here have a few values; between them nothing is tried."
        ),
    )


def _tasks() -> list[tuple[str, str]]:
    return [*_races(), *_choices()]


def _races() -> list[tuple[str, str]]:
    return [
        (
            _("Search with a grid, pin it as A, then with TPE. Which of the two is better?"),
            _(
                "Two searches do not tell. Move the seed of the search under “More controls”: the"
                " read-outs change, and the order may turn around. The race compares the"
                " strategies over many seeds."
            ),
        ),
        (
            _(
                "Race grid, random and TPE on recorded trainings, without and with the useless"
                " axis. Read the verdicts, and the mean of all trials."
            ),
            _(
                "With two axes grid and random cannot be told apart. With the useless axis random"
                " and TPE are ahead of the grid: it spreads the same trials over three axes, so"
                " that each useful one gets fewer values, and with some seeds none of them is good,"
                " as the lower end of its band shows. Random and TPE draw every useful axis anew in"
                " every trial. What TPE gains is most of all in the mean of all trials: it wastes"
                " fewer of them. With 6 seeds none of the verdicts is sure."
            ),
        ),
        (
            _("Choose a grid offset instead of “by seed”, and race with one after the other."),
            _(
                "The grid alone moves: it is lucky or unlucky with the values that it happens to"
                " have. A grid's result is a statement about its values as much as about the"
                " strategy."
            ),
        ),
    ]


def _choices() -> list[tuple[str, str]]:
    return [
        (
            _("Choose a pruner and search again. Did the winner change, and what was saved?"),
            _(
                "The caption of the intermediate values counts the epochs spared. The time need not"
                " fall as much: a pruned trial teaches the strategy other things, so that it tries"
                " other values. Where the winner changed, look whether it had been a slow starter."
            ),
        ),
        (
            _("Choose among equals. How much of the winners' lead is left on test images?"),
            _(
                "These trainings differ in nothing but their seed, so there is little to choose,"
                " and the best of them is still ahead on the images that chose it. Report a winner"
                " by images that took no part in the choice."
            ),
        ),
    ]
