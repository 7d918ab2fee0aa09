"""What a word of a training is about: its weights, the end of an epoch, or how far it is."""

from workbench.measurement import Progress


def is_moment(progress: Progress) -> bool:
    """News of the weights, not of how far something is."""
    return progress.training is not None and not progress.training.is_recorded


def ends_epoch(progress: Progress) -> bool:
    """News of the end of an epoch: validation images were asked."""
    moments = progress.training.moments if progress.training else ()
    return is_moment(progress) and "validation_accuracy" in moments[-1].quantities
