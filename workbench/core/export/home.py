"""What a model card tells of."""

from dataclasses import dataclass
from datetime import date

from workbench.core.measures import Candidate
from workbench.measurement import Measurement
from workbench.setting import Setting

MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*[]<>|#"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Home:
    """What a card tells of; the setting without the folders of this computer."""

    setting: Setting
    candidate: Candidate
    measurement: Measurement
    on: date


def plain(text: object) -> str:
    """A name that somebody gave, as Markdown reads it as itself."""
    return " ".join(str(text).split()).translate(MARKS)
