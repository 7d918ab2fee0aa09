"""A program made of pieces: what its main part names, and all that these name in turn."""

import ast
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PARTS = Path(__file__).parent / "parts"
OURS = "workbench.as_code"
REMARKS = re.compile(r"  # (type: ignore|fmt: skip|noqa).*$", re.MULTILINE)
"""Words to our own tools, which say nothing to a reader."""


@dataclass
class Pieces:
    """Definitions by name, in the order of the files, and the import that gives each other name."""

    source: dict[str, str] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


@cache
def pieces() -> Pieces:
    """All pieces, read and never imported."""
    found = Pieces()
    for path in sorted(PARTS.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                found.imports |= imported(node)
            elif name := _defined(node):
                if name in found.source:
                    raise ValueError(f"{name} is defined twice among the pieces")
                first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
                lines = text.splitlines()[first - 1 : node.end_lineno]
                found.source[name] = REMARKS.sub("", "\n".join(lines))
                found.names[name] = _named(node)
    return found


def imported(node: ast.Import | ast.ImportFrom) -> dict[str, tuple[str, str]]:
    """Each name that an import gives, with its module ("" where that is it) and its words."""
    if isinstance(node, ast.Import):
        return {(a.asname or a.name).partition(".")[0]: ("", _alias(a)) for a in node.names}
    module = node.module or ""
    if module.startswith(OURS):
        return {}
    return {a.asname or a.name: (module, _alias(a)) for a in node.names}


def bundled(about: str, imports: str, main: str) -> str:
    """A whole program: what it is for, its imports, the pieces that it needs, its main part.

    `imports`: what the main part itself needs beside the pieces.
    """
    known = pieces()
    gives = dict(known.imports)
    for node in ast.parse(imports).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            gives |= imported(node)
    wanted = _needed(_named(ast.parse(main)))
    named = _named(ast.parse(main)).union(*(known.names[name] for name in wanted))
    sources = _sources(wanted)
    parts = [
        f'"""{about}"""',
        "from __future__ import annotations  # what comes first names what comes later",
        _import_lines([gives[name] for name in sorted(named & gives.keys())]),
        "\n".join(source for source in sources if "\n" not in source),  # types, used below
        "\n" + main.strip(),
        *("\n" + source for source in sources if "\n" in source),
        "\n" + CALL,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


CALL = """\
if __name__ == "__main__":
    if len(sys.argv) != 1 + main.__code__.co_argcount:
        sys.exit(__doc__)
    main(*sys.argv[1:])"""


def _needed(named: set[str]) -> set[str]:
    known = pieces()
    found: set[str] = set()
    waiting = named & known.source.keys()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= (known.names[name] & known.source.keys()) - found
    return found


def _sources(wanted: set[str]) -> list[str]:
    return [source for name, source in pieces().source.items() if name in wanted]


def _defined(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _named(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _alias(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _import_lines(wanted: list[tuple[str, str]]) -> str:
    """The standard library first; in each group plain imports, then those from modules."""
    plain = sorted({"sys", *(words for module, words in wanted if not module)})
    lines = [f"import {words}" for words in plain]
    for module in sorted({module for module, _words in wanted if module}):
        names = ", ".join(sorted(words for of, words in wanted if of == module))
        lines.append(f"from {module} import {names}")
    standard = [line for line in lines if _is_standard(line)]
    others = [line for line in lines if not _is_standard(line)]
    return "\n\n".join("\n".join(group) for group in (standard, others) if group)


def _is_standard(line: str) -> bool:
    return line.split()[1].partition(".")[0] in sys.stdlib_module_names
