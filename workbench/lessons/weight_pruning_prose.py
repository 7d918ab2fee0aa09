"""The sentences of lesson 5, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    return frame.lead(
        _("Zeros: weight pruning and sensitivity"),
        _(
            "A field sensor has room for a small network and little power to run it. Most weights"
            " of a trained network are close to zero, so somebody proposes to set the smallest"
            " ones to zero. What does that cost, and what does it bring?"
        ),
        [
            _("choose which weights go: by magnitude, at random, by gradient, by activation"),
            _("find the layer that can spare most of its weights, and the one that can spare none"),
            _("say why the file did not get smaller and the network did not get faster"),
        ],
        _(
            "half of all weights are set to zero, once the smallest and once at random. What does"
            " each do to the accuracy, to the file and to the time?"
        ),
    )


def sizes() -> str:
    """Zeros are stored and multiplied like any number; masks even double the training file."""
    return _(
        "A zero takes four bytes like any other weight, and the processor multiplies by it. Only a"
        " packer (deflate) and a sparse format (CSR: values and their columns) gain, and CSR only"
        " when most weights are gone. If the masks of pruning are kept (under “More controls”), the"
        " file holds every weight twice."
    )


def weights() -> str:
    """The histogram by value, and the same weights as a picture."""
    return _(
        "Left to right: trained weights by value. By magnitude the middle goes; by the other"
        " criteria weights go from everywhere. Below, one layer as a picture: a pixel a weight, an"
        " output a row."
    )


def cliff() -> str:
    """Every criterion to its end."""
    return _(
        "Draw the line that you expect on paper first. Then walk: each criterion takes ever more"
        " weights from the whole network, and nothing is repaired."
    )


def sensitivity() -> str:
    """One layer at a time: the same sparsity, very different damage."""
    return _(
        "Each layer is pruned alone, ever more of it, and the accuracy is measured on validation"
        " images; the test images stay out of every choice. The bluer, the better. The smallest"
        " layer is usually the most fragile: it has the fewest weights to share its work."
    )


def repair() -> str:
    """Fine-tuning with the zeros held."""
    return _(
        "Choose a repair under “More controls”. Re-calibrating the batch norms measures their"
        " means and variances anew and needs no labels; fine-tuning trains on while zeros stay"
        " zeros. With more steps of pruning, each is repaired before the next."
    )


def task() -> str:
    """What to reach."""
    return _(
        "Set sparsities of single layers (under “More controls”) so that the deflated file is at"
        " most 68 % of the baseline's, and the accuracy cannot be told from it. No repair is"
        " needed."
    )


def hints() -> list[str]:
    """A hint for each condition."""
    return [
        _("More zeros in the largest layer shrink the file most: scan the layers to find it."),
        _(
            "The first layer has few weights and pays dearly: leave it whole, and take from the"
            " layers that stay blue in the map."
        ),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code behind the slider, and what the lesson leaves out."""
    return frame.ending(
        _tasks(),
        frame.source("core/pruning/weights.py", "prune_weights"),
        _(
            "No kernel here skips zeros. Some GPUs multiply 2:4 patterns faster, and sparse"
            " kernels for linear layers exist; on this processor convolutions have none, so"
            " nothing of it is claimed."
        ),
    )


def _tasks() -> list[tuple[str, str]]:
    return [
        (
            _("Set the sparsity to 50 %. Compare magnitude with random."),
            _(
                "By magnitude the verdict is that the accuracy can hardly be told from the"
                " baseline's; at random the network collapses. The weights that went were as many:"
                " which ones matters, not how many."
            ),
        ),
        (
            _(
                "Scan the layers, then use the sliders of single layers: find sparsities with a"
                " deflated file of at most 68 % of the baseline's and an accuracy that cannot be"
                " told from it."
            ),
            _(
                "Spare the first layer, take most from the largest one. The map shows the order;"
                " the verdict under the sliders is the judge."
            ),
        ),
        (
            _("Keep the masks and read the two files. Which one doubled, and why?"),
            _(
                "PyTorch's pruning keeps each weight and a mask of ones and zeros beside it, so"
                " that both files hold twice as many numbers until the masks are removed."
            ),
        ),
        (
            _(
                "Which of three machines would profit: a laptop, a GPU with 2:4 support, a"
                " download?"
            ),
            _(
                "The download does, because it is packed. The GPU does if the zeros follow its"
                " pattern. The laptop multiplies every zero."
            ),
        ),
    ]
