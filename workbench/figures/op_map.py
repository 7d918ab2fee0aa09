"""Layers coloured by the types that their arithmetic ran in, and every operation below (HTML)."""

from collections.abc import Sequence
from html import escape

from workbench.figures.matrix import numbers_below
from workbench.locale import Message, _, decimal, message
from workbench.measurement.precision import LayerTypes, Operation, OpMap, Phase
from workbench.wording import PROVENANCES

PHASES: dict[Phase, Message] = {
    "forward": message("forward"),
    "backward": message("backward"),
    "update": message("update"),
}
PARTS = {"softmax": message("softmax"), "cross entropy": message("cross entropy")}


def op_map(found: OpMap) -> str:
    """A row a layer, a column a phase; the weights' types on the right."""
    heads = (
        _("layer"), _("forward"), _("backward"), _("gradient kept in"), _("weights kept in"),
        _("update of the weights"),
    )  # fmt: skip
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    rows = "".join(_row(layer) for layer in found.layers)
    return (
        f'<p>{_summary(found)}</p><div class="wb-scroll" tabindex="0"><table class="wb-types">'
        f"<thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table></div>"
        f'<p class="wb-caption">{_caption(found)}</p>{_listed(found.operations)}'
    )


def _row(layer: LayerTypes) -> str:
    name = str(PARTS.get(layer.name, layer.name))
    cells = (
        _types(layer.ran.get("forward", ())),
        _types(layer.ran.get("backward", ())),
        _types((layer.gradient,) if layer.gradient else ()),
        _types((layer.stored,) if layer.stored else ()),
        _types(layer.ran.get("update", ())),
    )
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(name)} <small>{escape(layer.kind)}</small></th>{told}</tr>'


def _types(types: Sequence[str]) -> str:
    """The type of the result, with those that were read or written beside it."""
    if not types:
        return "–"
    first, *others = types
    beside = ", ".join(others)
    more = f"<small>{escape(_('with {types}').format(types=beside))}</small>" if beside else ""
    return f'<span class="wb-type wb-type-{escape(first)}">{escape(first)}{more}</span>'


def _summary(found: OpMap) -> str:
    """How many operations ran in which type, as counted."""
    counts = ", ".join(
        f"{name} {decimal(quantity.value)}"
        for name, quantity in found.quantities.items()
        if name != "casts"
    )
    casts = found.quantities.get("casts")
    words = _(
        "{network}: operations by the type of their result: {counts}; casts: {casts}."
    ).format(network=found.setting.model, counts=counts, casts=decimal(casts.value if casts else 0))
    return f"<b>{escape(words)}</b>"


def _caption(found: OpMap) -> str:
    words = _(
        "A colour is the type of the result; “with” names other types that were read or written."
        " Operations that only move or cast numbers are not counted among the layers, and are"
        " listed below."
    )
    ways = {(each.provenance, str(each.how)) for each in found.quantities.values()}
    told = " ".join(
        f'<span class="wb-tag wb-{provenance}">{escape(str(PROVENANCES[provenance]))}</span>'
        f" {escape(how)}."
        for provenance, how in sorted(ways)
    )
    return f"{told} {escape(words)}"


def _listed(operations: Sequence[Operation]) -> str:
    """Every operation in its order."""
    heads = (_("operation"), _("phase"), _("layer"), _("takes"), _("gives"))
    rows = [
        (
            f"{place}. {escape(each.name)}", escape(str(PHASES[each.phase])),
            escape(str(PARTS.get(each.layer, each.layer)) or "–"),
            escape(", ".join(each.takes) or "–"), escape(", ".join(each.gives) or "–"),
        )
        for place, each in enumerate(operations, start=1)
    ]  # fmt: skip
    return numbers_below(heads, rows, _("every operation, in its order"))
