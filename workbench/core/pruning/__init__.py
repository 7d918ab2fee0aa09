"""Pruning: weights set to zero, or neurons and filters removed, the least important first."""

from workbench.core.pruning.choice import Cut, chosen_channels
from workbench.core.pruning.criteria import check_scores_weights, importance
from workbench.core.pruning.groups import Group, Place
from workbench.core.pruning.removal import mask_channels, remove_channels
from workbench.core.pruning.tracing import channel_groups
from workbench.core.pruning.weights import (
    check_not_emptied,
    fraction_zero,
    prunable,
    prune_weights,
)

__all__ = [
    "Cut",
    "Group",
    "Place",
    "channel_groups",
    "check_not_emptied",
    "check_scores_weights",
    "chosen_channels",
    "fraction_zero",
    "importance",
    "mask_channels",
    "prunable",
    "prune_weights",
    "remove_channels",
]
