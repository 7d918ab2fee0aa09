"""The sentences about time, memory and the machine, made anew in the language of the moment."""

from workbench.locale import _


def layers() -> str:
    """Time is not where the parameters are."""
    return _(
        "Predict first: which layer takes most of the time, and is it the one with most of the"
        " parameters? PyTorch runs each layer by itself here, on one thread, and a clock runs"
        " around each, also around those that have no weights at all. What is between the layers"
        " is told too. Then change the batch, or the order in memory, which leaves the arithmetic"
        " as it is, and measure again. Engines that merge layers, as ONNX Runtime does, have other"
        " shares."
    )


def amdahl() -> str:
    """The most that one layer can give."""
    return _(
        "Whoever makes one layer faster leaves the others as they are. Amdahl’s law assumes that"
        " these then take as long as before: a layer with the share s of the time makes the"
        " network at most 1 / (1 − s) as fast, which it would be if the layer took no time at all."
        " The button tries that: in the layer’s place stands its result, remembered. The second"
        " bar shows whether the rest really takes as long as before, since the layers share the"
        " caches and the memory."
    )


def memory() -> str:
    """What grows with the batch and what does not."""
    return _(
        "Weights are stored once, whatever the batch. Activations are the results of the layers:"
        " every image of the batch has its own, and they are not parameters. In inference each is"
        " freed after its last use; training keeps many of them for the way back."
    )


def capability() -> str:
    """Why the same experiment ends otherwise elsewhere."""
    return _(
        "Whether a smaller number type is faster, the processor, the library and the size of the"
        " work decide. Below stands what this processor has, and how fast two matrices of one size"
        " were multiplied in each type, just now. A type that is slower here may be the fastest"
        " elsewhere."
    )
