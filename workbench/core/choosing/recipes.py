"""Many recipes one after the other: a grid of sparsities and bits, and all orders of some steps."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations, product

from workbench.core.experiment import run
from workbench.locale import _
from workbench.measurement import Measurement, Progress
from workbench.setting import Setting

SPARSITIES = (0.0, 0.3, 0.5, 0.7, 0.8)
BITS = (32, 8, 6, 4, 3)
MOST_ORDERED = 4
EXAMPLE = "prune:0.5, quantize:4"

Tell = Callable[[tuple[Measurement, ...]], None]


def grid(setting: Setting) -> tuple[Setting, ...]:
    """25 recipes: five sparsities of single weights by five bit widths, the baseline first."""
    plain = setting.baseline
    return tuple(
        replace(plain, recipe=", ".join(_pruned(sparsity) + _rounded(bits)))
        for sparsity, bits in product(SPARSITIES, BITS)
    )


def _pruned(sparsity: float) -> list[str]:
    return [f"prune:{sparsity}"] if sparsity else []


def _rounded(bits: int) -> list[str]:
    return [f"quantize:{bits}"] if bits < 32 else []


def orders(setting: Setting) -> tuple[Setting, ...]:
    """The steps of the setting's recipe in every order, its own first; without a recipe an
    example's.
    """
    if not setting.recipe:
        return orders(replace(setting, recipe=EXAMPLE))
    words = [word.strip() for word in setting.recipe.split(",")]
    if len(words) > MOST_ORDERED:
        rule = _("at most {most} blocks can be put into every order, got {count}")
        raise ValueError(rule.format(most=MOST_ORDERED, count=len(words)))
    if len(words) < 2:
        rule = _("an order takes two blocks or more, got {count}: add one, or take it away")
        raise ValueError(rule.format(count=len(words)))
    found = dict.fromkeys(", ".join(order) for order in permutations(words))
    return tuple(replace(setting, recipe=recipe) for recipe in found)


def measured(settings: Sequence[Setting], tell: Tell) -> tuple[Measurement, ...]:
    """Measure each; `tell` hears of all that is there, and may raise Superseded."""
    found: tuple[Measurement, ...] = ()

    def report(_progress: Progress) -> None:
        tell(found)

    for setting in settings:
        found = (*found, run(setting, report))
        tell(found)
    return found
