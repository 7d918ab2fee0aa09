"""The sentences of lesson 1, made anew in the language of the moment."""

from html import escape

from workbench.lessons import frame
from workbench.lessons.reasons import reasons_drawn
from workbench.locale import _


def opening() -> str:
    """Title, lead, goals, the prediction to make first, and the legend."""
    goals = [
        _("say what an optimization is to bring, and which number shows it"),
        _("time a network so that the answer is the network’s and not the neighbour’s"),
        _("tell a difference from noise, in time and in accuracy"),
        _("find the layer that is worth the work, before you change any"),
    ]
    return frame.lead(
        _("Why optimise, and can you trust a number?"),
        _(
            "Somebody makes a network smaller and reports that it became a fifth faster. Was it"
            " the network, the first call, another program, or luck? Before anything is optimised"
            " in this course, you learn what a number is worth."
        ),
        goals,
        _(
            "two copies of one network are timed, first the one and then the other. By how many"
            " per cent will their times differ? And how many images does it take to see that one"
            " network is two points more accurate than another?"
        ),
    )


def reasons() -> str:
    """Seven reasons, each a link to its lesson."""
    words = _(
        "There are three levers: a simpler architecture, fewer bits, and parts left out. Each"
        " reason to pull one has a number that shows whether it worked, and a lesson that moves"
        " it."
    )
    title = _("Why optimise?")
    return f"<h2>{escape(title)}</h2><p>{escape(words)}</p>{reasons_drawn()}"


def noise() -> str:
    """The noise lab."""
    return _(
        "The same network is called again and again, and each call is timed. Half of the calls take"
        " less time than the median (p50), one in ten less than p10, one in ten more than p90."
        " Change one condition at a time and compare: the run before stays as an outline. A cold"
        " call is the first one of an engine that was just built."
    )


def twins() -> str:
    """The bet."""
    return _(
        "Two networks, A and B, one image a call. Place your bet, then time them as most people"
        " do: A, and then B, and again if you like. Then time them in turn."
    )


def throughput() -> str:
    """One who waits against many who wait."""
    return _(
        "A batch hands over many images at once. Whoever waits for one answer waits for the whole"
        " batch; whoever pays for the machine counts images a second. Read which batch is best for"
        " each of the two, here and now."
    )


def samples(rival: str, own: str) -> str:
    """Two accuracies that few images cannot part."""
    words = _(
        "{own} and {rival} answer the same test images, of which more and more are drawn at"
        " random; bars are 95 % Wilson intervals, dashed lines what all test images say. Press"
        " again for other images: which of the two looks better on the fewest?"
    )
    return escape(words.format(own=own, rival=rival))


def exercise() -> str:
    """Two halves."""
    return _(
        "Two answers, both judged by what is measured on this machine while you look: first how to"
        " time, then where to begin."
    )


def plan_task() -> str:
    """What to reach."""
    return escape(
        _(
            "A fresh engine of small_cnn, one image a call. Choose how many calls to throw away and"
            " how many to time, so that p10 to p90 is less than 15 % of the median, in at most"
            " twice the time that the cheapest plan needs."
        )
    )


def plan_hints() -> list[str]:
    """A hint for each condition."""
    return [
        escape(
            _(
                "The first calls of a fresh engine are slow. Throw some away, or time so many that"
                " they are fewer than one in ten."
            )
        ),
        escape(
            _("Throwing away a call costs as much as timing it. Which of the two sliders is long?")
        ),
    ]


def ceiling_task() -> str:
    """What to name."""
    return escape(
        _(
            "Time the layers of a network above. Which one do you attack first, and how many times"
            " as fast can the network get at most, if that layer takes no time at all and the"
            " others take as long as before?"
        )
    )


def ceiling_hints() -> list[str]:
    """A hint for each condition."""
    return [
        escape(_("Not the layer with most weights: the one with most of the time.")),
        escape(_("If a layer takes half of the time, the other half stays: 1 / (1 − 0.5) = 2.")),
    ]


def closing() -> str:
    """Tasks with folded solutions, the code that ran, and what the lesson leaves out."""
    return frame.ending(
        _tasks(),
        frame.source("core/latency.py", "timed_in_turn"),
        _(
            "No energy is measured: that takes a meter. Times are those of a computer with other"
            " programs on it; a device that gets hot slows down, which a run of a few seconds does"
            " not show. And an interval tells of chance in the images drawn, not of other images"
            " than those of the test set."
        ),
    )


def _tasks() -> list[tuple[str, str]]:
    return [
        (
            _("Time warm, then cold. Which of p10, p50 and p90 moves, and why?"),
            _(
                "Every call of a cold run is a first one, so that all three move. A first call also"
                " pays for memory that is reserved and for code and weights that come into the"
                " caches. A server that runs for hours pays it once; a program that starts for one"
                " answer always does."
            ),
        ),
        (
            _(
                "Choose the engine torch and two threads, then as many busy neighbours as this"
                " machine has cores. Which percentile suffers most?"
            ),
            _(
                "A second thread has to be woken and waited for, and what it takes over must be"
                " worth that. Where neighbours keep the processor busy, it waits for its turn, and"
                " the whole call waits for it: read p90, and the processor share of the thread that"
                " waits."
            ),
        ),
        (
            _("Somebody reports a speed-up of 5 % from one run of each. Do you believe it?"),
            _(
                "Ask whether the two were timed in turn, and for the interval. In the game above"
                " two copies of one network often differ by more when one is timed after the other."
            ),
        ),
        (
            _("A paper finds 91.3 % against 90.9 % on 1,000 images. What do you answer?"),
            _(
                "Each of these shares has a 95 % interval of nearly two points to either side, so"
                " the intervals overlap almost wholly. On the same images McNemar’s test sees more,"
                " because it counts only the answers that differ; ask for those."
            ),
        ),
    ]
