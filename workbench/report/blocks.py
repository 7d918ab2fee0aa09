"""A report's parts, and how they are written as Markdown and as one HTML file."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from workbench.locale import language


@dataclass(frozen=True, kw_only=True)
class Heading:
    """`level` 1 is the title's."""

    text: str
    level: int = 2


@dataclass(frozen=True, kw_only=True)
class Words:
    """A paragraph."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Points:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Heads and rows of plain text; the first cell of a row names it."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing as SVG, with what it shows in words."""

    svg: str
    about: str


Block = Heading | Words | Points | Table | Picture
MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#&~$"})
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 1rem auto; padding: 0 1rem;
  overflow-wrap: anywhere; }
td, th { overflow-wrap: normal; }
figure > div { overflow-x: auto; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9em; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid #8c8c8c; padding: 0.3em 0.6em; text-align: start; vertical-align: top; }
figure { margin: 1em 0; }
svg { max-width: 100%; min-width: 34rem; height: auto; }
"""


def markdown(blocks: Sequence[Block]) -> str:
    """The report as Markdown; drawings are in the text itself."""
    return "\n\n".join(_in_markdown(block) for block in blocks) + "\n"


def _in_markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_plain(block.text)}"
        case Words():
            return _plain(block.text)
        case Points():
            return "\n".join(f"- {_plain(item)}" for item in block.items)
        case Table():
            lines = [block.heads, ("---",) * len(block.heads), *block.rows]
            return "\n".join(
                f"| {' | '.join(each if each == '---' else _plain(each) for each in line)} |"
                for line in lines
            )
        case Picture():
            packed = b64encode(block.svg.encode()).decode()
            return f"![{_plain(block.about)}](data:image/svg+xml;base64,{packed})"


def _plain(text: str) -> str:
    """Text that Markdown reads as itself."""
    return " ".join(text.split()).translate(MARKS)


def html(blocks: Sequence[Block]) -> str:
    """The report as one HTML file that needs nothing beside it."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    body = "\n".join(_in_html(block) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )


def _in_html(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
        case Words():
            return f"<p>{escape(block.text)}</p>"
        case Points():
            return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"
        case Table():
            heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in block.heads)
            rows = "".join(_row(row) for row in block.rows)
            return (
                f'<div class="table" tabindex="0"><table><thead><tr>{heads}</tr></thead>'
                f"<tbody>{rows}</tbody></table></div>"
            )
        case Picture():
            words = escape(block.about)
            return (
                f'<figure role="img" aria-label="{words}"><div tabindex="0">{block.svg}</div>'
                f"<figcaption>{words}</figcaption></figure>"
            )


def _row(row: tuple[str, ...]) -> str:
    first, *others = (escape(cell) for cell in row)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'
