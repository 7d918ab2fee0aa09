"""Tables of words and labelled numbers that scroll sideways before they break a word."""

from collections.abc import Sequence
from html import escape


def table(heads: Sequence[str], rows: Sequence[str]) -> str:
    """HTML; `heads`: words of the columns, none for a table without; `rows`: of `row`."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return (
        '<div class="wb-scroll" style="max-height:none;overflow-wrap:normal" tabindex="0">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(name: str, cells: Sequence[str], before: str = "") -> str:
    """HTML; `name` heads the row, after `before` where there is a first cell."""
    first = f"<td>{before}</td>" if before else ""
    head = f'<th scope="row" style="text-align:left">{name}</th>'
    return f"<tr>{first}{head}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
