"""The sentences of lesson 10, made anew in the language of the moment."""

from workbench.lessons import frame
from workbench.locale import _


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    return frame.lead(
        _("Your own, and the sentences put to the test"),
        _(
            "What held for one network on one data set may not hold for yours. Here the whole loop"
            " runs on what you choose: measure, find what is sensitive, prune, repair, quantize,"
            " choose, and take it home. And what articles say of all this is put to the test on"
            " the machine that you work on."
        ),
        [
            _("load images or a network of your own, and bring them through the whole loop"),
            _("say who leads an event, and who cannot be told apart from the first"),
            _("say of a sentence under which condition it holds, and show the numbers"),
            _("write a folder that classifies images without PyTorch"),
        ],
        _(
            "which of the sentences below holds in every case, which in none, and which only under"
            " a condition? Place your bets before anything runs."
        ),
    )


def load() -> str:
    """What can be typed."""
    return _(
        "The page begins with the digits of scikit-learn. A folder of your own has one sub-folder"
        " of images a class: write folder:PATH, in full. A network of your own is a function in a"
        " Python file that returns a torch.nn.Module: write file:PATH.py:FACTORY; it may take the"
        " arguments classes, channels and size. The file is run as a program, so load only files"
        " that you trust. Weights from a file go into a network that is named after them:"
        " file:PATH.pt:small_cnn. torchvision’s networks have their names, such as resnet18. What"
        " has no weights yet is trained first, for the epochs under “More controls”."
    )


def panel() -> str:
    """The same panel as in the lessons."""
    return _(
        "The panel of the lessons, unchanged. Prune, repair, quantize; every version that you"
        " measure takes part in the events below."
    )


def sensitivity() -> str:
    """Layer by layer."""
    return _(
        "Each layer of your network is pruned alone, ever more of it, and asked the validation"
        " images. Give the sensitive ones a lower sparsity of their own under “More controls”."
    )


def repair() -> str:
    """The way of the accuracy."""
    return _(
        "The validation accuracy after every step of the compression: what pruning took and what"
        " fine-tuning brought back."
    )


def events() -> str:
    """No single winner."""
    return _(
        "Four events, one table each. A rank such as 1–3 means: measurements leave open which of"
        " these ranks it is, because intervals overlap or because McNemar’s test cannot tell the"
        " answers apart. Whoever wins one event need not be admitted to the next: there is no"
        " network that is best without saying at what."
    )


def take_home() -> str:
    """What is in the folder."""
    return _(
        "The version of the panel is measured once more and written into a folder of its own:"
        " ONNX and safetensors, preprocessing, labels, a card with every measurement, and a script"
        " that classifies an image with onnxruntime alone."
    )


def board() -> str:
    """All sentences at once."""
    return _(
        "Sentences as articles on optimization have them, in our own words, and how each fared"
        " here. Another machine may rule otherwise where time is measured: compare boards. “Run"
        " all” begins every experiment, one after the other; the cards below show the numbers."
    )


def claims() -> str:
    """How a card is read."""
    return _(
        "Each card has a sentence, the rule by which it is judged, and four bets. A sentence is"
        " supported where it holds in every case that was measured, and depends where it holds in"
        " some and not in others. Where an interval reaches over the border, the numbers cannot"
        " tell, and that is a verdict too."
    )


def task() -> str:
    """The exercise."""
    return _(
        "A whole piece of work: measure three compressed versions or more, lead an event with one"
        " of them, find a sentence that holds and one that does not or not everywhere, and take"
        " home a version that you measured."
    )


def hints() -> list[str]:
    """One for each condition."""
    return [
        _("Move a control of the panel and wait for the complete answer."),
        _(
            "Look at the smallest file: few bits or many zeros make it small, as long as 80 % stay"
            " right."
        ),
        _("Bet on some sentences of the board and run them: nearly all take seconds."),
        _(
            "Press “Take it home” while the panel shows a complete answer; a folder that exists"
            " already is not replaced."
        ),
    ]


def exercise() -> str:
    """How it is judged."""
    return _("Judged by what stands on this page; the report below takes it along.")


def closing() -> str:
    """Tasks, the code, and what is left out."""
    return frame.ending(
        [
            (
                _("Find the condition of “Pruning makes a network faster.”"),
                _(
                    "Look at the cases of its card. Single zeros are multiplied like any other"
                    " number; whole filters leave less to multiply, and whether that shows depends"
                    " on how many channels are left for the kernels of this machine."
                ),
            ),
            (
                _("Run the board a second time. Which verdicts may change, and why?"),
                _(
                    "Those that rest on times may, where an interval lies close to the border."
                    " Counted bytes and trainings from the same seeds do not change on the same"
                    " machine."
                ),
            ),
        ],
        frame.source("claims/reading.py", "is_above"),
        _(
            "A verdict holds for these networks, these data sets and this machine. Larger networks,"
            " other processors and other kinds of data may rule otherwise. Sentences that cannot"
            " be measured here, such as savings of a data centre, are not on the board."
        ),
    )
