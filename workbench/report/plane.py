"""Accuracy against size as a drawing of its own, for a file that is read without a kernel."""

from collections.abc import Mapping
from io import StringIO

from workbench.figures.palette import BASELINE, CANDIDATE
from workbench.locale import _
from workbench.measurement import Measurement

SIZE = "deflated_bytes"
AROUND = ((6, 4), (6, -12), (-14, 4), (-14, -12))
"""Points from a mark to its number."""
Numbered = tuple[int, Measurement]


def sets_of(measurements: tuple[Measurement, ...]) -> Mapping[str, tuple[Numbered, ...]]:
    """The measurements with their numbers, by data set: only those can be compared."""
    numbered = tuple(enumerate(measurements, start=1))
    names = dict.fromkeys(m.setting.dataset for m in measurements)
    return {name: tuple(n for n in numbered if n[1].setting.dataset == name) for name in names}


def plane(tried: tuple[Numbered, ...]) -> str:
    """An SVG in colours that can be read on light and on dark."""
    from matplotlib import rc_context  # another third of a second: only where a report is made
    from matplotlib.figure import Figure

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "workbench"}):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.add_subplot()
        numbers: dict[tuple[float, float], list[str]] = {}
        for number, measurement in tried:
            accuracy = measurement.quantities["accuracy"]
            size = measurement.quantities[SIZE].value / 1024
            ends = [100 * end for end in accuracy.ends]
            axes.plot([size, size], ends, color=CANDIDATE, linewidth=2)
            fill = "none" if measurement.is_simulated else "full"
            axes.plot(size, 100 * accuracy.value, "o", color=CANDIDATE, fillstyle=fill)
            numbers.setdefault((size, 100 * accuracy.value), []).append(str(number))
        for at, (place, same) in enumerate(sorted(numbers.items())):
            aside = AROUND[at % len(AROUND)]  # neighbours write to different sides
            told = ", ".join(same)
            axes.annotate(told, place, aside, textcoords="offset points", color=BASELINE)
        axes.set_xlim(left=0)
        axes.set_xlabel(_("file, deflated (KiB)"), color=BASELINE)
        axes.set_ylabel(_("accuracy (%)"), color=BASELINE)
        axes.tick_params(colors=BASELINE)
        axes.grid(color=BASELINE, alpha=0.3)
        for spine in axes.spines.values():
            spine.set_color(BASELINE)
        content = StringIO()
        figure.savefig(content, format="svg", transparent=True, metadata={"Date": None})
    svg = content.getvalue()
    return svg[svg.index("<svg") :]
