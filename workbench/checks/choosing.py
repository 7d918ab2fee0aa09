"""The checks of lesson 9: what keeps which budget, what stands in the way, and whom it serves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.checks.finding import Finding
from workbench.locale import Message, message
from workbench.measurement import Quantity
from workbench.measurement.choosing import LINES, Budget, Version
from workbench.statistics import mcnemar
from workbench.wording import QUANTITIES, number_text, value_text

MOST_MEASURED = 12
MET = "met"
"""An answer to a persona; any other names the budget that cannot be kept."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A budget beside what was measured: the margin, and whether the interval lies on one side."""

    budget: Budget
    quantity: Quantity

    @property
    def margin(self) -> float:
        """In the unit of the quantity; below 0 it is missed by so much."""
        return self.budget.margin(self.quantity.value)

    @property
    def is_met(self) -> bool:
        """The value itself is within the budget."""
        return self.margin >= 0

    @property
    def is_sure(self) -> bool:
        """Both ends of the interval are on the same side of the limit as the value."""
        ends = [end for end in (self.quantity.low, self.quantity.high) if end is not None]
        return all((self.budget.margin(end) >= 0) == self.is_met for end in ends)

    @property
    def slack(self) -> float:
        """The margin as a share of the limit: what budgets in different units are compared by."""
        return self.margin / self.budget.limit if self.budget.limit else self.margin


def budgets_of(choices: Mapping[str, float | None], baseline: Version) -> tuple[Budget, ...]:
    """The budgets that the choices on the lines make beside this baseline."""
    whole = baseline.quantities["latency_ms"].value
    return tuple(
        Budget(
            name=line.name,
            limit=line.limit(choice, baseline),
            baseline_ms=whole if line.name == "latency_ms" else None,
        )
        for line in LINES
        if (choice := choices.get(line.name)) is not None
    )


def kept(version: Version, budgets: Sequence[Budget]) -> tuple[Kept, ...]:
    """Each budget beside what the version takes or gives."""
    return tuple(Kept(budget=b, quantity=b.read(version)) for b in budgets)


def binding(found: Sequence[Kept]) -> Kept | None:
    """The budget with the least slack: the one most missed or, if all are met, nearest to it."""
    return min(found, key=lambda one: one.slack, default=None)


def is_feasible(version: Version, budgets: Sequence[Budget]) -> bool:
    """It keeps every budget."""
    return all(one.is_met for one in kept(version, budgets))


def chosen(versions: Sequence[Version], budgets: Sequence[Budget], cost: str) -> Version | None:
    """The cheapest of those that keep all budgets and cannot be told from the most accurate."""
    found = [version for version in versions if is_feasible(version, budgets)]
    if not found:
        return None
    best = max(found, key=lambda v: v.quantities["accuracy"].value)
    alike = [v for v in found if mcnemar(best.right, v.right).verdict == "cannot tell"]
    return min(alike, key=lambda v: v.quantities[cost].value)


def blocking(versions: Sequence[Version], budgets: Sequence[Budget]) -> tuple[Kept, ...]:
    """What stands in the way where no version keeps all budgets: each with the best that there is.

    Budgets that no version keeps even alone; else the one whose loosening would cost the least,
    beside the best value among the versions that keep all others; else, all of them.
    """
    if not versions or any(is_feasible(version, budgets) for version in versions):
        return ()
    if alone := tuple(one for b in budgets if not (one := best_of(versions, b)).is_met):
        return alone
    loosened = []
    for budget in budgets:
        others = [b for b in budgets if b is not budget]
        if left := [v for v in versions if is_feasible(v, others)]:
            loosened.append(best_of(left, budget))
    if loosened:
        return (max(loosened, key=lambda one: one.slack),)
    return tuple(best_of(versions, budget) for budget in budgets)


def best_of(versions: Sequence[Version], budget: Budget) -> Kept:
    """The budget beside the best value that any of the versions has, whatever else it costs."""
    quantities = [budget.read(version) for version in versions]
    best = max(quantities, key=lambda quantity: budget.margin(quantity.value))
    return Kept(budget=budget, quantity=best)


def served(
    who: Message,
    answer: str,
    mine: Sequence[Version],
    budgets: Sequence[Budget],
    again: Version | None,
) -> Finding:
    """Whether a persona is served by `again`, a version measured anew, or rightly is not.

    `answer`: MET, or the name of the budget that cannot be kept; `mine`: all that was measured.
    """
    if answer == MET:
        if again is None:
            told = message("{who}: no version of yours keeps all budgets yet", who=who)
            return Finding(is_met=False, told=told)
        worst = binding(kept(again, budgets))
        told = message(
            "{who}: measured again, the tightest is {budget}", who=who, budget=kept_text(worst)
        )  # fmt: skip
        return Finding(is_met=is_feasible(again, budgets), told=told)
    if not answer or not mine:
        return Finding(is_met=False, told=message("{who}: no answer yet", who=who))
    limits = [budget for budget in budgets if budget.name == answer]
    if not limits:
        told = message("{who}: sets no budget on: {name}", who=who, name=QUANTITIES[answer])
        return Finding(is_met=False, told=told)
    best = best_of(mine, limits[0])
    in_the_way = [one for one in blocking(mine, budgets) if one.budget == limits[0]]
    if best.is_met and in_the_way:
        told = message("{who}: of those that keep all other budgets the best is {budget}",
                       who=who, budget=kept_text(in_the_way[0]))  # fmt: skip
    else:
        told = message(
            "{who}: the best that was measured is {budget}", who=who, budget=kept_text(best)
        )
    return Finding(is_met=not best.is_met or bool(in_the_way), told=told)


def is_thrifty(measured: int) -> Finding:
    """Whether so many measurements of one's own were few enough."""
    told = message(
        "measured by you: {measured}, at most {most} are asked", measured=measured,
        most=MOST_MEASURED,
    )  # fmt: skip
    return Finding(is_met=measured <= MOST_MEASURED, told=told)


def kept_text(one: Kept | None) -> Message:
    """A budget, what was measured, and what is to spare or missing."""
    if one is None:
        return message("no budget")
    unit = "points" if one.quantity.unit == "fraction" else one.quantity.unit
    values = {
        "name": QUANTITIES[one.budget.name],
        "value": value_text(one.quantity),
        "limit": number_text(one.budget.limit, one.quantity.unit),
        "margin": number_text(abs(one.margin), unit),
    }
    if one.budget.is_floor:
        if one.is_met:
            return message("{name} {value}, at least {limit}: {margin} to spare", **values)
        return message("{name} {value}, at least {limit}: {margin} short", **values)
    if one.is_met:
        return message("{name} {value}, at most {limit}: {margin} to spare", **values)
    return message("{name} {value}, at most {limit}: {margin} over", **values)
