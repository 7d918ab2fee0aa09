"""The sentences around the class board, made anew in the language of the moment."""

from workbench.locale import _


def about() -> str:
    """Where reports come from, and what may be compared."""
    return _(
        "One machine is one case. Collect the reports of the class as JSON, which a button at the"
        " end of the lessons saves, and add them here: every sentence then has a column a machine,"
        " and everything that anybody measured lies on one plane. The reports of your own lessons"
        " meet here on one board in the same way. Computers of one kind count as one machine. A"
        " report tells the processor, the day, predictions and the names of folders that were"
        " loaded; what is added here is read in this session and kept nowhere. Verdicts about bytes"
        " and answers should agree on all machines; those about time need not."
    )
