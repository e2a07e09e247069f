"""Images as people have them: formats, modes, sizes, broken files; folders and lists of paths."""

import random
import shutil
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, Load, damage, needs
from PIL import Image

SIZE = 8


@pytest.fixture(scope="module")
def reader(imported: Import) -> Imported:
    return imported(family="separable-cnn", tables=True)


@pytest.fixture
def read(reader: Imported, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Load:
    """Read a folder or list of images: their examples, and what is printed."""

    def read_images(path: Path = tmp_path, **settings: Any) -> tuple[Any, str]:
        examples = reader.module("data.read").read(path, reader.config(target=["t"], **settings))
        return examples, capsys.readouterr().out

    return read_images


def picture(size: tuple[int, int] = (SIZE, SIZE), mode: str = "L") -> Image.Image:
    """Return an image that gets brighter to the right, from 0 to 252, and is the same in every row."""
    levels = np.linspace(0, 252, size[0]).round().astype("uint8")
    image = Image.fromarray(np.tile(levels, (size[1], 1)))
    return image.convert(mode)


def save(image: Image.Image, path: Path, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


GREY = np.asarray(picture())
CMYK_BLACK = Image.merge("CMYK", [Image.new("L", (SIZE, SIZE))] * 3 + [picture().point(lambda level: 255 - level)])
DEEP = Image.fromarray(GREY.astype("uint16") * 257)


def with_alpha(mode: str) -> Image.Image:
    """Return the picture, of which the lower half cannot be seen."""
    image = picture(mode=mode)
    alpha = Image.new("L", image.size, 255)
    alpha.paste(0, (0, SIZE // 2, SIZE, SIZE))
    image.putalpha(alpha)
    return image


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "webp", "PNG", "JPG"])
@pytest.mark.parametrize("color", [False, True])
def test_formats(suffix: str, color: bool, read: Load, tmp_path: Path) -> None:
    lossy = {"quality": 100} if suffix.lower() in ("jpg", "jpeg") else {}
    lossy |= {"lossless": True} if suffix == "webp" else {}
    save(picture(mode="RGB"), tmp_path / "data" / "a" / f"1.{suffix}", **lossy)
    (tmp_path / "data" / "a" / "readme.txt").write_text("no image")
    examples, said = read(tmp_path / "data", color=color, image_size=[SIZE, SIZE])
    assert said == "" and examples.keys["path"].tolist() == [f"a/1.{suffix}"]
    assert examples.x["image"].shape == (1, SIZE, SIZE, 3 if color else 1)
    np.testing.assert_allclose(examples.x["image"][0], np.tile(GREY[..., None], (3 if color else 1)), atol=3)


MODES = {
    "grey": picture(),
    "two colours": picture().point(lambda level: 255 * (level > 127), "1"),
    "palette": picture(mode="P"),
    "colour": picture(mode="RGB"),
    "alpha": picture(mode="RGBA"),
    "grey with alpha": picture(mode="LA"),
    "16 bit": DEEP,
    "CMYK": CMYK_BLACK,
}


@pytest.mark.parametrize("color", [False, True])
def test_modes_are_mixed(color: bool, read: Load, tmp_path: Path) -> None:
    for name, image in MODES.items():
        save(image, tmp_path / "a" / f"{name}.{'tif' if image.mode == 'CMYK' else 'png'}")
    examples, said = read(color=color, image_size=[SIZE, SIZE])
    assert said.startswith("Note: 1 of 8 images have 16 bits: the upper 8 are read") and said.count("\n") == 1
    images = dict(zip([path[2:-4] for path in examples.keys["path"]], examples.x["image"], strict=True))
    assert set(images) == set(MODES)
    expected = np.tile(GREY[..., None], (3 if color else 1))
    black_and_white = images.pop("two colours")
    np.testing.assert_array_equal(black_and_white, 255 * (expected > 127))
    for name, image in images.items():
        np.testing.assert_allclose(image.astype("int"), expected, atol=2, err_msg=name)


@pytest.mark.parametrize("suffix", ["jfif", "avif", "jp2", "pgm", "pnm", "tga", "ico", "JPE"])
def test_other_formats(suffix: str, read: Load, tmp_path: Path) -> None:
    save(picture((16, 16)), tmp_path / "a" / f"1.{suffix}")
    examples, said = read(color=False, image_size=[SIZE, SIZE])
    assert said == "" and (np.diff(examples.x["image"][0, 4, :, 0].astype(int)) > 0).all()


def test_of_several_frames_the_first_is_read_and_that_is_said(read: Load, tmp_path: Path) -> None:
    for suffix in ("gif", "png", "webp", "tif"):
        following = [Image.new("RGB", (SIZE, SIZE), "white")]
        save(picture(mode="RGB"), tmp_path / "a" / f"1.{suffix}", save_all=True, append_images=following)
    save(picture(), tmp_path / "a" / "one.png")
    examples, said = read(color=False, image_size=[SIZE, SIZE])
    assert said == "Note: 4 of 5 images have several frames or pages: the first is read\n"
    np.testing.assert_allclose(examples.x["image"].astype(int), np.stack([GREY[..., None]] * 5), atol=6)


@pytest.fixture(scope="module")
def deep(imported: Import) -> Imported:
    return imported(family="separable-cnn", deep=True, tables=True)


@pytest.mark.parametrize(("low", "high", "ends"), [(118, 125, (-1, 1)), (20, 220, (-0.84, 0.73))])
def test_images_of_low_contrast_are_brought_to_the_whole_range(
    low: int, high: int, ends: tuple[float, float], imported: Import, tmp_path: Path
) -> None:
    project = imported(input="images", task="multiclass", tables=True)
    for number in range(4):
        save(
            Image.fromarray(np.linspace(low, high, SIZE * SIZE).reshape(SIZE, SIZE).astype("uint8")),
            tmp_path / "a" / f"{number}.png",
        )
    config = project.config(target=["t"], image_size=[SIZE, SIZE], color=False)
    x = project.module("data.read").read(tmp_path, config).x
    scaled = np.asarray(project.module("network.prepare").build_preparation(x, config)(x)["image"])
    assert (scaled.min(), scaled.max()) == pytest.approx(ends, abs=0.05)


@pytest.mark.parametrize(
    ("low", "high", "dtype"), [(29_318, 29_408, "uint16"), (0, 0.4, "float32"), (0, 4095, "uint16")]
)
def test_levels_are_scaled_by_the_range_that_they_use(
    low: float, high: float, dtype: str, deep: Imported, tmp_path: Path
) -> None:
    for number in range(20):
        levels = np.linspace(low, high, SIZE * SIZE).reshape(SIZE, SIZE).astype(dtype)
        if dtype == "float32":
            levels[0, 0] = (np.nan, -3.4e38, -9999)[number % 3]  # marks of what was not measured
        elif number == 0:
            levels[0, 0] = 65_535  # a damaged pixel
        save(Image.fromarray(levels), tmp_path / "a" / f"{number}.tif")
    config = deep.config(target=["t"], image_size=[SIZE, SIZE], color=False)
    x = deep.module("data.read").read(tmp_path, config).x
    assert x["image"].dtype == "float32"
    scaled = np.asarray(deep.module("network.prepare").build_preparation(x, config)(x)["image"])
    assert abs(scaled).max() <= 3 and scaled.min() == pytest.approx(-1, abs=0.1)
    assert np.percentile(scaled, 98) == pytest.approx(0.95, abs=0.1)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_what_cannot_be_seen_is_white(mode: str, read: Load, tmp_path: Path) -> None:
    save(with_alpha(mode), tmp_path / "a" / "1.png")
    palette = picture(mode="P")
    palette.info["transparency"] = palette.getpixel((0, 0))
    save(palette, tmp_path / "a" / "2.gif", transparency=palette.getpixel((0, 0)))
    examples, _ = read(color=False, image_size=[SIZE, SIZE])
    half, first = examples.x["image"][..., 0].astype("int")
    np.testing.assert_allclose(half[: SIZE // 2], GREY[: SIZE // 2], atol=2)
    assert (half[SIZE // 2 :] == 255).all()
    assert (first[:, 0] == 255).all() and abs(first[:, 1:] - GREY[:, 1:]).max() <= 2


def test_colours_stay_apart(read: Load, tmp_path: Path) -> None:
    red, blue = (Image.new("RGB", (5, 9), name) for name in ("red", "blue"))
    save(red, tmp_path / "a" / "1.png")
    save(blue.quantize(), tmp_path / "a" / "2.png")
    examples, _ = read(color=True, image_size=[4, 4])
    assert examples.x["image"][0, 2, 2].tolist() == [255, 0, 0] and examples.x["image"][1, 2, 2].tolist() == [0, 0, 255]


def test_images_are_turned_as_the_camera_was_held(read: Load, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    save(picture((16, SIZE)), tmp_path / "a" / "1.jpg", exif=exif, quality=100)
    image = read(image_size=[16, SIZE])[0].x["image"][0, :, :, 0].astype("int")
    assert (image[-1] > 240).all() and (image[0] < 12).all() and np.ptp(image, axis=1).max() < 8


@pytest.mark.parametrize("resize", ["stretch", "pad"])
def test_sizes_are_mixed(resize: str, read: Load, tmp_path: Path) -> None:
    sizes = {"square": (8, 8), "wide": (40, 10), "high": (10, 40), "large": (300, 300), "small": (2, 2), "dot": (1, 1)}
    for name, size in sizes.items():
        save(Image.new("L", size, 200), tmp_path / "a" / f"{name}.png")
    examples, said = read(image_size=[8, 8], resize=resize)
    assert said == "" and examples.x["image"].shape == (6, 8, 8, 1)
    images = dict(zip([path[2:-4] for path in examples.keys["path"]], examples.x["image"][..., 0], strict=True))
    for name in ("square", "large", "small", "dot"):
        assert (images[name] == 200).all()
    bars = np.zeros((8, 8), int)
    bars[3:5] = 200  # the whole image, between black ones
    wide, high = (bars, bars.T) if resize == "pad" else (200, 200)
    np.testing.assert_allclose(images["wide"], np.broadcast_to(wide, (8, 8)), atol=0)
    np.testing.assert_allclose(images["high"], np.broadcast_to(high, (8, 8)), atol=0)


@pytest.mark.parametrize("resize", ["stretch", "pad"])
def test_height_and_width_are_not_confused(resize: str, read: Load, tmp_path: Path) -> None:
    save(picture((32, 16)), tmp_path / "a" / "1.png")
    image = read(image_size=[8, 16], resize=resize)[0].x["image"][0, :, :, 0].astype("int")
    assert image.shape == (8, 16) and (np.diff(image, axis=1) > 0).all() and np.ptp(image, axis=0).max() == 0


@needs("pillow", "13.0", "cannot pad images of one pixel's width")
@pytest.mark.parametrize("resize", ["stretch", "pad"])
def test_a_very_thin_image_is_an_image(resize: str, read: Load, tmp_path: Path) -> None:
    save(Image.new("L", (400, 1), 200), tmp_path / "a" / "thin.png")
    save(Image.new("L", (1, 400), 200), tmp_path / "a" / "thin2.png")
    examples, said = read(image_size=[8, 8], resize=resize)
    assert said == "" and len(examples.x["image"]) == 2


BROKEN = {
    "empty.png": b"",
    "text.jpg": b"no image",
    "page.png": b"<html>404</html>",
    "cut.png": None,  # the first half of a real one
    "cut.jpg": None,
    "cut.gif": None,
    "cut.bmp": None,
}


def write_broken(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64), dtype="uint8"))
    for name, content in BROKEN.items():
        if content is None:
            noise.save(folder / name)
            content = (folder / name).read_bytes()[:900]
        (folder / name).write_bytes(content)


def test_broken_files_are_listed_and_skipped(read: Load, tmp_path: Path) -> None:
    write_broken(tmp_path / "a")
    save(picture(), tmp_path / "a" / "good.png")
    save(picture(), tmp_path / "b" / "good.png")
    examples, said = read(image_size=[SIZE, SIZE])
    for name in BROKEN:
        assert f"Skipped: {tmp_path / 'a' / name}: " in said
    assert f"Skipped: {len(BROKEN)} of {len(BROKEN) + 2} images, which cannot be read\n" in said
    assert examples.keys["path"][examples.rows].tolist() == ["a/good.png", "b/good.png"]
    assert examples.known["t"].tolist() == ["a", "b"] and len(examples.x["image"]) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_not_utf_8_are_left_out(read: Load, tmp_path: Path) -> None:
    save(picture(), tmp_path / "a" / "good.png")
    (tmp_path / "b").mkdir()
    for name in ("good.png", "caf\udce9.png"):
        shutil.copy(tmp_path / "a" / "good.png", tmp_path / "b" / name)
    examples, said = read(image_size=[SIZE, SIZE])
    assert examples.keys["path"].tolist() == ["a/good.png", "b/good.png"]
    assert said == "Left out: 'b/caf\\udce9.png' (its name is not UTF-8)\n"


def test_many_broken_files_are_not_all_listed(read: Load, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / "a" / f"{number}.png").write_bytes(b"")
    save(picture(), tmp_path / "a" / "good.png")
    said = read()[1]
    assert "Skipped: 40 of 41 images" in said and len(said.splitlines()) <= 12


def test_a_thousand_broken_images_in_a_row(read: Load, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for number in range(1100):
        (tmp_path / "a" / f"{number:04}.png").write_bytes(b"")
    save(picture(), tmp_path / "b" / "good.png")
    examples, said = read()
    assert len(examples.keys) == 1101 and examples.rows.tolist() == [1100] and len(said.splitlines()) < 25


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "gif", "tif", "webp"])
def test_damaged_files_are_read_or_skipped(suffix: str, reader: Imported, tmp_path: Path) -> None:
    """Whatever bytes are wrong: an image comes out, or the reason why not."""
    rng = random.Random(suffix)
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (24, 24, 3), dtype="uint8"))
    whole = save(noise, tmp_path / f"whole.{suffix}").read_bytes()
    read_image, config = reader.module("data.read").decode, reader.config()
    damaged = tmp_path / f"damaged.{suffix}"
    outcomes = set()
    for _ in range(150 if suffix == "tif" else 400):
        damaged.write_bytes(damage(whole, rng))
        outcome = read_image(damaged, config)
        outcomes.add(type(outcome))
        if isinstance(outcome, str):
            assert str(damaged) in outcome
        else:
            assert outcome.shape == (*config.image_size, 1) and outcome.dtype == "uint8"
    assert str in outcomes


def test_a_small_file_that_promises_too_many_pixels_is_refused(reader: Imported, tmp_path: Path) -> None:
    path = save(Image.new("L", (8, 8)), tmp_path / "bomb.png")
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)
    outcome = reader.module("data.read").decode(path, reader.config())
    assert outcome.startswith(f"{path}: ") and "it takes 43,200,000,000 bytes" in outcome


def test_hidden_files_and_folders_are_no_images(read: Load, tmp_path: Path) -> None:
    save(picture(), tmp_path / "a" / "1.png")
    save(picture(), tmp_path / "b" / "2.png")
    (tmp_path / "a" / "._1.png").write_bytes(b"of macOS")
    save(picture(), tmp_path / "a" / ".ipynb_checkpoints" / "1-checkpoint.png")
    save(picture(), tmp_path / ".thumbnails" / "1.png")
    examples, said = read()
    assert said == "" and examples.keys["path"].tolist() == ["a/1.png", "b/2.png"]


def test_class_folders_of_any_name_and_depth(read: Load, tmp_path: Path) -> None:
    names = ["{{ 7*7 }}", "größe 1", "a|b", "01", "quo'te"]
    for name in names:
        save(picture(), tmp_path / name / "deep" / "er" / "1 ü {x}.png")
    examples, _ = read()
    assert sorted(examples.known["t"]) == sorted(names)


def test_lists_of_paths(read: Load, tmp_path: Path) -> None:
    for name in ("one.png", "sub/two.png", "3 ü.png"):
        save(picture(), tmp_path / "pictures" / name)
    paths = ["pictures/sub/two.png", str(tmp_path / "pictures" / "one.png"), "pictures/3 ü.png", "pictures/none.png"]
    pd.DataFrame({"extra": 1, "t": ["x", "y", "", "z"], "path": paths}).to_csv(
        tmp_path / "list.csv", index=False, sep=";"
    )
    examples, said = read(tmp_path / "list.csv")
    assert "pictures/none.png" in said and "Skipped: 1 of 4 images" in said
    assert examples.keys["path"].tolist() == paths
    assert examples.rows.tolist() == [0, 1, 2]
    assert examples.known["t"].tolist()[:2] == ["x", "y"] and pd.isna(examples.known["t"].iloc[2])


def test_patients_in_a_list_of_paths(reader: Imported, tmp_path: Path) -> None:
    patients = np.random.default_rng(0).integers(0, 20, 100)
    for number, patient in enumerate(patients):
        save(Image.new("L", (4, 4), int(patient)), tmp_path / f"{number}.png")
    frame = pd.DataFrame({"path": [f"{n}.png" for n in range(100)], "t": ["x", "y"] * 50, "who": patients})
    frame.to_csv(tmp_path / "list.csv", index=False)
    config = reader.config(data_path=tmp_path / "list.csv", target=["t"], group_column="who", image_size=[4, 4])
    data = reader.module("data.dataset").load(config)
    assert list(data.record) == ["path", "split"] and list(data.record["path"]) == list(frame["path"])
    seen = [set(np.unique(split.x["image"])) for split in (data.train, data.validation, data.test)]
    assert all(seen) and not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


def test_images_that_look_alike_stay_in_one_split(
    reader: Imported, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(0)
    for number in range(40):
        coarse = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype="uint8"))
        photo = coarse.resize((64, 64), Image.Resampling.BICUBIC)
        for name, size, quality in (("a", 64, 95), ("b", 64, 60), ("c", 48, 80)):
            path = tmp_path / "xy"[number % 2] / f"{number}{name}.jpg"
            save(photo.resize((size, size)), path, quality=quality)
    config = reader.config(data_path=tmp_path, target=["t"], image_size=[64, 64])
    data = reader.module("data.dataset").load(config)
    assert "Note: 80 of 120 images look like others: what looks alike stays in one split" in capsys.readouterr().out
    photos = data.record["path"].str.extract(r"(\d+)")[0]
    assert (data.record["split"].groupby(photos).nunique() == 1).all() and data.record["split"].nunique() == 3

    for number, path in enumerate(sorted(tmp_path.rglob("*.jpg"))):  # two fixed cameras
        scene = photo if number % 2 else photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        scene.putpixel((number % 64, 0), (0, 0, 0))
        save(scene, path, quality=90)
    reader.module("data.dataset").load(config)
    assert "Note: up to 60 of 120 images look alike" in capsys.readouterr().out


@pytest.mark.train
def test_training_skips_broken_images_and_predict_keeps_a_row_for_each(reader: Imported, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for kind, shade in (("dark", 40), ("light", 200)):
        for number in range(40):
            size = (8 + number % 3, 8 + number % 5)
            save(Image.new("L", size, shade + number), data / kind / f"{number:02}.{['png', 'bmp', 'gif'][number % 3]}")
    write_broken(data / "light")
    flags = ("--epochs", 8, "--filters", "[[4, 8]]", "--learning-rate", 0.05)
    said = reader.main("train", "--data-path", data, "--target", "t", *flags)
    assert f"Skipped: {len(BROKEN)} of {80 + len(BROKEN)} images" in said and "80 examples: 56 to train" in said
    split = pd.read_csv(reader.folder / "runs" / "latest" / "split.csv", dtype=str, keep_default_na=False)
    assert list(split["path"]) == sorted(path.relative_to(data).as_posix() for path in data.rglob("*.*"))
    broken = split["path"].str[6:].isin(BROKEN)
    assert (split["split"] == "").tolist() == broken.tolist()

    predictions = reader.predict(data)
    assert list(predictions) == ["path", "prediction", "probability_dark", "probability_light"]
    assert list(predictions["path"]) == list(split["path"])
    assert (predictions["prediction"] == "").tolist() == broken.tolist()
    assert (predictions["probability_dark"] == "").tolist() == broken.tolist()
    right = predictions["prediction"] == predictions["path"].str.split("/").str[0]
    assert right[~broken].mean() > 0.9

    # A list in another order, with a path twice and one of nothing.
    paths = ["light/07.bmp", "dark/03.png", "light/none.png", "light/07.bmp", "light/cut.png"]
    pd.DataFrame({"path": paths}).to_csv(data / "list.csv", index=False)
    some = reader.predict(data / "list.csv")
    assert list(some["path"]) == paths
    whole = predictions.set_index("path")["probability_dark"]
    assert list(some["probability_dark"] == "") == [False, False, True, False, True]
    for row in (0, 1, 3):
        assert float(some["probability_dark"][row]) == pytest.approx(float(whole[paths[row]]), abs=1e-5)
    one = reader.predict(data / "light" / "07.bmp")
    assert list(one["path"]) == ["07.bmp"]
    assert float(one["probability_dark"][0]) == pytest.approx(float(whole["light/07.bmp"]), abs=1e-5)
    error = reader.error("predict", data / "light" / "cut.png", "--output", "none.csv")
    assert "can be read" in error and not (reader.folder / "none.csv").exists()
    shutil.rmtree(data / "dark")
    assert f"{data}, 40 examples" in reader.main("evaluate", data)


@pytest.mark.parametrize("where", ["../b/1.png", "a/../../b/1.png", "absolute"])
def test_a_list_names_files_outside_of_its_folder_only_where_it_may(
    where: str, reader: Imported, read: Load, tmp_path: Path
) -> None:
    image = save(picture(), tmp_path / "b" / "1.png")
    save(picture(), tmp_path / "list" / "a" / "1.png")
    name = str(image) if where == "absolute" else where
    table = tmp_path / "list" / "paths.csv"
    pd.DataFrame({"path": ["a/1.png", "b/../a/1.png", name], "t": ["x", "y", "x"]}).to_csv(table, index=False)
    with pytest.raises(reader.module("errors").UserError, match=r"paths.csv: row 3: .*1.png is outside") as refused:
        read(table)
    assert "outside_paths = true (or --outside-paths) allows it" in str(refused.value)
    examples, _ = read(table, outside_paths=True)
    assert examples.keys["path"].tolist() == ["a/1.png", "b/../a/1.png", name]
