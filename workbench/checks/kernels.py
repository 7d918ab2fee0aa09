"""The check of lesson 3's exercise."""

from workbench.checks.finding import Finding
from workbench.locale import decimal, message
from workbench.measurement.kernels import Look

WIDE_ENOUGH = 7
MOST_MACS = 3_000_000
FEWEST_CHANNELS = 8


def sees_enough(now: Look) -> tuple[Finding, ...]:
    """Lesson 3: the last layer sees enough and still tells every pixel apart, at a low cost."""
    last, macs = now.sights[-1], now.quantities["macs"].value
    field = message(
        "the field of the last layer is {field} x {field} pixels, padding included; at least"
        " {least} x {least} are asked",
        field=last.field,
        least=WIDE_ENOUGH,
    )
    jump = message(
        "neighbours on the last map look at places {jump} pixels apart in the picture, asked is 1",
        jump=last.jump,
    )
    channels = message(
        "{channels} channels in the first layer, at least {least} are asked",
        channels=now.sights[0].outputs,
        least=FEWEST_CHANNELS,
    )
    cost = message(
        "{macs} million multiply-adds, at most {most} million are allowed",
        macs=decimal(macs / 1e6, 2),
        most=round(MOST_MACS / 1e6),
    )
    return (
        Finding(is_met=last.field >= WIDE_ENOUGH, told=field),
        Finding(is_met=last.jump == 1, told=jump),
        Finding(is_met=now.sights[0].outputs >= FEWEST_CHANNELS, told=channels),
        Finding(is_met=macs <= MOST_MACS, told=cost),
    )
