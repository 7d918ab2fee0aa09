"""The sentences of lesson 2, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    return frame.lead(
        _("How a network learns: rate, batch and epochs"),
        _(
            "A factory line needs its camera to learn a new product by tomorrow. The network is"
            " given; what you choose is how large its steps are, how many images it looks at before"
            " each step, and how long it goes on. The same network ends at 10 % or at 98 %."
        ),
        [
            _("see on the curves whether a learning rate is too small, good or too large"),
            _("say what the batch size does to time, memory and noise, measured on this machine"),
            _("stop at the epoch after which the network only learns its training images by heart"),
            _("tell parameters, which are learned, from hyperparameters, which are chosen"),
        ],
        _(
            "with learning rates of 0.001, 0.1 and 3: which of the three networks is best after ten"
            " epochs, and what does the curve of each look like?"
        ),
    )


def curves() -> str:
    """What to look at in the two plots."""
    words = _(
        "Above the loss, below the accuracy; thin on the images it learns from, thick on validation"
        " images that it never learns from. Grey and dashed is a recorded run of the same setting;"
        " yours is drawn over it, live. Keep runs to compare them."
    )
    return f"<h2>{_('How to read the curves')}</h2><p>{words}</p>"


def closing() -> str:
    """Tasks with folded solutions, the code, and what the lesson leaves out."""
    return frame.ending(
        [
            (
                _("Hold the training after one update, then take one more, and one more epoch."),
                _(
                    "“One update” changes the loss by a little; after one epoch every image was"
                    " seen once."
                ),
            ),
        ],
        frame.source("core/training/learning.py", "step"),
        _("One small network on small images."),
    )
