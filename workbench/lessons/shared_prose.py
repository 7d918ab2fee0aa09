"""The sentences that lessons share, made anew in the language of the moment."""

from workbench.locale import _


def images() -> str:
    """The same accuracy, other images, and some classes more than others."""
    return _(
        "An average hides who pays. Classes that look alike lose first; and even at the same"
        " accuracy other images are wrong now."
    )


def exercise() -> str:
    """How it is judged."""
    return _(
        "There is no single right answer: whatever is measured to meet the conditions solves it."
    )


def history() -> str:
    """What the table keeps, and for how long."""
    return _(
        "Every complete measurement of this session. It is gone when you close the page:"
        " download it."
    )
