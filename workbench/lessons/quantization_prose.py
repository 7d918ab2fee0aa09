"""The sentences of lesson 7, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    return frame.lead(
        _("Fewer bits: quantization, imitated and real"),
        _(
            "A bedside scanner must answer on a small processor. Its network's numbers take 32 bits"
            " each; 8 would do, they say, and be four times smaller and several times faster. You"
            " choose the bits, and this machine says which part of that is true."
        ),
        [
            _("round weights and activations, and compute scale and zero point by hand"),
            _("tell imitated quantization from real int8, in accuracy, file and time"),
            _("find the cliff, the layer that falls first, and the widths at which int8 pays"),
        ],
        _(
            "weights with 8, 4, 3 and 2 bits. At which of them does the accuracy fall, and which of"
            " them makes the network faster?"
        ),
    )


def sizes() -> str:
    """What is stored, what is multiplied, and what is only imitated."""
    return _(
        "Weights of 16 and 8 bits are really stored so: the file shrinks, and the engine unpacks"
        " them when it loads, so that the time stays. Only with 8-bit activations too are the"
        " kernels int8. Below 8 bits this processor has neither: values are rounded and multiplied"
        " as float32, the accuracy is simulated and the packed size computed."
    )


def ruler() -> str:
    """Range and fineness of formats."""
    return _(
        "A floating-point number spends its bits on a sign, an exponent (how far it reaches) and a"
        " mantissa (how fine it is). A whole number spends all on equal steps, and needs a scale to"
        " be told what a step is worth."
    )


def rounding() -> str:
    """Scale, zero point, level, back."""
    return _(
        "Divide by the step, round, keep within the levels, multiply by the step again: what is"
        " lost is at most half a step. An asymmetric grid shifts its levels by a zero point."
    )


def activations() -> str:
    """Ranges come from calibration images."""
    return _(
        "Weights are known, activations come with each image, so their range is taken from training"
        " images (calibration). A few large values stretch the range and make the step coarse; to"
        " clip them can be better. Choose 3 or 2 activation bits, then a percentile."
    )


def cliff() -> str:
    """Per tensor and per channel."""
    return _(
        "All weights at ever fewer bits, with one step for a whole tensor or one for each output"
        " channel. Between 4 and 2 bits it goes down; the step per channel falls later."
    )


def training() -> str:
    """The straight-through estimator."""
    return _(
        "Rounding is a staircase: its slope is 0 almost everywhere, so nothing could be learned"
        " through it. Quantization-aware training rounds on the way forward and pretends on the way"
        " back that it had not. Set 3 bits and one epoch under “More controls”, and watch."
    )


def layers() -> str:
    """One layer at a time."""
    return _(
        "Each layer is rounded alone, the others stay as they are. Give the layers that suffer more"
        " bits with their own sliders, and the others fewer."
    )


def crossover() -> str:
    """Faster or slower, by width and batch."""
    return _(
        "int8 kernels compute faster, but values have to be rounded on the way in and out. A wide"
        " network gains, a tiny one can lose. Each cell was timed in turn, on this machine."
    )


def task() -> str:
    """What to reach."""
    return _(
        "Find weight bits, by layer if you like, of at most 5 a weight on average at which the"
        " accuracy cannot be told from the baseline's."
    )


def hints() -> list[str]:
    """A hint for each condition."""
    return [
        _("The average counts weights, not layers: the largest layer decides it."),
        _(
            "Scan the layers: give the one that suffers more bits. One step per channel, a k-means"
            " codebook or an epoch of training help too."
        ),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code behind the slider, and what the lesson leaves out."""
    return frame.ending(
        [*_first_tasks(), *_further_tasks()],
        frame.source("core/quantization/weights.py", "quantize_weights"),
        _(
            "int4 kernels, and formats such as NF4 or MXFP4, need other hardware. Rounding here is"
            " to the nearest level; learned rounding (AdaRound) and learned steps (LSQ) are left"
            " out."
        ),
    )


def _first_tasks() -> list[tuple[str, str]]:
    return [
        (
            _(
                "Take the first of the nine weights: compute its level from weight and step, and"
                " the error, then compare with the table. Change to an asymmetric grid and do it"
                " again."
            ),
            _("level = weight / step, rounded, plus the zero point; back: (level − zero) × step."),
        ),
        (
            _("Set both to 8 bits. Did the file shrink? Is it faster? Then choose resnet8."),
            _(
                "The file is about a quarter. Whether it is faster depends on how much there is to"
                " compute: look at the map of widths and batches."
            ),
        ),
        (
            _("Set 8-bit weights and 32-bit activations. What changed, what did not?"),
            _(
                "The file is as small, the time is float32's: the engine unpacks the weights once,"
                " when it loads."
            ),
        ),
    ]


def _further_tasks() -> list[tuple[str, str]]:
    return [
        (
            _("Go to 3 bits, then to one step per tensor, then to one epoch of training. Explain."),
            _(
                "One step for a whole tensor must fit its widest channel. Training lets the weights"
                " move to where the levels are, and most of the loss comes back."
            ),
        ),
        (
            _(
                "Find the fewest bits a layer at which the accuracy cannot be told from the"
                " baseline."
            ),
            _(
                "Start from the map: the layers that stay blue at 4 or 3 bits can have them. The"
                " verdict under the sliders decides."
            ),
        ),
    ]
