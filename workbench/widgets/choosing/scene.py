"""What the lesson on choosing knows at one moment: versions from all sides, and the budgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workbench.checks.choosing import budgets_of
from workbench.checks.versions import version_of
from workbench.measurement import Measurement
from workbench.measurement.choosing import Budget, Source, Version
from workbench.setting import Setting
from workbench.widgets import views
from workbench.widgets.gallery import LoadImages
from workbench.widgets.state import State
from workbench.widgets.views import View, Views


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Versions by who asked for them; the choice on each budget line; the axes that are shown.

    `now`: the measurement that the controls of the panel show, once it is there.
    """

    setting: Setting
    asked: Mapping[Source, tuple[Version, ...]] = field(default_factory=dict)
    now: Measurement | None = None
    choices: Mapping[str, float | None] = field(default_factory=dict)
    across: str = "deflated_bytes"
    up: str = "accuracy"

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """All of the same training, engine and batch as the controls show, each recipe once.

        Of two measurements of a recipe the later one counts, and one's own before all others.
        """
        sources: tuple[Source, ...] = ("search", "grid", "order", "you")
        found = {version.steps: version for source in sources for version in self.by(source)}
        return tuple(found.values())

    def by(self, source: Source) -> tuple[Version, ...]:
        """Those that one side asked for."""
        baseline = self.setting.baseline
        asked = self.asked.get(source, ())
        return tuple(v for v in asked if v.measurement.setting.baseline == baseline)

    @cached_property
    def baseline(self) -> Version | None:
        """The first measurement of the uncompressed network: limits are shares of it."""
        sources: tuple[Source, ...] = ("you", "grid", "order", "search")
        found = (v for source in sources for v in self.by(source) if not v.steps)
        return next(found, None)

    @cached_property
    def budgets(self) -> tuple[Budget, ...]:
        """The limits, once the baseline is known that they are shares of."""
        return budgets_of(self.choices, self.baseline) if self.baseline else ()

    @cached_property
    def current(self) -> Version | None:
        """The version that the panel shows."""
        return next((v for v in self.by("you") if v.measurement is self.now), None)


SceneView = views.View[Scene]


class Desk:
    """Holds the scene; the panel and the studies put versions onto it, its views draw it."""

    def __init__(
        self, setting: Setting, load_images: LoadImages, drawn: Sequence[SceneView]
    ) -> None:
        self._load_images = load_images
        self._versions: dict[tuple[Measurement, Source], Version] = {}
        self._views: Views[Scene] = Views(Scene(setting=setting), drawn)
        self.view = View[State](key=lambda s: (s.setting, s.history, s.answer), draw=self._follow)

    @property
    def scene(self) -> Scene:
        """What is known at the moment."""
        return self._views.state

    def begin(self) -> None:
        """Draw everything, now and whenever the language changes."""
        self._views.begin()

    def show(self, view: SceneView) -> None:
        """One more view."""
        self._views.follow(view)

    def choose(self, **changes: object) -> None:
        """Other axes or other budgets."""
        self._views.update(**changes)

    def put(self, source: Source, measured: Sequence[Measurement]) -> None:
        """Versions that a study has measured so far, beside those that it measured before."""
        with self._views.lock:
            before = {v.measurement.setting: v for v in self.scene.asked.get(source, ())}
            found = {v.measurement.setting: v for v in self._read(measured, source)}
            versions = tuple((before | found).values())
            self._views.update(asked={**self.scene.asked, source: versions})

    def _follow(self, state: State) -> None:
        mine = self._read(state.history, "you")
        now = None if state.is_stale else state.answer
        with self._views.lock:
            asked = {**self.scene.asked, "you": mine}
            self._views.update(setting=state.setting, asked=asked, now=now)

    def _read(self, measured: Sequence[Measurement], source: Source) -> tuple[Version, ...]:
        return tuple(self._version(measurement, source) for measurement in measured)

    def _version(self, measurement: Measurement, source: Source) -> Version:
        key = measurement, source
        if key not in self._versions:
            labels = self._load_images(measurement.setting.dataset).test_labels
            self._versions[key] = version_of(measurement, labels, source)
        return self._versions[key]
