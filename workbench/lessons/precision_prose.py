"""The sentences of the first half of lesson 8, made anew in the language of the moment."""

from workbench.locale import _


def casting() -> str:
    """One number, five formats."""
    return _(
        "Casting writes a number in another format, as its nearest neighbour there. Type any"
        " number, or sums, products and powers. The floating-point formats share their bits between"
        " exponent (how far they reach) and mantissa (how exact they are); int8 and int4 count"
        " equal steps up to a largest value, as in lesson 7. The error is that against the number"
        " as typed, worked out exactly. torch casts through float32, as a training does."
    )


def sums() -> str:
    """Rounding happens after every operation."""
    return _(
        "Every operation rounds its result again. If the second number is smaller than half the"
        " distance from the first to its neighbour, the sum is the first number: nothing happened,"
        " and nothing warns. Added a thousand times in turn it is lost a thousand times, although"
        " all of them together would count. Weights and their updates are such sums."
    )


def ruler() -> str:
    """Range and fineness of the formats, with the number of the microscope."""
    return _(
        "FP16 spends five bits on the exponent and BF16 eight, as FP32 does: so BF16 reaches as far"
        " as FP32, and FP16 does not. FP16 spends ten bits on the mantissa and BF16 seven: so BF16"
        " has fewer numbers near 1. The number above is marked."
    )


def types() -> str:
    """What autocast does, as it ran."""
    return _(
        "In mixed precision, autocast chooses a type for each operation. Here is one update,"
        " forward, backward and the step of plain gradient descent, watched operation by operation"
        " on this processor. Look where 16 bits end: which operations stay in float32, and in which"
        " type are the weights themselves? “Run in float32” is the same update without autocast. On"
        " a GPU autocast has lists of its own, which may choose otherwise."
    )


def master() -> str:
    """Why the weights stay in float32."""
    return _(
        "An update is the learning rate times the gradient. A weight that is kept in 16 bits can"
        " only move to a neighbouring number: smaller updates leave it where it is, every time. So"
        " mixed precision keeps master weights in float32, adds the updates there, and rounds a"
        " copy for the layers. Four trainings run in step on the same batches; only the format of"
        " the weights differs, and the layers compute in float32. Try other learning"
        " rates: the smaller the rate, the more weights stand still."
    )
