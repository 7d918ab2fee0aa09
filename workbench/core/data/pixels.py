"""Images in as few channels as they need."""

from collections.abc import Sequence

from workbench.core.data.dataset import Images


def is_grey(images: Images) -> bool:
    """Whether no image has any colour."""
    return bool((images == images[:, :1]).all())


def in_fewest_channels(parts: Sequence[Images]) -> list[Images]:
    """One channel each if no image of any part has colour, else as they were."""
    grey = all(is_grey(images) for images in parts)
    return [images[:, :1] if grey else images for images in parts]
