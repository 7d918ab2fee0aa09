"""The pages that Voila hands out, in the reader's language."""

from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from nbformat import NotebookNode
from tornado.web import HTTPError, RequestHandler, authenticated
from voila.handler import BaseVoilaHandler
from voila.tornado.handler import TornadoVoilaHandler

from workbench.locale import LANGUAGES
from workbench.serving.language import chosen_language
from workbench.serving.words import lessons_in, title_in, words_in


def language_of(handler: RequestHandler) -> str:
    """The language in which `handler` is to answer."""
    return chosen_language(
        handler.request.query, handler.request.headers.get("Accept-Language", "")
    )


class Page(BaseVoilaHandler):  # type: ignore[misc]  # voila ships no types
    """A page of ours: its templates find the words in the reader's language."""

    @property
    def template_namespace(self) -> dict[str, Any]:
        """What every template can name."""
        language = language_of(self)
        return {
            **super().template_namespace,
            "language": language,
            "languages": LANGUAGES,
            "words": words_in(language),
            "lessons": lessons_in(language),
        }


class GalleryPage(Page):
    """All lessons as cards; it needs no kernel."""

    @authenticated
    def get(self) -> None:
        """Answer with the gallery."""
        self.finish(self.render_template("gallery.html"))


class NotedKernels:
    """The kernel manager, and which kernel was started through it here."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager
        self.started: str | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)

    def __contains__(self, kernel: str | None) -> bool:
        return kernel in self._manager

    async def start_kernel(self, **how: Any) -> str:
        """Start a kernel and note it."""
        self.started = await self._manager.start_kernel(**how)
        return self.started


class LessonPage(Page, TornadoVoilaHandler):  # type: ignore[misc]  # voila ships no types
    """A notebook as a page, with a kernel of its own."""

    reader_left = False

    @cached_property
    def kernel_manager(self) -> NotedKernels:
        """Voila's kernels; ours is noted."""
        return NotedKernels(super().kernel_manager)

    def on_connection_close(self) -> None:
        """Remember that nobody waits for this page any more."""
        self.reader_left = True
        super().on_connection_close()

    async def get(self, path: str | None = None) -> None:
        """Answer with the lesson; end its kernel if the reader left before the page could do so."""
        await super().get(path)
        kernels = self.kernel_manager
        if self.reader_left and kernels.started in kernels:
            await kernels.shutdown_kernel(kernels.started)


class MissingPage(Page):
    """What every other address answers."""

    def get(self) -> None:
        """Refuse."""
        raise HTTPError(404)


def before_lesson(handler: RequestHandler, notebook: NotebookNode, cwd: str) -> None:
    """Put the words around a lesson into its notebook, and let its page end its own kernel."""
    # Voila's page sends the xsrf cookie with its farewell, and nothing else sets it: without the
    # next line every reload leaves a kernel behind.
    assert handler.xsrf_token
    file = PurePosixPath(handler.request.path).name
    words = {
        code: {**words_in(code), "title": title_in(code, file) or PurePosixPath(file).stem}
        for code in LANGUAGES
    }
    notebook.metadata["workbench_page"] = {"language": language_of(handler), "words": words}
