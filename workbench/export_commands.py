"""The command `export`: a compressed network as a folder to take home."""

import json
from argparse import Namespace
from typing import Any

from workbench.commands import (
    MEASURE_FLAGS,
    Telling,
    compressed_setting,
    print_measurement,
    print_table,
)
from workbench.locale import _
from workbench.search_commands import FIELDS, AddFields
from workbench.setting import expanded
from workbench.wording import value_text


def add_command(commands: Any, add_fields: AddFields) -> None:
    """Add `export` to the commands of the parser; `add_fields` adds those of a setting."""
    command = commands.add_parser(
        "export",
        help=_("write the compressed network as a folder to take home"),
        description=_(
            "Measure one setting and write its network: as ONNX, the file that was measured, and as"
            " safetensors, with preprocessing, labels, a model card, and a script that classifies"
            " images with onnxruntime alone. The folder is made whole or not at all."
        ),
    )
    command.add_argument("--out", required=True, metavar="DIR", help=_("the folder to make"))
    add_fields(command, FIELDS, MEASURE_FLAGS)
    command.add_argument(
        "--download", action="store_true", help=_("fetch a torchvision data set that is not here")
    )
    command.add_argument("--json", action="store_true", help=_("print one JSON object"))


def dispatch(arguments: Namespace) -> None:
    """Measure, write the folder, and say what is in it."""
    from workbench.core.export import check_free, export

    setting, folder = compressed_setting(arguments), expanded(arguments.out)
    check_free(folder)
    if arguments.download:
        from workbench.core.data import load

        load(setting.dataset, download=True)
    made = export(setting, folder, Telling())
    if arguments.json:
        files = {name: size.as_dict() for name, size in made.files.items()}
        told = {"folder": str(made.folder), "files": files, **made.measurement.as_dict()}
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    print_measurement(made.measurement)
    print()
    print_table([(str(made.folder / name), value_text(size)) for name, size in made.files.items()])
