"""The checks of lesson 1's exercise: a way of timing, and what one layer could bring at most."""

from workbench.checks.finding import Finding
from workbench.locale import Message, decimal, message, percent
from workbench.measurement import Quantity
from workbench.measurement.layer_times import LayerTimes
from workbench.measurement.noise import Retimed

NARROW = 0.15
MOST_TIME = 2.0
CLOSE = 0.10


def is_steady(found: Retimed) -> tuple[Finding, ...]:
    """The band is narrow, in at most twice the time of the cheapest way that reaches that."""
    if found.band is None or found.took_ms is None:
        return ()
    is_narrow = found.band.value < NARROW
    told = message(
        "p10 to p90 is {band} of the median, less than {most} is asked",
        band=percent(found.band.value, 1),
        most=percent(NARROW, 0),
    )
    return Finding(is_met=is_narrow, told=told), _is_cheap(found, found.band, found.took_ms)


def _is_cheap(found: Retimed, band: Quantity, took: Quantity) -> Finding:
    if found.cheapest is None or found.least_ms is None:
        return Finding(is_met=False, told=_unjudged(found.tried, band))
    told = message(
        "your plan took {took} ms; the cheapest that reaches it, {warm_up} + {repeats} calls, took"
        " {least} ms, and {most} times that is allowed",
        took=decimal(took.value, 2),
        warm_up=found.cheapest.warm_up,
        repeats=found.cheapest.repeats,
        least=decimal(found.least_ms.value, 2),
        most=round(MOST_TIME),
    )
    return Finding(is_met=took.value <= MOST_TIME * found.least_ms.value, told=told)


def _unjudged(tried: int, band: Quantity) -> Message:
    """Why there is no time to compare with: no plan was narrow when it was carried out."""
    if band.value < NARROW:
        return message(
            "your plan reaches it, but none of {n} plans did just after: this machine was too"
            " unsteady to judge the cost; end what else runs on it, and check again",
            n=tried,
        )
    return message(
        "none of {n} plans reaches it at the moment: end what else runs on this machine, and"
        " check again",
        n=tried,
    )


def is_ceiling(times: LayerTimes, layer: str, claimed: float) -> tuple[Finding, ...]:
    """The layer takes the largest share of the time, and 1 / (1 - share) is its ceiling."""
    share = times.layer(layer).quantities["time_share"]
    largest = max(each.quantities["time_share"].value for each in times.layers)
    first = message(
        "{layer} takes {share} of the time; the largest share is {largest}",
        layer=layer,
        share=percent(share.value, 1),
        largest=percent(largest, 1),
    )
    near = message(
        "you say × {claimed}; within {most} of 1 / (1 − its share) is asked",
        claimed=decimal(claimed, 2),
        most=percent(CLOSE, 0),
    )
    is_near = abs(claimed / times.ceiling(layer).value - 1) <= CLOSE
    return (
        Finding(is_met=_most(share) >= largest, told=first),
        Finding(is_met=is_near, told=near),
    )


def _most(share: Quantity) -> float:
    """What the share may be: two layers that cannot be told apart are both the largest."""
    return share.value if share.high is None else share.high
