"""Voila with our pages."""

from typing import Any

from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.web import RedirectHandler
from voila.app import Voila

from workbench.locale import _
from workbench.serving.abandoned import LOOK_EVERY_MS, Abandoned
from workbench.serving.browser import show
from workbench.serving.environment import LARGEST_MESSAGE
from workbench.serving.pages import GalleryPage, LessonPage, MissingPage, before_lesson


class Publisher(Voila):  # type: ignore[misc]  # voila ships no types
    """The standalone Voila that publishes the lessons."""

    show_in_browser = False

    def initialize(self, argv: list[str] | None = None) -> None:
        """Read voila.json, and prepare each lesson before its kernel starts."""
        super().initialize(argv)
        self.voila_configuration.prelaunch_hook = before_lesson

    def init_settings(self) -> dict[str, Any]:
        """Voila's settings, and our page for addresses that do not exist."""
        settings: dict[str, Any] = super().init_settings()
        settings["default_handler_class"] = MissingPage
        settings["websocket_max_message_size"] = LARGEST_MESSAGE
        settings["default_handler_args"] = {"voila_configuration": self.voila_configuration}
        return settings

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Our pages in front of Voila's own."""
        root = self.server_url
        ours = {"voila_configuration": self.voila_configuration}
        gallery = {"url": self.base_url, "permanent": False}
        lesson = {**ours, "template_paths": self.template_paths, "config": self.config}
        return [
            (url_path_join(root, r"/?"), GalleryPage, ours),
            (url_path_join(root, r"/voila/tree.*"), RedirectHandler, gallery),
            (url_path_join(root, r"/voila/render/(.*)"), LessonPage, lesson),
            *super().init_handlers(),
        ]

    def listen(self) -> None:
        """Listen, and say where as soon as somebody answers there."""
        IOLoop.current().add_callback(self._announce)
        abandoned = Abandoned(self.kernel_manager, self.kernel_manager.cull_idle_timeout)
        PeriodicCallback(abandoned.look, LOOK_EVERY_MS).start()
        super().listen()

    def _announce(self) -> None:
        address = self.display_url
        print(_("The lessons are at {address}").format(address=address), flush=True)
        if self.show_in_browser:
            show(address)
