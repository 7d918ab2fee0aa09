"""Folders of anybody's pictures become data sets, or one sentence says why not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.core.data import Dataset, load
from workbench.core.data.preprocessing import fitted
from workbench.core.files import FileProblem

RED, BLUE = (200, 30, 30), (30, 30, 200)


def draw(path: Path, mode: str, size: tuple[int, int], colour: tuple[int, int, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = Image.new("RGB", size, colour)
    if mode == "I;16":
        grey = int(np.asarray(plain.convert("L"))[0, 0])
        Image.fromarray(np.full(size[::-1], grey * 257, dtype=np.uint16)).save(path)
    else:
        plain.convert(mode).save(path)


def fill(folder: Path, modes: dict[str, str], *, per_mode: int = 3) -> None:
    for label, colour in (("red", RED), ("blue", BLUE)):
        for mode, ending in modes.items():
            for number in range(per_mode):
                size = (20 + 17 * number, 64 - 9 * number)
                name = f"{mode.replace(';', '')}-{number}.{ending}"
                draw(folder / label / name, mode, size, colour)


def images(dataset: Dataset) -> np.ndarray:
    return np.concatenate([dataset.train_images, dataset.validation_images, dataset.test_images])


@pytest.fixture
def pictures(tmp_path: Path, empty_cache: Path) -> Path:
    folder = tmp_path / "pictures"
    fill(folder, {"RGB": "jpg", "P": "gif", "RGBA": "png", "CMYK": "tif", "L": "png", "1": "bmp"})
    return folder


def test_any_sizes_and_modes_become_one_data_set(pictures: Path) -> None:
    dataset = load(f"folder:{pictures}")
    assert [str(label) for label in dataset.classes] == ["blue", "red"]
    assert images(dataset).shape == (36, 3, 32, 32)
    assert len(dataset.mean) == len(dataset.std) == 3
    for labels in (dataset.train_labels, dataset.validation_labels, dataset.test_labels):
        assert np.bincount(labels)[0] == np.bincount(labels)[1]


def test_labels_follow_the_folders(tmp_path: Path, empty_cache: Path) -> None:
    fill(tmp_path / "pictures", {"RGB": "png", "P": "png", "CMYK": "jpg", "RGBA": "webp"})
    dataset = load(f"folder:{tmp_path / 'pictures'}")
    for one_set, labels in (
        (dataset.train_images, dataset.train_labels),
        (dataset.test_images, dataset.test_labels),
    ):
        means = one_set.mean(axis=(2, 3))
        np.testing.assert_array_equal(labels == 1, means[:, 0] > means[:, 2])


def test_grey_pictures_stay_one_channel(tmp_path: Path, empty_cache: Path) -> None:
    fill(tmp_path / "pictures", {"L": "jpg", "1": "png", "I;16": "png", "LA": "png"})
    dataset = load(f"folder:{tmp_path / 'pictures'}")
    assert dataset.image_shape == (1, 32, 32)


def test_one_coloured_picture_makes_all_coloured(tmp_path: Path, empty_cache: Path) -> None:
    fill(tmp_path / "pictures", {"L": "png"})
    draw(tmp_path / "pictures" / "red" / "colour.png", "RGB", (40, 40), RED)
    assert load(f"folder:{tmp_path / 'pictures'}").image_shape == (3, 32, 32)


def test_what_is_no_image_is_skipped(pictures: Path) -> None:
    for name in ("notes.txt", ".hidden.png", "Thumbs.db"):
        (pictures / "red" / name).write_bytes(b"not an image")
    (pictures / ".git").mkdir()
    (pictures / "readme.md").write_text("about")
    assert len(images(load(f"folder:{pictures}"))) == 36


def test_deeper_folders_belong_to_their_class(pictures: Path) -> None:
    draw(pictures / "red" / "more" / "one.PNG", "RGB", (50, 20), RED)
    assert len(images(load(f"folder:{pictures}"))) == 37


def test_a_changed_folder_is_read_anew(pictures: Path) -> None:
    before = load(f"folder:{pictures}")
    assert load(f"folder:{pictures}") is before
    draw(pictures / "red" / "new.png", "RGB", (50, 20), RED)
    assert len(images(load(f"folder:{pictures}"))) == 37


def test_an_unreadable_image_is_named(pictures: Path, empty_cache: Path) -> None:
    whole = (pictures / "red" / "RGB-0.jpg").read_bytes()
    (pictures / "red" / "torn.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileProblem, match=r"torn\.jpg cannot be read as an image") as error:
        load(f"folder:{pictures}")
    assert "\n" not in str(error.value)
    (pictures / "red" / "torn.jpg").write_bytes(b"")
    with pytest.raises(FileProblem, match=r"torn\.jpg cannot be read as an image"):
        load(f"folder:{pictures}")
    assert not list(empty_cache.rglob("*.npy"))


def test_a_missing_folder_and_a_file_are_told(pictures: Path) -> None:
    for path in (pictures / "nowhere", pictures / "red" / "RGB-0.jpg"):
        with pytest.raises(FileProblem, match="is no folder"):
            load(f"folder:{path}")


def test_an_empty_folder_and_a_single_class_are_told(tmp_path: Path, pictures: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileProblem, match="has 0"):
        load(f"folder:{tmp_path / 'empty'}")
    (pictures / "blue").rename(tmp_path / "blue")
    with pytest.raises(FileProblem, match=r"two classes or more, but .* has 1"):
        load(f"folder:{pictures}")


def test_a_class_too_small_for_three_sets_is_named(pictures: Path) -> None:
    draw(pictures / "green" / "1.png", "RGB", (9, 9), (0, 200, 0))
    draw(pictures / "green" / "2.png", "RGB", (9, 9), (0, 200, 0))
    with pytest.raises(FileProblem, match=r"3 images or more.*green has 2"):
        load(f"folder:{pictures}")
    draw(pictures / "green" / "3.png", "RGB", (9, 9), (0, 200, 0))
    dataset = load(f"folder:{pictures}")
    for labels in (dataset.train_labels, dataset.validation_labels, dataset.test_labels):
        assert (labels == 1).sum() == 1


def test_the_camera_held_upright_gives_an_upright_picture(tmp_path: Path) -> None:
    pixels = np.zeros((64, 64, 3), dtype=np.uint8)
    pixels[:32] = 255  # white above
    turned = Image.fromarray(np.rot90(pixels))
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn a quarter clockwise to see it upright
    turned.save(tmp_path / "photo.png", exif=exif)
    upright = fitted(Image.open(tmp_path / "photo.png"))
    assert upright[:, :14].min() > 250
    assert upright[:, 18:].max() < 5


def test_the_centre_is_kept(tmp_path: Path) -> None:
    wide = np.zeros((32, 96), dtype=np.uint8)
    wide[:, 32:64] = 255
    assert fitted(Image.fromarray(wide)).min() == 255


def test_what_is_transparent_is_white() -> None:
    assert fitted(Image.new("RGBA", (40, 40), (255, 0, 0, 0))).min() == 255


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [(65535, np.uint16, 255), (257, np.uint16, 1), (200, np.int32, 200), (0.5, np.float32, 128)],
)
def test_deep_pictures_keep_their_brightness(values: float, dtype: type, expected: int) -> None:
    deep = Image.fromarray(np.full((32, 32), values, dtype=dtype))
    assert (fitted(deep) == expected).all()


def test_a_huge_image_is_named_and_nothing_is_kept(pictures: Path, empty_cache: Path) -> None:
    Image.new("1", (10_000, 6_000)).save(pictures / "red" / "huge.png")
    with pytest.raises(FileProblem, match=r"huge\.png cannot .* at most 50 million pixels, got 60"):
        load(f"folder:{pictures}")
    assert not (empty_cache / "data").exists()
