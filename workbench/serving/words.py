"""Every sentence on the pages around the lessons."""

from workbench.lessons_index import LESSONS
from workbench.locale import message
from workbench.serving.language import speaking

WORDS = {
    "workbench": message("Model Optimization Workbench"),
    "claim": message("Make a trained network smaller and faster, and see what it costs"),
    "promise": message(
        "Every lesson is a page with a running network behind it. Every number is measured here, "
        "on this machine, and says how it was got."
    ),
    "lessons": message("Lessons"),
    "lesson": message("Lesson"),
    "all_lessons": message("All lessons"),
    "language": message("Language"),
    "skip": message("Skip to the content"),
    "starting": message("The lesson is starting. This takes a few seconds."),
    "slow": message("Still at work. This takes longer than usual."),
    "needs_javascript": message(
        "The lessons need JavaScript. Please switch it on in the browser and load the page again."
    ),
    "cell_failed": message(
        "Something failed here, and the lesson stopped. Load the page again. If it fails once "
        "more, the reason stands in the window in which the workbench was started."
    ),
    "missing_title": message("This page does not exist"),
    "missing": message("The address may be mistyped, or the lesson has another name by now."),
    "failed_title": message("This page could not be opened"),
    "failed": message(
        "Load it again. If it fails once more, the reason stands in the window in which the "
        "workbench was started."
    ),
}


def words_in(language: str) -> dict[str, str]:
    """WORDS in `language`."""
    with speaking(language):
        return {name: str(sentence) for name, sentence in WORDS.items()}


def lessons_in(language: str) -> list[dict[str, str | int]]:
    """LESSONS as the cards of the gallery show them in `language`."""
    with speaking(language):
        return [
            {
                "number": lesson.number,
                "file": lesson.file,
                "title": str(lesson.title),
                "goal": str(lesson.goal),
            }
            for lesson in LESSONS
        ]


def title_in(language: str, file: str) -> str | None:
    """The title of the lesson in `file`, or None where LESSONS does not know it."""
    with speaking(language):
        return next((str(lesson.title) for lesson in LESSONS if lesson.file == file), None)
