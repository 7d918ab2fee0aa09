"""A result taken home: whole or not at all, and the same answers without torch or workbench."""

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file

from tests.drawn import QUICK, draw_shapes
from workbench.core import architecture
from workbench.core import export as exporting
from workbench.core.data import load
from workbench.core.experiment import prepared
from workbench.core.export import Exported, export
from workbench.core.own_image import own_image
from workbench.core.pictures import normalized
from workbench.measurement import Progress, Superseded, ignore
from workbench.setting import Setting, shipped
from workbench.wording import PROVENANCES

START = shipped("digits", "small_cnn")
PLAIN, INT8 = START, replace(START, recipe="prune:0.5,quantize:8")
ALONE = ("numpy", "numpy.libs", "onnxruntime", "PIL", "pillow.libs")
"""What stands in the site-packages of a computer that never heard of torch."""
FILES = {
    "model.onnx", "model.safetensors", "preprocessing.json", "labels.json", "classify.py",
    "preprocessing.py", "LICENSE-data.txt", "README.md",
}  # fmt: skip
COUNT = 100


@pytest.fixture(scope="module", params=[PLAIN, INT8], ids=["float32", "int8"])
def made(
    request: pytest.FixtureRequest, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Exported:
    return export(request.param, tmp_path_factory.mktemp("home") / "net", ignore)


@pytest.fixture(scope="module")
def shapes(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Setting:
    folder = draw_shapes(tmp_path_factory.mktemp("pictures") / "shapes")
    return Setting(dataset=f"folder:{folder}", weight_bits=8, **QUICK)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages without torch."""
    folder = tmp_path_factory.mktemp("site")
    spec = find_spec("numpy")
    assert spec is not None
    assert spec.origin is not None
    packages = Path(spec.origin).parent.parent
    for name in ALONE:
        if (packages / name).is_dir():
            (folder / name).symlink_to(packages / name, target_is_directory=True)
    return folder


def run_script(folder: Path, pictures: list[Path], site: Path) -> subprocess.CompletedProcess[str]:
    """classify.py where neither torch nor workbench can be imported."""
    code = (
        "import runpy, sys, importlib.util as found; sys.path.append(sys.argv[1])\n"
        "assert not any(map(found.find_spec, ('torch', 'workbench', 'onnx', 'safetensors')))\n"
        "script, sys.argv = sys.argv[2], sys.argv[2:]\n"
        "sys.path.insert(0, script.rpartition('/')[0])\n"  # as Python does for its script
        "runpy.run_path(script, run_name='__main__')\n"
    )
    call = [sys.executable, "-B", "-I", "-S", "-c", code, site, folder / "classify.py", *pictures]
    return subprocess.run(call, capture_output=True, encoding="utf-8", check=False)


def classified(folder: Path, pictures: list[Path], site: Path) -> list[str]:
    """What it answers."""
    told = run_script(folder, pictures, site)
    assert told.returncode == 0, told.stderr
    lines = [line.split("\t") for line in told.stdout.splitlines()]
    assert [name for name, _label in lines] == list(map(str, pictures))
    return [label for _name, label in lines]


def test_the_script_answers_as_the_engine_does_without_torch(
    made: Exported, site: Path, tmp_path: Path
) -> None:
    data = load("digits")
    paths = [tmp_path / f"{number}.png" for number in range(COUNT)]
    for path, image in zip(paths, data.test_images, strict=False):
        Image.fromarray(image[0]).save(path)
    answers = made.measurement.predictions[:COUNT]
    assert len(set(answers)) == 10
    assert classified(made.folder, paths, site) == [str(data.classes[i]) for i in answers]


def test_any_picture_is_seen_as_the_workbench_sees_it(
    shapes: Setting, site: Path, tmp_path: Path
) -> None:
    made = export(shapes, tmp_path / "net", ignore)
    data, folder = load(shapes.dataset), Path(shapes.dataset.removeprefix("folder:"))
    turned = Image.Exif()
    turned[0x0112] = 6
    clear = Image.new("RGBA", (70, 50), (0, 0, 0, 0))
    for number, source in enumerate(sorted(folder.rglob("*.png"))[::9]):
        picture = Image.open(source)
        large = picture.resize((900, 720))
        clear.paste(picture, (10, 10))
        large.save(tmp_path / f"{number}.jpg", exif=turned)
        clear.save(tmp_path / f"{number}-clear.png")
        for mode in ("P", "L", "CMYK"):
            picture.convert(mode).save(tmp_path / f"{number}-{mode}.tif")
        deep = np.asarray(picture.convert("L"), np.uint16) * 257
        Image.fromarray(deep).save(tmp_path / f"{number}-deep.png")
        Image.fromarray((deep / 65535).astype(np.float32)).save(tmp_path / f"{number}-float.tif")
    paths = sorted(path for path in tmp_path.iterdir() if path.is_file())
    images = np.stack([own_image(path.read_bytes(), data.image_shape) for path in paths])
    engine = prepared(shapes)[0].engine
    answers = [str(data.classes[i]) for i in engine.logits(normalized(images, data)).argmax(1)]
    assert len(set(answers)) > 1
    assert classified(made.folder, paths, site) == answers


def test_what_is_no_image_is_told_and_the_others_are_classified(
    made: Exported, site: Path, tmp_path: Path
) -> None:
    good, text, broken = tmp_path / "good.png", tmp_path / "text.png", tmp_path / "broken.png"
    Image.fromarray(load("digits").test_images[0][0]).resize((300, 300)).save(good)
    text.write_text("no image")
    broken.write_bytes(good.read_bytes()[:300])
    paths = [text, tmp_path / "missing.png", tmp_path, broken, good]
    told = run_script(made.folder, paths, site)
    assert told.returncode == 1
    assert told.stdout.split("\t")[0] == str(good)
    assert "Traceback" not in told.stderr
    assert all(f"{path}: " in told.stderr for path in paths[:4])
    assert "python classify.py IMAGE" in run_script(made.folder, [], site).stderr


def test_the_script_is_short_enough_to_be_read_at_a_glance(made: Exported) -> None:
    body = (made.folder / "classify.py").read_text().partition("here,")[2].splitlines()
    assert len(body) <= 10


def test_the_card_says_on_which_ground_the_images_stand(made: Exported) -> None:
    assert "light on a dark ground" in (made.folder / "README.md").read_text()


def test_the_folder_holds_the_very_file_that_was_measured(made: Exported) -> None:
    assert {path.name for path in made.folder.iterdir()} == FILES == set(made.files)
    for name, size in made.files.items():
        assert size.value == (made.folder / name).stat().st_size
    assert made.files["model.onnx"].value == made.measurement.quantities["file_bytes"].value
    engine = prepared(made.measurement.setting)[0].engine
    assert (made.folder / "model.onnx").read_bytes() == engine.file


def test_the_safetensors_are_the_same_network_in_pytorch(made: Exported) -> None:
    candidate = prepared(made.measurement.setting)[0]
    path = made.folder / "model.safetensors"
    candidate.versions.final.load_state_dict(load_file(path))
    data = candidate.architecture.data
    with torch.no_grad():
        pictures = torch.from_numpy(normalized(data.test_images, data))
        answers = candidate.versions.final(pictures).argmax(1).numpy()
    assert (answers == made.measurement.predictions).mean() > 0.98
    with safe_open(path, "numpy") as file:
        told = json.loads(file.metadata()["setting"])
    assert Setting.from_dict(told) == made.measurement.setting


def test_the_same_setting_makes_the_same_files_apart_from_the_card(
    made: Exported, tmp_path: Path
) -> None:
    architecture._architecture.cache_clear()
    again = export(made.measurement.setting, tmp_path / "net", ignore)
    for name in FILES - {"README.md"}:
        assert (again.folder / name).read_bytes() == (made.folder / name).read_bytes(), name


def test_the_card_tells_every_quantity_with_its_provenance(made: Exported) -> None:
    card = (made.folder / "README.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in card.splitlines() if line.startswith("|")]
    told = {row[4].removesuffix(" |"): row[3] for row in rows if len(row) == 5}
    for quantity in made.measurement.quantities.values():
        assert told[str(quantity.how)] == str(PROVENANCES[quantity.provenance])
    assert "accuracy in the worst class" in card
    assert "CC BY 4.0" in card
    assert made.measurement.machine["onnxruntime"] in card


def test_no_folder_of_this_computer_leaves_it(shapes: Setting, tmp_path: Path) -> None:
    made = export(shapes, tmp_path / "net", ignore)
    parent = str(Path(shapes.dataset.removeprefix("folder:")).parent).encode()
    assert parent in shapes.dataset.encode()
    for path in made.folder.iterdir():
        assert parent not in path.read_bytes(), path.name
    assert "somebody's own folder" in (made.folder / "README.md").read_text(encoding="utf-8")


def _raise(error: Exception) -> Callable[..., None]:
    def act(*_given: object) -> None:
        raise error

    return act


def test_a_full_disk_midway_leaves_nothing(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = exporting._write, []

    def until_full(path: Path, content: bytes) -> None:
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        write(path, content)

    monkeypatch.setattr(exporting, "_write", until_full)
    with pytest.raises(ValueError, match=r"cannot write in .*: the disk is full"):
        export(PLAIN, tmp_path / "net", ignore)
    assert len(written) == 3
    assert not list(tmp_path.iterdir())


def test_what_is_stopped_leaves_nothing(cache: Path, tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if "writing" in str(progress.stage):
            raise Superseded

    with pytest.raises(Superseded):
        export(PLAIN, tmp_path / "net", stop)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_exists_already_is_never_touched(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "net"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine", encoding="utf-8")
    else:
        place.symlink_to(tmp_path / "nowhere")
    before = place.lstat()
    with pytest.raises(ValueError, match=r"an export is a new folder, and .*net exists already"):
        export(PLAIN, place, _raise(AssertionError("nothing is measured")))
    assert place.lstat() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be_written_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match=r"cannot write in .*: a part of its path is a file"):
        export(PLAIN, tmp_path / "file" / "net", _raise(AssertionError("nothing is measured")))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_device_that_is_not_there_is_refused_whatever_the_engine(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"device is one that this machine has.*, got cuda"):
        export(replace(PLAIN, device="cuda"), tmp_path / "new" / "net", ignore)
    assert not list(tmp_path.iterdir())


def test_another_engine_than_the_file_is_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="engine onnxruntime, got torch"):
        export(replace(PLAIN, engine="torch"), tmp_path / "net", ignore)
    assert not list(tmp_path.iterdir())
