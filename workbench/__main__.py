"""The command line: serve, lab, train, measure, search, worker, status, record, bench."""

import argparse
import os
import sys
import traceback
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import fields

from workbench import __version__, export_commands, record_commands, search_commands
from workbench.commands import MEASURE_FLAGS
from workbench.locale import _, message, preferred_language, use_language
from workbench.setting import SPACE, TRAINING, Setting
from workbench.wording import EXPLAINED

ARGPARSE = (
    message("usage: "),
    message("options"),
    message("positional arguments"),
    message("show this help message and exit"),
    message("%(prog)s: error: %(message)s\n"),
    message("argument %(argument_name)s: %(message)s"),
    message("expected one argument"),
    message("invalid %(type)s value: %(value)r"),
    message("invalid choice: %(value)r (choose from %(choices)s)"),
    message("the following arguments are required: %s"),
    message("unrecognized arguments: %s"),
)
"""Sentences of argparse itself, marked so that the catalogues hold them."""


def parser() -> ArgumentParser:
    """Every command with its arguments; texts in the language in use."""
    vars(argparse)["_"] = _  # by this name argparse translates its own words
    top = ArgumentParser(
        prog="workbench",
        description=_("A workbench on model optimization: every number is measured."),
    )
    top.add_argument(
        "--version", action="version", version=__version__,
        help=_("show the version and exit"),
    )  # fmt: skip
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
    search_commands.add_commands(commands, _add_fields)
    record_commands.add_command(commands)
    export_commands.add_command(commands, _add_fields)
    info = commands.add_parser(
        "info", help=_("show what this machine has, and what it cannot show")
    )
    _add_json(info)
    bench = commands.add_parser("bench", help=_("measure the workbench itself against its aims"))
    bench.add_argument("name", help=_("which bench; an unknown name lists the known ones"))
    _add_json(bench)
    return top


def _add_train(commands) -> None:  # type: ignore[no-untyped-def]
    command = commands.add_parser(
        "train",
        help=_("train a network and write its checkpoint"),
        description=_(
            "Train a network and write its weights, with their accuracy on validation and test"
            " images. What is not given is as in the training that ships, or has its default."
        ),
    )
    _add_fields(command, TRAINING)
    command.add_argument(
        "--output", help=_("folder of the checkpoint; the user's cache if not given")
    )
    _add_download(command)
    _add_json(command)


def _add_measure(commands) -> None:  # type: ignore[no-untyped-def]
    command = commands.add_parser(
        "measure",
        help=_("measure one setting: accuracy, sizes, latency"),
        description=_(
            "Measure one setting: accuracy, sizes and latency. The weights of the bundled data"
            " sets and networks ship; any other setting is trained first, which may take"
            " minutes, and its weights are kept in your cache."
        ),
    )
    _add_fields(command, tuple(field.name for field in fields(Setting)), MEASURE_FLAGS)
    _add_download(command)
    _add_json(command)


def _add_download(command: ArgumentParser) -> None:
    command.add_argument(
        "--download", action="store_true", help=_("fetch a torchvision data set that is not here")
    )


def _add_json(command: ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help=_("print one JSON object"))


def _add_fields(
    command: ArgumentParser,
    names: Sequence[str],
    flags: Mapping[str, tuple[str, ...]] | None = None,
) -> None:
    for name in names:
        kind = _kind(name)
        offered = ", ".join(str(value) for value in SPACE.get(name, ()))
        text = str(EXPLAINED[name]) + (f" [{offered}]" if offered else "")
        command.add_argument(
            *(flags or {}).get(name, (f"--{name.replace('_', '-')}",)),
            dest=name, type=kind, metavar=kind.__name__.upper(), help=text.replace("%", "%%"),
        )  # fmt: skip


def _kind(name: str) -> type:
    """The type of a field's values, None apart."""
    values = [getattr(Setting(), name), *SPACE.get(name, (0,))]
    return type(next(value for value in values if value is not None))


def dispatch(arguments: Namespace) -> None:
    """Do what was asked; heavy imports wait until they are needed."""
    if arguments.command in ("serve", "lab"):
        from workbench import serve

        start = serve.serve if arguments.command == "serve" else serve.lab
        start(port=arguments.port, open_browser=not arguments.no_browser)
    elif arguments.command == "bench":
        from workbench.bench import print_bench

        print_bench(arguments.name, as_json=arguments.json)
    elif arguments.command in search_commands.COMMANDS:
        search_commands.dispatch(arguments)
    elif arguments.command == "info":
        from workbench.info import print_info

        print_info(as_json=arguments.json)
    elif arguments.command == "record":
        record_commands.dispatch(arguments)
    elif arguments.command == "export":
        export_commands.dispatch(arguments)
    else:
        from workbench import commands
        from workbench.core.experiment import run

        if arguments.command == "train":
            commands.train(arguments)
        else:
            commands.measure(arguments, run)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; what goes wrong is one sentence on standard error.

    Exit code 2: by the user's input or files; 1: by a fault of ours; 130: stopped.
    """
    use_language(preferred_language())
    try:
        dispatch(parser().parse_args(words))
    except (ValueError, OSError) as error:
        _tell(error, str(error))
        return 2
    except KeyboardInterrupt:
        print(_("workbench: stopped"), file=sys.stderr)
        return 130
    except Exception as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())
        _tell(error, _("something went wrong here ({reason})").format(reason=told))
        return 1
    return 0


def _tell(error: Exception, sentence: str) -> None:
    """The sentence; where it arose only for those who look for a fault."""
    if os.environ.get("WORKBENCH_DEBUG") == "1":
        traceback.print_exception(error)
    print(f"workbench: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
