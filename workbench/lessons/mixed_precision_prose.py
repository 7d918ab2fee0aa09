"""The sentences of lesson 8, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    return frame.lead(
        _("Mixed precision: 16 bits where they do, 32 where they must"),
        _(
            "A team rents a machine by the hour to train its model. Somebody says: switch to 16"
            " bits, it takes half the memory and is faster. Sometimes that is so, sometimes the"
            " network learns nothing any more, and sometimes it is slower. Which of these happens"
            " can be measured."
        ),
        [
            _("say what a number becomes when it is cast, and which formats reach how far"),
            _("find out which operations run in which type, and why the weights stay in float32"),
            _("choose a loss scale from the gradients themselves, and read what a scaler does"),
            _("measure on this machine what 16 bits save in memory and cost in time"),
        ],
        _(
            "a loss scale multiplies the loss before the way back. What does it protect from:"
            " numbers that get too small, or numbers that get too large?"
        ),
    )


def scaling() -> str:
    """The playground."""
    return _(
        "One batch goes through an untrained network and back, once in float32 and once in"
        " float16 by autocast, with the loss times a scale. Each row is a layer, the first on top."
        " A gradient that is too small for float16 becomes 0 and moves no weight; a layer that"
        " loses all of them learns nothing. The scale moves all gradients to the right; before the"
        " update they are divided by it again, in float32."
        " Move it until nothing is lost, and then until something overflows. Then try small_cnn,"
        " whose batch norms keep its gradients large."
    )


def scaler() -> str:
    """The trace."""
    return _(
        "Nobody has to guess the scale: PyTorch’s GradScaler tries. After an update with an"
        " infinite gradient it leaves the weights as they are and halves the scale; after so many"
        " updates without one it doubles it. So it is overflow that makes it back off, and it"
        " goes looking for overflow again and again, to stay as far from underflow as it can. This"
        " is a real training of small_cnn on digits; PyTorch’s own interval is 2,000 updates."
    )


def faults() -> str:
    """Three failures on purpose."""
    return _(
        "Three failures on purpose, each a real computation of the network sigmoid_cnn: a way back"
        " without a scale, one with a scale that is far too large, and the update that infinite"
        " gradients make where nobody skips it. Where does it show first, and how does it spread?"
    )


def costs() -> str:
    """Memory by part and time."""
    return _(
        "An update needs memory for weights, gradients, the state of the optimizer, and for the"
        " activations that wait for the way back. Only the last part grows with the batch. Mixed"
        " precision halves activations that are kept in 16 bits, and adds 16-bit copies of the"
        " weights; weights, gradients and optimizer stay in float32. Every byte is counted in real"
        " tensors, every time is measured, precisions in turn, for small_cnn on digits."
    )


def training() -> str:
    """Live trainings."""
    return _(
        "The same network, start and batches in every precision. “float16, mixed” has a dynamic"
        " scaler or none, as the loss scale says; “float16 alone” has 16-bit weights and no float32"
        " copy."
        " “Train in all precisions” keeps the curves. AdamW divides by the size of a gradient, so"
        " that small ones count as much as large ones, unless they are 0. It is one training of"
        " each: two curves that both climb may differ by chance, one that never leaves the ground"
        " does not."
    )


def exercise() -> str:
    """How both exercises are judged."""
    return _(
        "The first is judged by measurements on images that were held out, the second by what"
        " follows from your reasons."
    )


def window_task() -> str:
    """The window."""
    return _(
        "<b>Window.</b> For the network sigmoid_cnn and a batch of 32 digits, find the smallest and"
        " the largest power of 2 at which fewer than 0.1 % of the gradients are lost and none"
        " overflows."
    )


def window_hints() -> list[str]:
    """A hint for each condition."""
    return [
        _("The smallest scale of a window is not above the largest."),
        _("Press “Measure all scales” in the playground and look where the line of what is lost"
          " ends; another batch needs up to a factor of 2 more."),
        _("The line of what overflows begins somewhere: stay below, for any batch."),
        _("Your window is good but too narrow: widen it until one more step fails."),
    ]  # fmt: skip


def types_task() -> str:
    """Four operations."""
    return _(
        "<b>Types.</b> For each of four operations choose 16 bits or float32, and the reason that"
        " decides. Think of what the numbers need; what autocast does on your device, the map above"
        " shows."
    )


def types_hints() -> list[str]:
    """A hint for each operation."""
    return [
        _("Where does most of the work go, and what does rounding one of many products do?"),
        _("What is the largest score that float16 can take to the power of e?"),
        _("It adds up one number for each image, and takes a logarithm of small ones."),
        _("Look again at the section on updates that vanish."),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code, and what the lesson leaves out."""
    return frame.ending(
        [
            (
                _("Choose small_cnn in the playground and measure all scales. What is lost?"),
                _(
                    "Nothing at a scale of 1 with the batch of this page: a network like this needs"
                    " no scaling. It overflows at large scales all the same."
                ),
            ),
            (
                _("Let the scaler begin with 2^24, and then with 2^4."),
                _(
                    "From 2^24 it has to come down, and every halving costs an update. From 2^4 it"
                    " climbs by a doubling every ten updates; a network that underflows would lose"
                    " gradients until the scale is high enough."
                ),
            ),
            (
                _("Train “float16, mixed” with the loss scale 2^24 instead of a dynamic one."),
                _(
                    "The gradients overflow in every update, so that every update is skipped, and"
                    " the weights stay as they were drawn."
                ),
            ),
        ],
        frame.source("core/precision/gradients.py", "_way_back"),
        _(
            "Networks so small that they train here in seconds; in large ones the products take"
            " most of the time, and processors with units for 16-bit products (most GPUs) gain"
            " most. Scales for single layers, formats of 8 bits, and float32 sums inside 16-bit"
            " products, which hardware chooses."
        ),
    )
