"""The sentences of lesson 6, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    return frame.lead(
        _("Gone for good: neurons, filters and repair"),
        _(
            "A phone's camera needs the network faster, and zeros did not help. So whole filters"
            " are taken out, together with everything that was coupled to them. What is left is an"
            " ordinary, smaller network. Is it faster now? Is it still right?"
        ),
        [
            _("remove neurons and filters, and see which inputs and sums go with them"),
            _("bring a collapsed network back without labels, then with a little training"),
            _("predict from the widths how much faster it gets, and say where that fails"),
        ],
        _(
            "a quarter of the channels goes. How much of the arithmetic is left? What is the"
            " accuracy right after, and after one epoch of fine-tuning?"
        ),
    )


def network() -> str:
    """Cutting a filter cuts an input of the next layer, its batch norm, and residual partners."""
    return _(
        "A filter that goes takes along its batch norm, an input channel of the next layer and,"
        " where two layers are added, its partner in the other one. That is why a fraction p of"
        " the channels is more than a fraction p of the weights."
    )


def repair() -> str:
    """Raw, re-calibrated, fine-tuned."""
    return _(
        "Right after the cut the accuracy collapses, most of all because the batch norms still"
        " expect the old means and variances. Measuring those anew needs no labels and a second;"
        " fine-tuning does the rest. Watch it live."
    )


def ladder() -> str:
    """The same share in ever larger pieces."""
    return _(
        "The same share of every layer is taken away as single weights, in a 2:4 pattern, as whole"
        " kernels, as whole filters. The larger the pieces, the more it costs; only what is really"
        " removed can make the network faster, and only at widths that the processor likes."
    )


def cuts() -> str:
    """(1 - p)^2 and what the clock says."""
    return _(
        "A convolution's work grows with its inputs times its outputs, so about (1 − p)² of it is"
        " left. The first and last layer keep one side, and time has a part that does not shrink."
    )


def staircase() -> str:
    """Widths at the edges of vector registers."""
    return _(
        "Processors compute several channels at once. A width just above a multiple of 8 or 16 can"
        " cost as much as the next multiple. These are the stairs of this machine; under “More"
        " controls” widths can be kept in multiples."
    )


def task() -> str:
    """What to reach."""
    return _(
        "Make the network surely at least 1.3 times faster at a batch of 64, with at most two"
        " points of accuracy lost and at most three epochs of repair."
    )


def hints() -> list[str]:
    """A hint for each condition."""
    return [
        _("Raise the sparsity: whole filters go, and with them the inputs of the next layer."),
        _(
            "Odd widths are slow here. Climb the stairs, then set “widths in multiples of” to 8 or"
            " 16."
        ),
        _("Choose the repair fine-tune, and two or three epochs of it under “More controls”."),
        _("Fewer epochs, or fewer steps of pruning: each step is repaired by so many epochs."),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code behind the slider, and what the lesson leaves out."""
    return frame.ending(
        _tasks(),
        frame.source("core/pruning/removal.py", "remove_channels")
        + frame.source("core/repair.py", "recalibrate"),
        _(
            "All layers lose the same fraction or compete by their mean importance; nothing"
            " searches for the best widths. Whole layers are not dropped."
        ),
    )


def _tasks() -> list[tuple[str, str]]:
    return [
        (
            _("Remove 30 % of the filters. Read the accuracy with each of the three repairs."),
            _(
                "None: collapse. Batch norms re-calibrated: most of it is back, without a label."
                " One epoch of fine-tuning: within a point or two."
            ),
        ),
        (
            _(
                "Make the network at least 1.3 times faster at a batch of 64 with at most two"
                " points lost and at most three epochs of repair."
            ),
            _(
                "Between 25 and 40 % of the filters, fine-tuned, and widths in multiples of 8 or"
                " 16: without that it can even get slower. The interval of the speed-up must lie"
                " above 1.3, not only its middle."
            ),
        ),
        (
            _("Compare the criteria at 30 %, then choose random. What does repair make of them?"),
            _(
                "Before the repair the criteria differ much, after fine-tuning little: most of what"
                " was removed can be learned again."
            ),
        ),
        (
            _("Climb the stairs. Which widths would you choose, and which avoid?"),
            _(
                "Those at the end of a step: the last ones before the time jumps. Then set “widths"
                " in multiples of” to 8, then to 16, and compare the speed-ups."
            ),
        ),
        (
            _("Choose mlp: its neurons go. Why does the first layer keep all of its inputs?"),
            _("Its inputs are the pixels of the image, and its last outputs are the classes."),
        ),
    ]
