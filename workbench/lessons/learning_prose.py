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
            "with learning rates of 0.001, 0.1 and 10: which of the three networks is best after"
            " ten epochs, and what does the curve of each look like?"
        ),
    )


def reading() -> str:
    """What to look at in the two plots."""
    words = _(
        "Above the loss, below the accuracy; thin on the images it learns from, thick on validation"
        " images that it never learns from. Grey and dashed is a recorded run of the same setting;"
        " yours is drawn over it, live. Keep runs to compare them: each is named by what differs."
    )
    play = _(
        "“Pause” holds the network in the middle of its training, “One update” and “One epoch” move"
        " it on by hand. Every number belongs to the moment at which it is held."
    )
    return f"<h2>{_('How to read the curves')}</h2><p>{words}</p><p>{play}</p>"


def landscape() -> str:
    """Gradient descent on one number, so that it can be seen."""
    return _(
        "A network has thousands of weights, and nobody can see a landscape of so many dimensions."
        " So walk along one line only: w says how far, either with all weights together towards a"
        " trained network or with one weight alone. The height is the real loss of this network,"
        " and each ball takes real steps w ← w − η·g down its slope g, with the learning rate η."
        " Too small a rate creeps, too large a one steps over the valley and does not stay down."
    )


def noise() -> str:
    """One curve is one draw; batches make noise."""
    return _(
        "Another seed is another start and another order of the images. The band goes from the"
        " lowest to the highest of five seeds: a difference within it says nothing. The table below"
        " shows where the noise comes from: the gradient of a batch is only an estimate of the"
        " gradient of all images, and a larger batch is a better one."
    )


def batches() -> str:
    """The sentence that smaller batches train faster, put to the test."""
    return _(
        "“Smaller batches train faster” is often said. With a smaller batch an epoch has more"
        " updates, and each of them costs some time however few images it has. Bet first, then time"
        " it on this machine; what do you expect of the memory, and of the accuracy after equally"
        " many epochs? A size whose training diverges has no accuracy in the end."
    )


def overfitting() -> str:
    """Few images are learned by heart."""
    return _(
        "With few images the network learns them by heart: the thin curve goes on to 100 %, while"
        " the validation loss turns and rises. The ◆ marks the epoch with the least validation"
        " loss. The accuracy need not fall with it: what comes first is over-confidence, the"
        " network grows surer of its wrong answers too, and the loss counts that where the accuracy"
        " does not. Then open “More controls”, set a patience of 3, and train again: it watches the"
        " validation loss, stops early and keeps the weights of the best epoch so far; a patience"
        " of 1 may take a single bad epoch for the turn."
    )


def cards() -> str:
    """The two kinds of numbers."""
    return _(
        "Some numbers of a training are learned by the network, update by update: its parameters."
        " Others you choose before: its hyperparameters. Sort the cards."
    )


def exercise() -> str:
    """How both exercises are judged."""
    return _(
        "Both are judged by real trainings of what the controls of the panel say, from three seeds"
        " that you have not seen: a lucky seed does not help."
    )


def fast_task() -> str:
    """Accurate within few updates."""
    return _(
        "<b>Fast.</b> Reach 95 % of the validation images with at most 120 updates of the weights,"
        " on the average of the hidden seeds, with any controls you like."
    )


def fast_hints() -> list[str]:
    """A hint for each condition."""
    return [
        _("An epoch has as many updates as there are batches: 40 with batches of 32 images."),
        _(
            "Plain descent is slow in so few steps. Momentum makes them larger where they agree; a"
            " schedule lets the first ones be larger than the last."
        ),
    ]


def rescue_task() -> str:
    """One control."""
    return _(
        "<b>Rescued.</b> Load the broken training. Move exactly one control so that it reaches 90 %"
        " on the average of the hidden seeds."
    )


def rescue_hints() -> list[str]:
    """A hint for each condition."""
    return [
        _("Load the broken training again, and move a single control from there."),
        _("The steps are too large. Which control makes every step smaller?"),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code, and what the lesson leaves out."""
    return frame.ending(
        [
            (
                _("Hold the training after one update, then take one more, and one more epoch."),
                _(
                    "One update changes the loss by little, and the training accuracy jumps about:"
                    " it is that of one batch. After an epoch every image was seen once."
                ),
            ),
            (
                _("Train with batches of 8 and of 512 for ten epochs. Which is better, and why?"),
                _(
                    "The larger batch takes far fewer updates in ten epochs, and at the same rate"
                    " it comes less far; give it a larger rate or more epochs before you judge."
                ),
            ),
            (
                _(
                    "Keep a run of the first training with a constant rate of 1, then one with the"
                    " schedule cosine."
                ),
                _(
                    "Both begin with steps that are too large, and their validation loss jumps from"
                    " epoch to epoch. As the rate falls, the loss of the second settles; with the"
                    " constant rate it keeps jumping, or the training diverges."
                ),
            ),
        ],
        frame.source("core/training/learning.py", "learning"),
        _(
            "Small networks on small images, so that a run takes a second; with large ones the best"
            " rate moves, and batches are limited by memory. One seed of a data split; no dropout"
            " to choose. A validation set that is looked at often is learned by the person who"
            " looks: lesson 4 measures by how much."
        ),
    )
