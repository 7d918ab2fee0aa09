"""The command line: serve, lab, train, measure, bench."""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from dataclasses import fields

from workbench import __version__
from workbench.locale import _, preferred_language, use_language
from workbench.setting import SPACE, Setting
from workbench.wording import EXPLAINED

TRAINING = (
    "dataset", "model", "width", "depth", "kernel_size", "learning_rate", "batch_size", "epochs",
    "augmentation", "seed",
)  # fmt: skip


def parser() -> ArgumentParser:
    """Every command with its arguments; texts in the language in use."""
    top = ArgumentParser(
        prog="workbench",
        description=_("A workbench on model optimization: every number is measured."),
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar=_("COMMAND"))
    for name, help_text in (
        ("serve", _("open the gallery of lessons under Voila")),
        ("lab", _("open the lessons in JupyterLab")),
    ):
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument(
            "--port", type=int, help=_("port of the address; the next free one if not given")
        )
        command.add_argument("--no-browser", action="store_true", help=_("print the address only"))
    _add_train(commands)
    _add_measure(commands)
    bench = commands.add_parser("bench", help=_("measure the workbench itself against its aims"))
    bench.add_argument("name", help=_("which bench; an unknown name lists the known ones"))
    bench.add_argument("--json", action="store_true", help=_("print one JSON object"))
    return top


def _add_train(commands) -> None:  # type: ignore[no-untyped-def]
    command = commands.add_parser("train", help=_("train a network and write its checkpoint"))
    _add_fields(command, TRAINING)
    command.add_argument(
        "--output", help=_("folder of the checkpoint; the user's cache if not given")
    )
    _add_download(command)


def _add_measure(commands) -> None:  # type: ignore[no-untyped-def]
    command = commands.add_parser(
        "measure",
        help=_("measure one setting: accuracy, sizes, latency"),
        formatter_class=RawDescriptionHelpFormatter,
    )
    _add_fields(command, tuple(field.name for field in fields(Setting)))
    _add_download(command)


def _add_download(command: ArgumentParser) -> None:
    command.add_argument(
        "--download", action="store_true", help=_("fetch a torchvision data set that is not here")
    )
    command.add_argument("--json", action="store_true", help=_("print one JSON object"))


def _add_fields(command: ArgumentParser, names: Sequence[str]) -> None:
    types = {field.name: type(field.default) for field in fields(Setting)}
    for name in names:
        kind = types[name] if types[name] is not type(None) else int
        offered = ", ".join(str(value) for value in SPACE.get(name, ()))
        text = str(EXPLAINED[name]) + (f" [{offered}]" if offered else "")
        command.add_argument(
            f"--{name.replace('_', '-')}", type=kind, metavar=kind.__name__.upper(),
            help=text.replace("%", "%%"),
        )  # fmt: skip


def dispatch(arguments: Namespace) -> None:
    """Do what was asked; heavy imports wait until they are needed."""
    if arguments.command in ("serve", "lab"):
        from workbench import serve

        start = serve.serve if arguments.command == "serve" else serve.lab
        start(port=arguments.port, open_browser=not arguments.no_browser)
    elif arguments.command == "bench":
        from workbench.bench import print_bench

        print_bench(arguments.name, as_json=arguments.json)
    else:
        from workbench import commands
        from workbench.core.experiment import run

        if arguments.command == "train":
            commands.train(arguments)
        else:
            commands.measure(arguments, run)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; what goes wrong by the user's input is one sentence on standard error."""
    use_language(preferred_language())
    try:
        dispatch(parser().parse_args(words))
    except (ValueError, OSError) as error:
        print(f"workbench: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(_("workbench: stopped"), file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
