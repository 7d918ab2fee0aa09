"""Which of two strategies is ahead, seed by seed, and whether that is more than chance."""

from workbench.locale import _
from workbench.search.values import Race, Strategy
from workbench.statistics import mean_interval
from workbench.widgets.search.words import SHORT
from workbench.wording import signed

FEWEST = 6
"""Seeds: with fewer of them one lucky search decides."""


def differences(race: Race, first: Strategy, second: Strategy) -> list[float]:
    """The best of `first` less that of `second` at the end, a number for each seed of both."""
    ends = {key: race.runs[key][-1].value for key in race.winners}
    return [
        ends[first, seed] - ends[second, seed]
        for seed in race.seeds
        if {(first, seed), (second, seed)} <= ends.keys()
    ]


Spread = tuple[float, float, float]


def points_text(value: float) -> str:
    """A difference of two shares in points, with its sign."""
    return _("{points} points").format(points=signed(100 * value, 1))


def spread_text(spread: Spread) -> str:
    """A mean difference and from where to where it may be."""
    mean = signed(100 * spread[0], 1)
    return _("{points} points ({interval})").format(points=mean, interval=ends_text(spread))


def ends_text(spread: Spread) -> str:
    """From where to where a difference may be."""
    low, high = (signed(100 * value, 1) for value in spread[1:])
    return _("{low} to {high}, 95 %").format(low=low, high=high)


def compared(race: Race, first: Strategy, second: Strategy) -> str:
    """One sentence about two strategies; empty where too few seeds have come."""
    found = differences(race, first, second)
    if len(found) < FEWEST:
        return ""
    mean, low, high = mean_interval(found)
    names = {"first": SHORT[first], "second": SHORT[second]}
    if low > 0:
        verdict = _("{first} is ahead").format(**names)
    elif high < 0:
        verdict = _("{second} is ahead").format(**names)
    else:
        verdict = _("cannot tell")
    return _(
        "{first} less {second}: {points} points on average over {n} seeds ({low} to {high},"
        " 95 %): {verdict}"
    ).format(
        **names, points=signed(100 * mean, 1), n=len(found), low=signed(100 * low, 1),
        high=signed(100 * high, 1), verdict=verdict,
    )  # fmt: skip
