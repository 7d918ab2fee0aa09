"""What a plan wants, each by its key: the points of a grid, or the slots of a sampler."""

import json
from collections.abc import Mapping
from hashlib import sha256
from itertools import product
from math import prod
from typing import Any

import numpy as np

from workbench.search.plans import Plan


def wanted(plan: Plan) -> dict[str, Mapping[str, Any]]:
    """The values that are fixed from the start, by key: all of a grid's point, none of a slot."""
    if plan.strategy == "grid":
        return {key_of(point): point for point in grid(plan)}
    return {f"slot {number}": {} for number in range(plan.trials)}


def key_of(point: Mapping[str, Any]) -> str:
    """A point of a grid as text, different for any other."""
    return ", ".join(f"{name}={json.dumps(value)}" for name, value in point.items())


def grid(plan: Plan) -> list[dict[str, Any]]:
    """At most `plan.trials` points, in an order drawn by its seed.

    Where the axes cross in more points, each gives some of its values only, evenly spread around
    from `offset` on: the same number of points for every offset.
    """
    thinned = {
        name: spread(plan.axes[name], count, plan.offset) for name, count in counts(plan).items()
    }
    points = [dict(zip(thinned, point, strict=True)) for point in product(*thinned.values())]
    order = np.random.default_rng(plan.seed).permutation(len(points))
    return [points[place] for place in order]


def spread(values: tuple[Any, ...], count: int, offset: int) -> list[Any]:
    """`count` of the values in their order, one every so many, the first `offset` places on."""
    places = {(offset + len(values) * i // count) % len(values) for i in range(count)}
    return [values[place] for place in sorted(places)]


def counts(plan: Plan) -> dict[str, int]:
    """How many values of each axis a grid takes: one more of the fewest as long as trials suffice.

    A grid does not know which axis matters, so its seed draws who comes first among equals.
    """
    found = dict.fromkeys(plan.axes, 1)
    drawn = np.random.default_rng(plan.seed).permutation(len(found))
    names = [list(found)[place] for place in drawn]

    def may_grow(name: str) -> bool:
        more = prod(found.values()) // found[name] * (found[name] + 1)
        return found[name] < len(plan.axes[name]) and more <= plan.trials

    while growing := [name for name in names if may_grow(name)]:
        found[min(growing, key=found.__getitem__)] += 1
    return found


def slot_seed(seed: int, key: str) -> int:
    """A seed below 2**32 of each slot's own, so that no two workers draw the same."""
    return int.from_bytes(sha256(f"{seed} {key}".encode()).digest()[:4], "big")
