"""Gradients on the ruler of float16: a histogram a layer, of what should be and of what is."""

from html import escape

import numpy as np

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import BASELINE, CANDIDATE, PRUNED
from workbench.figures.tracks import share_text
from workbench.locale import _, decimal
from workbench.measurement.scaling import HIGHEST, LOWEST, Gradients, LayerGradients
from workbench.wording import signed, value_text

HALF = np.finfo(np.float16)
LEAST, NORMAL = (float(np.log2(float(v))) for v in (HALF.smallest_subnormal, HALF.smallest_normal))
LARGEST = float(np.log2(float(HALF.max)))
TICKS = (-36, -24, -12, 0, 12)
HEIGHT = 20.0
WIDTH = HIGHEST - LOWEST + 1


def gradients_picture(found: Gradients) -> str:
    """A row a layer from the first to the last, over one ruler (HTML)."""
    rows = "".join(_row(layer) for layer in found.layers)
    name = escape(_("gradients by size on the range of float16, layer by layer"), quote=True)
    return (
        f'<figure class="wb-drawing-figure" role="group" aria-label="{name}">'
        f'{rows}<div style="display:grid;{GRID}"><span></span>{_axis()}<span></span></div>'
        f'<figcaption class="wb-caption">{_key()}</figcaption>{_numbers(found)}</figure>'
    )


GRID = "grid-template-columns:minmax(4em,5em) minmax(0,1fr) 7.6em;gap:2px 8px"


def _row(layer: LayerGradients) -> str:
    lost, over = (layer.quantities[name] for name in ("lost_share", "overflowed_share"))
    told = _("lost {share}").format(share=share_text(lost.value))
    more = _("overflowed {share}").format(share=share_text(over.value))
    words = f"<b>{escape(told)}</b>" if lost.value else escape(told)
    beyond = f"<b>{escape(more)}</b>" if over.value else escape(more)
    return (
        f'<div style="display:grid;{GRID};align-items:center;margin:1px 0">'
        f'<span class="wb-small">{escape(layer.layer)}</span>{_histogram(layer)}'
        f'<span class="wb-small" style="line-height:1.25">{words}<br>{beyond}</span></div>'
    )


def _histogram(layer: LayerGradients) -> str:
    top = max(*layer.exact, *layer.kept, 1)
    ghost = "".join(_bar(at, count, top) for at, count in enumerate(layer.exact))
    solid = "".join(_bar(at, count, top) for at, count in enumerate(layer.kept))
    edges = "".join(
        f'<path d="M{place - LOWEST:.2f} 0V{HEIGHT}" stroke="{PRUNED}" stroke-width="1.5"'
        f' vector-effect="non-scaling-stroke"{dash}/>'
        for place, dash in ((LEAST, ""), (NORMAL, ' stroke-dasharray="3 3"'), (LARGEST, ""))
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true"'
        f' style="display:block;width:100%;height:34px;border-bottom:1px solid {BASELINE}">'
        f'<path d="{ghost}" fill="{BASELINE}" fill-opacity="0.45"/>'
        f'<path d="{solid}" fill="{CANDIDATE}"/>{edges}</svg>'
    )


def _bar(at: int, count: int, top: int) -> str:
    if not count:
        return ""
    # By the root, so that a few among thousands are seen.
    height = HEIGHT * (count / top) ** 0.5
    return f"M{at} {HEIGHT}v{-height:.2f}h1v{height:.2f}z"


def _axis() -> str:
    marks = "".join(
        f'<span class="wb-tick" style="position:absolute;left:{100 * (tick - LOWEST) / WIDTH:.2f}%;'
        f'transform:translateX(-50%)">2<sup>{signed(tick, 0).removeprefix("+")}</sup></span>'
        for tick in TICKS
    )
    return f'<div class="wb-small" style="position:relative;height:1.7em">{marks}</div>'


def _key() -> str:
    keys = (
        f'<span class="wb-key" style="background:{BASELINE};opacity:0.6"></span>'
        f"{escape(_('the gradient in float32, times the scale'))}",
        f'<span class="wb-key wb-key-kept"></span>{escape(_("what float16 keeps of it"))}',
        f'<span class="wb-line" style="border-color:{PRUNED}"></span>'
        f"{escape(_('smallest and largest number of float16'))}",
        f'<span class="wb-line wb-dashed" style="border-color:{PRUNED}"></span>'
        f"{escape(_('below it a number has fewer and fewer bits (subnormal)'))}",
    )
    rule = _("Heights grow with the root of the count, each layer on its own scale.")
    ends = _("What lies beyond an end of the ruler is counted at that end.")
    return f"{'; '.join(keys)}. {escape(rule)} {escape(ends)}"


def _share(layer: LayerGradients, name: str) -> str:
    return share_text(layer.quantities[f"{name}_share"].value)


def _numbers(found: Gradients) -> str:
    heads = (_("layer"), _("gradients"), _("lost below"), _("overflowed"))
    rows = [
        (
            escape(layer.layer),
            decimal(layer.quantities["lost_share"].n or 0),
            *(
                escape(f"{value_text(layer.quantities[name])}: {_share(layer, name)}")
                for name in ("lost", "overflowed")
            ),
        )
        for layer in found.layers
    ]
    return numbers_below(heads, rows)
