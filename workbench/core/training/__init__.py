"""fit: a network learns from a data set, seeded, batch by batch, stoppable between any two."""

from workbench.core.training.batches import augmented, training_batches
from workbench.core.training.fit import fit, learned, untrained, watch
from workbench.core.training.learning import Course, Diverged, Update, learning
from workbench.core.training.optimizers import optimizer_of, rates, schedule_of

__all__ = [
    "Course",
    "Diverged",
    "Update",
    "augmented",
    "fit",
    "learned",
    "learning",
    "optimizer_of",
    "rates",
    "schedule_of",
    "training_batches",
    "untrained",
    "watch",
]
