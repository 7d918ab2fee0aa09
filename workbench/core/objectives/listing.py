"""Which objectives there are, for who writes a command."""

import json
from textwrap import fill

from workbench.core.objectives import OBJECTIVES
from workbench.locale import _
from workbench.wording import name_text


def objectives_text(width: int) -> str:
    """What can be sought, with the parameters that each takes and their defaults."""
    lines = [_("objectives, and what each of them takes as --parameters:")]
    for name, known in OBJECTIVES.items():
        taken = json.dumps(dict(known.parameters)) if known.parameters else _("no parameters")
        sought = "; ".join(
            f"{name_text(quantity)} {'↑' if way == 'maximize' else '↓'}"
            for quantity, way in known.directions.items()
        )
        told = f"{name}: {known.explained}; {sought}; {taken}"
        lines.append(fill(told, width, initial_indent="  ", subsequent_indent="      "))
    return "\n".join(lines)
