"""What an experiment answers: quantities that say how they were got, and how sure they are."""

from workbench.measurement.answer import Measurement, Progress, Report, Run, Superseded, ignore
from workbench.measurement.device_card import DeviceCard, Timing
from workbench.measurement.parts import (
    EMPTY_GRID,
    ActivationHistogram,
    Closeup,
    Grid,
    Layer,
    Point,
    Rounding,
    WeightHistogram,
)
from workbench.measurement.quantity import Provenance, Quantities, Quantity, Unit
from workbench.measurement.training import Moment, Outcome, Training

__all__ = [
    "EMPTY_GRID",
    "ActivationHistogram",
    "Closeup",
    "DeviceCard",
    "Grid",
    "Layer",
    "Measurement",
    "Moment",
    "Outcome",
    "Point",
    "Progress",
    "Provenance",
    "Quantities",
    "Quantity",
    "Report",
    "Rounding",
    "Run",
    "Superseded",
    "Timing",
    "Training",
    "Unit",
    "WeightHistogram",
    "ignore",
]
