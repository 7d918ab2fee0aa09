"""The trainings whose weights ship."""

from workbench.setting.values import Setting

SHIPPED: dict[tuple[str, str], Setting] = {
    (setting.dataset, setting.model): setting
    for setting in (
        Setting(model="mlp", learning_rate=0.03, epochs=20, augmentation="none"),
        Setting(model="small_cnn", epochs=30, augmentation="none"),
        Setting(model="resnet8", epochs=12),
        Setting(
            dataset="digits",
            model="mlp",
            learning_rate=0.05,
            batch_size=32,
            epochs=30,
            augmentation="none",
        ),
        Setting(
            dataset="digits", model="small_cnn", batch_size=32, epochs=30, augmentation="shift"
        ),
        Setting(dataset="digits", model="resnet8", batch_size=32, epochs=20, augmentation="shift"),
    )
}
"""The trainings whose weights ship, by data set and model: compression never waits for one."""


def shipped(dataset: str, model: str) -> Setting:
    """The setting whose trained weights ship, or the defaults where there is none."""
    return SHIPPED.get((dataset, model)) or Setting(dataset=dataset, model=model)
