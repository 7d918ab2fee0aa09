"""What a check found: each condition met or missed, and a hint for the first that is missed."""

from collections.abc import Sequence
from html import escape

from workbench.checks import Finding, is_solved
from workbench.locale import _


def findings_text(findings: Sequence[Finding], hints: Sequence[str]) -> str:
    """HTML; `hints`: one for each condition, in the same order."""
    items = "".join(
        f"<li>{'✓' if finding.is_met else '✗'} {escape(str(finding.told))}</li>"
        for finding in findings
    )
    listed = f'<ul class="wb-findings">{items}</ul>'
    if is_solved(findings):
        return f"{listed}<p><b>{escape(_('Solved.'))}</b></p>"
    missed = next(at for at, finding in enumerate(findings) if not finding.is_met)
    summary = escape(_("A hint"))
    return f"{listed}<details><summary>{summary}</summary><p>{hints[missed]}</p></details>"
