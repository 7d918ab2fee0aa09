"""What each technique needs, and where it is at home: what is said of it, not measured."""

from html import escape

from workbench.locale import Message, _, message

TECHNIQUES: dict[str, Message] = {
    "weights": message("weights to 0"),
    "channels": message("channels away"),
    "repair": message("repair"),
    "int8": message("8 bits, real"),
    "imitated": message("fewer bits, imitated"),
    "precision": message("mixed precision (lesson 8)"),
    "search": message("a search for hyperparameters (lesson 4)"),
}
NEEDS: dict[str, Message] = {
    "weights": message("a file that is compressed; for time, kernels that skip zeros"),
    "channels": message("nothing: every library runs narrower layers"),
    "repair": message("training images, and time before delivery"),
    "int8": message("integer instructions, and a library that uses them"),
    "imitated": message("a library that packs such weights and computes with them"),
    "precision": message("units for float16 or bfloat16"),
    "search": message("many trainings"),
}
HOMES: dict[str, Message] = {
    "weights": message("downloads, and chips that skip zeros"),
    "channels": message("sensors, phones, any processor"),
    "repair": message("wherever accuracy was lost"),
    "int8": message("phones and embedded devices"),
    "imitated": message("microcontrollers and chips of their own"),
    "precision": message("training on a GPU or TPU"),
    "search": message("where accuracy decides: medicine, driving"),
}


def advice() -> str:
    """The table (HTML)."""
    heads = [_("technique"), _("what it needs"), _("where it is usually advised")]
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(words))}</th><td>{escape(str(NEEDS[name]))}</td>'
        f"<td>{escape(str(HOMES[name]))}</td></tr>"
        for name, words in TECHNIQUES.items()
    )
    told = _("What is usually said, for comparison: nothing of this table is measured.")
    return (
        f'<p class="wb-caption">{escape(told)}</p><div class="wb-scroll" tabindex="0">'
        f'<table class="wb-orders wb-advice"><thead><tr>{top}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
