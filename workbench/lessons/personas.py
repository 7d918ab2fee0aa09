"""Six who need a network, and the budgets that follow; shares are of the learner's own baseline."""

from collections.abc import Mapping

from workbench.locale import message
from workbench.measurement.choosing import Persona

PERSONAS: Mapping[str, Persona] = {
    "sensor": Persona(
        name=message("field sensor"),
        need=message(
            "On a farm, on a battery: little energy an image, and each update comes by a slow"
            " radio. Some accuracy may be lost."
        ),
        choices={"deflated_bytes": 0.15, "energy_uj": 0.25, "accuracy": 0.05},
    ),
    "phone": Persona(
        name=message("phone camera"),
        need=message(
            "In an app that many download: the file counts, and a user who sees worse answers"
            " leaves."
        ),
        choices={"deflated_bytes": 0.3, "energy_uj": 0.5, "accuracy": 0.01},
    ),
    "bedside": Persona(
        name=message("bedside scan"),
        need=message(
            "No patient may be the exception: besides the average, the class that fares worst has"
            " to be right nine times in ten."
        ),
        choices={"accuracy": 0.01, "worst_class": 0.9},
    ),
    "driving": Persona(
        name=message("driving"),
        need=message(
            "The answer has to be there before the car is. Slow calls count, not the median alone:"
            " look whether the time is surely within the budget. Here a batch is timed: for one"
            " picture at a time, choose 1 under “images at a time”."
        ),
        choices={"latency_ms": 0.7, "accuracy": 0.05, "worst_class": 0.5},
    ),
    "factory": Persona(
        name=message("factory line"),
        need=message(
            "Many parts a second on one processor: the time of a batch, with a little room for"
            " mistakes, since a second look follows."
        ),
        choices={"latency_ms": 0.8, "deflated_bytes": 0.5, "accuracy": 0.1},
    ),
    "server": Persona(
        name=message("training server"),
        need=message(
            "It trains for others, and nothing of the accuracy may go. What it wants to save are"
            " hours of training: that is mixed precision (lesson 8), no budget on this page."
        ),
        choices={"accuracy": 0.0},
    ),
}
SERVED = ("sensor", "bedside", "driving")
"""Those of the exercise."""
