"""The sentences of lesson 0, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    goals = [
        _("move two sliders and read what they do to a real network on real images"),
        _("tell a measured number from a computed and a simulated one"),
        _("find out why a smaller network need not be a smaller file, nor a faster one"),
    ]
    return frame.lead(
        _("From a slider to an honest number"),
        _(
            "A small network was trained to recognise clothes. Pruning sets its smallest weights to"
            " zero; quantization stores each weight in fewer bits. Both should make it smaller and"
            " faster. Do they?"
        ),
        goals,
        _(
            "how many of the weights can go before the accuracy falls by one point? And how much"
            " smaller will the file be then? Write both down, then move the sliders."
        ),
    )


def sizes() -> str:
    """Why zeros and rounded weights take the same room and time."""
    return _(
        "A zero takes as much room in a file as any other number, and a processor multiplies by it"
        " like by any other. Only a packer (deflate) notices. At 8 bits the file is a real int8"
        " file and runs with int8 instructions; below 8 bits no processor here has them, so the"
        " weights are only rounded and the file stays what it was."
    )


def images() -> str:
    """What the gallery shows: the same accuracy, other images."""
    return _(
        "The same accuracy can hide that other images are now wrong. These are test images with the"
        " network's answer; where it differs from the pinned result, both answers are shown."
    )


def weights() -> str:
    """What pruning by magnitude took away."""
    return _(
        "Pruning by magnitude takes the weights nearest to zero, from all layers together."
        " Most weights are small, which is why so many can go."
    )


def closing() -> str:
    """Tasks with folded solutions, the code behind the slider, and what the lesson leaves out."""
    return frame.ending(
        _tasks(),
        frame.source("core/pruning/weights.py", "prune_weights"),
        _(
            "Nothing was trained again after pruning, weights were removed one by one and never as"
            " whole filters, and activations were quantized only together with 8-bit weights:"
            " lessons 5, 6 and 7 do all of that."
        ),
    )


def _tasks() -> list[tuple[str, str]]:
    """Each task, and one way to do it."""
    return [
        (
            _(
                "Find the largest sparsity at which the accuracy cannot be told from the"
                " baseline's."
            ),
            _(
                "Move sparsity step by step and read the verdict under the sliders, not the number:"
                " the answer is the last step that still says “cannot tell them apart”. That is not"
                " “the same”: more images might tell. And a choice that is meant to last is made on"
                " validation images; these test images are only read out."
            ),
        ),
        (
            _("Set 8 bits. Is the network faster? Then choose resnet8 and look again."),
            _(
                "int8 arithmetic pays where the network computes much; a tiny network spends its"
                " time on handing data over. The speed-up and its interval tell which case is"
                " yours."
            ),
        ),
        (
            _(
                "Go from 8 bits to 2, one step at a time. Where is the cliff, and which file got"
                " smaller?"
            ),
            _(
                "The accuracy falls between 4 and 2 bits. The shipped file is small only at 8 bits;"
                " the packed size is computed: it is what a format for so few bits would take."
            ),
        ),
    ]
