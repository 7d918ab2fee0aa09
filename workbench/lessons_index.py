"""The lessons in their order: the one list behind the gallery and the titles of pages."""

from dataclasses import dataclass

from workbench.locale import Message, message


@dataclass(frozen=True)
class Lesson:
    """One notebook and how the gallery announces it."""

    file: str
    title: Message
    goal: Message

    @property
    def number(self) -> int:
        """The place in the course: the digits that the file's name begins with."""
        return int(self.file.split("_")[0])


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        file="00_start.ipynb",
        title=message("From a slider to an honest number"),
        goal=message(
            "Prune and quantize a trained network on real images, and see accuracy, size and "
            "latency measured on this machine."
        ),
    ),
    Lesson(
        file="01_trust.ipynb",
        title=message("Why optimise, and can you trust a number?"),
        goal=message(
            "Time a network under chosen noise, tell two identical ones apart or not, and find the"
            " layer that is worth the work."
        ),
    ),
    Lesson(
        file="02_learning.ipynb",
        title=message("How a network learns: rate, batch and epochs"),
        goal=message(
            "Train a real network live, pause and step it, and see what learning rate, batch size"
            " and epochs do."
        ),
    ),
    Lesson(
        file="03_kernels.ipynb",
        title=message("Kernel size: what a window sees and costs"),
        goal=message(
            "Slide a window over a picture, follow what each layer sees, and weigh the cost of"
            " kernels of 1, 3, 5 and 7 pixels against their accuracy."
        ),
    ),
    Lesson(
        file="04_search.ipynb",
        title=message("Search: grid, random, Bayesian"),
        goal=message(
            "Let strategies search for a good training, race them over many seeds, and learn what"
            " the winner's number is worth."
        ),
    ),
    Lesson(
        file="05_weight_pruning.ipynb",
        title=message("Zeros: weight pruning and sensitivity"),
        goal=message(
            "Set weights to zero by four criteria, find the layer that cannot spare them, and see"
            " why nothing gets faster."
        ),
    ),
    Lesson(
        file="06_structured_pruning.ipynb",
        title=message("Gone for good: neurons, filters and repair"),
        goal=message(
            "Remove whole filters with all that is coupled to them, watch the accuracy collapse,"
            " and bring it back."
        ),
    ),
    Lesson(
        file="07_quantization.ipynb",
        title=message("Fewer bits: quantization, imitated and real"),
        goal=message(
            "Round weights and activations, find the cliff, and learn when real int8 is faster."
        ),
    ),
    Lesson(
        file="08_mixed_precision.ipynb",
        title=message("Mixed precision: 16 bits where they do, 32 where they must"),
        goal=message(
            "Cast numbers, watch gradients fall below float16 and scale them back, and measure what"
            " 16 bits save and cost here."
        ),
    ),
    Lesson(
        file="09_choosing.ipynb",
        title=message("Choosing under a budget"),
        goal=message(
            "Put measured versions and budgets onto one plane, build recipes of blocks, and serve"
            " six who need different things, or say why it cannot be done."
        ),
    ),
    Lesson(
        file="10_capstone.ipynb",
        title=message("Your own, and the sentences put to the test"),
        goal=message(
            "Go through the whole loop on another data set or network, or your own, put what"
            " articles say to the test on your machine, and take the result home."
        ),
    ),
)
