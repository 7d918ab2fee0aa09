"""The sentences of lesson 9, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _, decimal
from workbench.measurement.choosing import PICOJOULES


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    return frame.lead(
        _("Choosing under a budget"),
        _(
            "A farmer's sensor, a phone, a scanner at a bedside, a car: all want the same network,"
            " each with other limits. You build recipes of blocks, this machine measures them, and"
            " every budget says yes or no, and by how much."
        ),
        [
            _("read a plane of costs and gains, and find the front on it"),
            _("name the budget that binds, and say what it would take to meet one that cannot be"),
            _("choose a recipe, and the order of its blocks, for a purpose, with measured reasons"),
        ],
        _(
            "half of the weights to 0, and 4 bits for what is left: which of the two first? And is"
            " there a version that serves both the sensor and the bedside scan?"
        ),
    )


def plane() -> str:
    """What the plane shows."""
    return _(
        "Every version that you or a study measured is a dot. A budget is a line; what keeps all"
        " budgets of the two axes lies in the shaded corner. Choose whom you work for, or move the"
        " budgets yourself: those of file, time and energy are shares of your own baseline."
    )


def orders() -> str:
    """A recipe is a list, not a set."""
    return _(
        "Put two to four blocks onto the panel, such as weights to 0, a fine-tuning and a rounding,"
        " and measure every order of them. Each step sees only what the step before it left. The"
        " verdict compares the answers image by image with those of your own order. Without blocks"
        " of yours, half of the weights to 0 and 4 bits are put into both orders."
    )


def tree() -> str:
    """Where a version comes from."""
    return _(
        "A version is what its recipe made of the trained network, step by step. Two versions that"
        " begin alike share a branch."
    )


def effects() -> str:
    """The usual advice, and the arrows of this machine."""
    return _(
        "The usual advice: pruning for phones and sensors, quantization for mobile and embedded"
        " devices, mixed precision for GPUs, a search for hyperparameters where accuracy decides."
        " Here is what the steps of your own versions did. Measure the grid above, and arrows"
        " appear; mixed precision is lesson 8, the search for a good training lesson 4."
    )


def search() -> str:
    """A search towards two goals."""
    return _(
        "optuna's TPE looks for accurate and small versions at once: how many weights or channels"
        " go, how many bits stay, whether to fine-tune. It searches by validation images alone;"
        " which of its versions to take is then judged as for yours, by test images. You have the"
        " same blocks: whose front is better, and with how many measurements?"
    )


def energy() -> str:
    """An estimate, and how it is made."""
    words = _(
        "No meter is attached here, so that energy is an estimate: every multiply-add of float32"
        " {float32} pJ, of int8 {int8} pJ, and every byte of weights that is fetched from memory"
        " outside of the chip {byte} pJ, once an image (Horowitz, ISSCC 2014, for chips of 45 nm)."
        " Your device differs; what the estimate can show is that to fetch a byte costs more than"
        " to compute with it. Imitated bits are estimated as what runs: float32."
    ).format(
        float32=decimal(PICOJOULES["float32"], 1),
        int8=decimal(PICOJOULES["int8"], 1),
        byte=decimal(PICOJOULES["byte"]),
    )
    return f"<h2>{_('Energy, estimated')}</h2><p>{words}</p>"


def exercise() -> str:
    """How it is judged."""
    return _(
        "The versions that are to serve are measured anew before they are judged. For one of the"
        " three, “cannot be met” may be the right answer: before that is believed, three recipes of"
        " the judge are measured beside yours."
    )


def task() -> str:
    """What to reach."""
    return _(
        "Find a version for the field sensor, the bedside scan and the car, with at most twelve"
        " measured recipes of your own; or name the budget that nothing can keep."
    )


def hints() -> list[str]:
    """A hint for each condition."""
    return [
        _("Remove half of the channels, fine-tune, and round to 8 bits."),
        _("Look at the worst class of the baseline, before any compression."),
        _("Zeros take no time away. Fewer channels and real int8 may: measure the time."),
        _("Think before you measure: the page counts recipes of your own, not of the studies."),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code behind the verdict, and what the lesson leaves out."""
    return frame.ending(
        [*_first_tasks(), *_further_tasks()],
        frame.source("checks/choosing.py", "blocking"),
        _(
            "Whoever chooses the best of many versions by test images finds some luck in it too"
            " (lesson 4). Time and energy on the device itself: measure there. Low-rank factors and"
            " distillation are further blocks that are not here."
        ),
    )


def _first_tasks() -> list[tuple[str, str]]:
    return [
        (
            _("Measure the 25 recipes, then choose latency for the axis across. What happened?"),
            _(
                "The dots draw together: zeros and imitated bits are multiplied like any number."
                " Only real int8 can stand apart."
            ),
        ),
        (
            _("Choose the worst class for the axis upwards. Is the front still the same?"),
            _(
                "Compare the diamonds in the table below the plane. The average hides who pays, and"
                " a class has far fewer images than all, so that its interval is wider."
            ),
        ),
    ]


def _further_tasks() -> list[tuple[str, str]]:
    return [
        (
            _("Find two versions of nearly the same file and different accuracy. Why choose one?"),
            _("The other is dominated: it costs as much and gives less. It is not on the front."),
        ),
        (
            _("Work for the training server. Which version is to be taken?"),
            _(
                "Without a budget on file, time or energy there may be nothing to compress for;"
                " look at what the verdict takes, and whether it can be told from the baseline."
            ),
        ),
    ]
