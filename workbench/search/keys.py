"""What a plan wants, each by its key: the points of a grid, or the slots of a sampler."""

import json
from collections.abc import Mapping
from hashlib import sha256
from itertools import product
from math import ceil, prod
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

    Where the axes cross in more points, every k-th value of an axis is taken from `offset` on.
    """
    thinned = {
        name: plan.axes[name][plan.offset % stride :: stride]
        for name, stride in strides(plan).items()
    }
    points = [dict(zip(thinned, point, strict=True)) for point in product(*thinned.values())]
    order = np.random.default_rng(plan.seed).permutation(len(points))
    return [points[place] for place in order]


def strides(plan: Plan) -> dict[str, int]:
    """The k of each axis: the smallest that fit, the longest axis thinned first."""
    lengths = {name: len(values) for name, values in plan.axes.items()}
    found = dict.fromkeys(lengths, 1)

    def left(name: str) -> int:
        return ceil(lengths[name] / found[name])

    while prod(left(name) for name in found) > plan.trials:
        found[max(found, key=left)] += 1
    return found


def slot_seed(seed: int, key: str) -> int:
    """A seed below 2**32 of each slot's own, so that no two workers draw the same."""
    return int.from_bytes(sha256(f"{seed} {key}".encode()).digest()[:4], "big")
