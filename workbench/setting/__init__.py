"""What one experiment is: a frozen, flat Setting, and the finite values a control may give it."""

from workbench.setting.folder import FOLDER, expanded, resolved, without_folders
from workbench.setting.int8 import is_one_grid, is_real_int8
from workbench.setting.per_layer import check_layers, per_layer_text
from workbench.setting.recipe import Step, after_recipe, steps_of
from workbench.setting.recorded import PLAIN_TRAINING, recorded_settings
from workbench.setting.rules import MOST_SEEDS
from workbench.setting.shipped import SHIPPED, shipped
from workbench.setting.space import BITS, NO_PATTERN, SPACE, Criterion, Engine, Granularity
from workbench.setting.values import TRAINING, Setting

__all__ = [
    "BITS",
    "FOLDER",
    "MOST_SEEDS",
    "NO_PATTERN",
    "PLAIN_TRAINING",
    "SHIPPED",
    "SPACE",
    "TRAINING",
    "Criterion",
    "Engine",
    "Granularity",
    "Setting",
    "Step",
    "after_recipe",
    "check_layers",
    "expanded",
    "is_one_grid",
    "is_real_int8",
    "per_layer_text",
    "recorded_settings",
    "resolved",
    "shipped",
    "steps_of",
    "without_folders",
]
