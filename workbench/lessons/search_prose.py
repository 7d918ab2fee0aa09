"""The sentences of lesson 4, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _

CREATE = (
    "workbench search --no-work --storage {url} --study lesson --dataset digits --epochs 3"
    " --trials 200"
)
WORKER = "workbench worker --storage {url}"
STATUS = "workbench status --storage {url} --study lesson"
URL = "postgresql://host/class"


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    return frame.lead(
        _("Search: grid, random, Bayesian"),
        _(
            "A learning rate and a batch size are to be found, and there is time for sixteen"
            " trainings. Try them on a grid, at random, or let a method choose that learns from"
            " what it saw? Every trial of the panel is a whole training of a real network, on this"
            " machine."
        ),
        [
            _("run a search, and say at each moment what it knows and what it tries next"),
            _("compare strategies over many seeds, and tell a difference from chance"),
            _("say what an axis without effect does to a grid, and why"),
            _("report the winner's accuracy without the optimism of having been chosen"),
        ],
        _(
            "25 trials of a learning rate and a batch size, from many seeds: by how many points is"
            " the best strategy ahead of the worst? And once more with a third axis that changes"
            " nothing?"
        ),
    )


def loop() -> str:
    """The four stations."""
    return _(
        "All tuning is one loop: choose ranges, let the strategy pick a point, train and ask the"
        " validation images, repeat. The station that is lit is where the search above is now."
    )


def response() -> str:
    """What a map shows."""
    return _(
        "Every trial lies where its two values are; its number, from 0 on, says when it was tried."
        " A grid covers the map evenly, random jumps. Once its first random trials are over, TPE"
        " often comes back to where it was good, but not always: it also tries values that nobody"
        " has tried yet, and they may be bad. The stair above never falls, whatever the strategy"
        " does: here is what it hides."
    )


def parallel() -> str:
    """Brushing."""
    return _(
        "Every axis is an upright line, every trial a line through its values. Narrow the range of"
        " the validation accuracy to the best trials, and see which values they share."
    )


def importance() -> str:
    """What importance means, and how little a few trials tell."""
    return _(
        "The good trials are compared with all of them (PED-ANOVA): an axis matters if the good"
        " ones gather on it. In few trials they also gather by chance: add the useless axis under"
        " “More controls” and see how much it gets, with 16 trials and with 49."
    )


def curves() -> str:
    """Ending trials early."""
    return _(
        "After every epoch a trial tells its validation accuracy. A pruner ends those that are"
        " behind: choose one under “More controls”. That spares epochs, and it can end a slow"
        " starter that would have won."
    )


def surrogate() -> str:
    """TPE in one paragraph."""
    return _(
        "TPE (tree-structured Parzen estimator) divides the trials into the good ones and the"
        " others, and estimates along each axis where each kind is frequent. It tries next where"
        " good is frequent and bad is rare, without any model of the accuracy itself. Its first ten"
        " trials are random: there is nothing to learn from yet. (optuna looks at all axes"
        " together; here they are shown one by one.)"
    )


def race() -> str:
    """Why one search proves nothing."""
    return _(
        "One search proves nothing: with another seed another strategy wins. So each of them"
        " searches with many seeds. With recorded trainings nothing is trained: every trial is"
        " looked up, and what takes the time is the searching itself; live ones are trained here"
        " and now. Then add the useless axis, move the grid, and race again."
    )


def optimism() -> str:
    """Why test images are kept out."""
    return _(
        "The winner was chosen because its validation accuracy was the highest, in part by luck."
        " Only images that took no part in the choice say how good it is. Yet not all that it loses"
        " there was luck: one set of images may be harder than another, and then the trials that"
        " nobody chose lose as well."
    )


def luck() -> str:
    """How luck is told from merit."""
    return "<p>{}</p>".format(
        _(
            "How much of a lead is luck, one winner does not tell. So choose many times, among"
            " trainings that differ in their seed alone, and compare how far the winners are ahead:"
            " on the validation images that chose them, and on test images."
        )
    )


def goals() -> str:
    """Several goals."""
    return _(
        "Accuracy, size and time at once have no single winner: a search for all three finds a"
        " front. Here the axes are the sparsity and the bits of the weights of the trained network."
    )


def drawings() -> str:
    """Why the figures above are ours, and these not."""
    return _(
        "The library that searches here, optuna, draws its own pictures of the same study. You will"
        " meet them elsewhere."
    )


def machines() -> str:
    """Four words."""
    return _(
        "Four words suffice. A <b>study</b> is one search; a <b>trial</b> is one training of it;"
        " the <b>storage URL</b> says where the study lies, a file (sqlite) on one machine or a"
        " PostgreSQL server for many; a <b>worker</b> takes trials from it until none is left."
        " Workers may come, go and be killed: what was lost is tried again, and nothing counts"
        " twice."
    )


def commands() -> str:
    """Three commands."""
    steps = (
        (_("Create the study, on any machine:"), CREATE),
        (_("Work on it, on as many machines as you like, with the same command:"), WORKER),
        (_("See how it stands, or watch it in the panel above (under “More controls”):"), STATUS),
    )
    listed = "".join(
        f'<li>{told}<pre class="wb-source" tabindex="0"><code>{command.format(url=URL)}</code>'
        "</pre></li>"
        for told, command in steps
    )
    return f"<ol>{listed}</ol>"


def exercise() -> str:
    """How it is judged."""
    return _(
        "There is no single right answer: whatever is measured to meet the conditions solves it."
    )
