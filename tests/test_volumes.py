"""Volumes as people have them: NumPy and NIfTI, types, shapes and sizes, broken files; folders and lists of paths."""

import gzip
import pickle
import random
import re
import zipfile
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from conftest import Import, Imported, Load, damage

# Rises along each axis in its own way, so that no two can be confused.
VOLUME = np.add.outer(np.add.outer(np.arange(8) * 1, np.arange(8) * 2), np.arange(8) * 8).astype("uint8")


@pytest.fixture(scope="module")
def reader(imported: Import) -> Imported:
    return imported(input="volumes", tables=True)


@pytest.fixture
def read(reader: Imported, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Load:
    """Read a folder or list of volumes: their examples, and what is printed."""

    def read_volumes(path: Path = tmp_path, size: tuple[int, int, int] = (8, 8, 8), **settings: Any) -> tuple[Any, str]:
        config = reader.config(target=["t"], volume_size=list(size), **settings)
        return reader.module("data.read").read(path, config), capsys.readouterr().out

    return read_volumes


def save(volume: Any, path: Path) -> Path:
    """Write a volume in the format that its name tells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".npy":
        with open(path, "wb") as file:
            np.save(file, volume, allow_pickle=True)
    elif path.suffix.lower() == ".npz":
        with open(path, "wb") as file:
            np.savez_compressed(file, scan=volume)
    else:
        nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), path)
    return path


FORMS = {
    "uint8": VOLUME,
    "int16": VOLUME.astype("int16"),
    "int64": VOLUME.astype("int64"),
    "float16": VOLUME.astype("float16"),
    "float64": VOLUME.astype("float64"),
    "big endian": VOLUME.astype(">f4"),
    "big endian integers": VOLUME.astype(">i2"),
    "in the order of Fortran": np.asfortranarray(VOLUME),
    "with a channel": VOLUME[..., np.newaxis],
    "with two more axes": VOLUME[..., np.newaxis, np.newaxis],
}


@pytest.mark.parametrize("suffix", ["npy", "npz", "NPY", "NPZ"])
@pytest.mark.parametrize("form", FORMS)
def test_arrays_of_any_form(form: str, suffix: str, read: Load, tmp_path: Path) -> None:
    save(FORMS[form], tmp_path / "a" / f"1.{suffix}")
    examples, said = read()
    assert said == "" and examples.x["volume"].dtype == "float32"
    np.testing.assert_array_equal(examples.x["volume"], VOLUME[np.newaxis, ..., np.newaxis])


@pytest.mark.parametrize("suffix", ["nii", "nii.gz", "NII", "NII.GZ"])
@pytest.mark.parametrize("form", ["uint8", "int16", "float64", "with a channel", "with two more axes"])
def test_nifti(form: str, suffix: str, read: Load, tmp_path: Path) -> None:
    path = save(FORMS[form], tmp_path / "a" / f"1.{suffix.lower()}")
    path.rename(path.with_name(f"1.{suffix}"))
    examples, said = read()
    assert said == "" and examples.keys["path"].tolist() == [f"a/1.{suffix}"]
    np.testing.assert_array_equal(examples.x["volume"], VOLUME[np.newaxis, ..., np.newaxis])


def test_scans_are_brought_to_one_orientation(read: Load, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    scan = nibabel.Nifti1Image(VOLUME, np.eye(4))
    for number, axes in enumerate(("RAS", "LPS", "PIR", "SAL")):
        wanted = nibabel.orientations.axcodes2ornt(tuple(axes))
        turned = scan.as_reoriented(nibabel.orientations.ornt_transform(nibabel.io_orientation(np.eye(4)), wanted))
        nibabel.save(turned, tmp_path / "a" / f"{number}.nii.gz")
    volumes = read()[0].x["volume"][..., 0]
    np.testing.assert_array_equal(volumes, np.stack([VOLUME] * 4))


def test_nifti_with_a_scale(read: Load, tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(VOLUME, np.eye(4))
    image.header.set_slope_inter(0.5, -1000)
    (tmp_path / "a").mkdir()
    nibabel.save(image, tmp_path / "a" / "1.nii.gz")
    np.testing.assert_allclose(read()[0].x["volume"][0, ..., 0], VOLUME * 0.5 - 1000)


def test_true_and_false_are_one_and_zero(read: Load, tmp_path: Path) -> None:
    save(VOLUME > 40, tmp_path / "a" / "1.npy")
    np.testing.assert_array_equal(read()[0].x["volume"][0, ..., 0], VOLUME > 40)


def test_what_is_outside_of_a_scan_is_zero(read: Load, tmp_path: Path) -> None:
    save(np.where(VOLUME == 40, np.nan, VOLUME).astype("float32"), tmp_path / "a" / "1.nii.gz")
    np.testing.assert_array_equal(read()[0].x["volume"][0, ..., 0], np.where(VOLUME == 40, 0, VOLUME))


@pytest.mark.parametrize("shape", [(16, 8, 4), (2, 3, 5), (1, 1, 1), (1, 9, 30), (40, 40, 40), (8, 7, 9)])
@pytest.mark.parametrize("size", [(4, 6, 8), (1, 5, 5), (1, 1, 1), (7, 11, 13)])
def test_sizes_and_shapes(shape: tuple[int, ...], size: tuple[int, ...], read: Load, tmp_path: Path) -> None:
    save(np.full(shape, 7, "uint8"), tmp_path / "a" / "1.npy")
    save(VOLUME, tmp_path / "a" / "2.npy")
    examples, said = read(size=size)
    assert said == "" and examples.x["volume"].shape == (2, *size, 1)
    assert (examples.x["volume"][0] == 7).all()
    for axis, length in enumerate(size):
        if length > 1:
            assert (np.diff(examples.x["volume"][1, ..., 0], axis=axis) > 0).all()


REFUSED = {  # and what is said of them
    "plane.npy": (VOLUME[0], r"its shape is \(8, 8\), not \(depth, height, width\)"),
    "colour.npy": (np.stack([VOLUME] * 3, axis=-1), r"its shape is \(8, 8, 8, 3\)"),
    "over_time.nii": (np.stack([VOLUME] * 3, axis=-1), r"its shape is \(8, 8, 8, 3\)"),
    "nothing.npy": (VOLUME[:0], r"its shape is \(0, 8, 8\)"),
    "number.npy": (np.array(7.0), r"its shape is \(\)"),
    "inf.npz": (np.where(VOLUME == 40, np.inf, VOLUME), "it holds infinite values"),
    "huge.npy": (VOLUME * 1e300, "it holds infinite values"),
    "complex.npy": (VOLUME + 1j, "its values are complex128, not real numbers"),
    "complex.nii": ((VOLUME + 1j).astype("complex64"), "its values are complex64, not real numbers"),
    "text.npy": (np.array([[["a", "b"]]]), "its values are <U1, not real numbers"),
    "times.npy": (VOLUME.astype("datetime64[s]"), "not real numbers"),
    "fields.npy": (np.zeros((4, 4, 4), [("r", "u1"), ("g", "u1"), ("b", "u1")]), "not real numbers"),
    "colour.nii": (np.zeros((4, 4, 4), [("R", "u1"), ("G", "u1"), ("B", "u1")]), "not real numbers"),
}


@pytest.mark.filterwarnings("error")
def test_what_is_no_volume_is_listed_and_skipped(read: Load, tmp_path: Path) -> None:
    for name, (array, _) in REFUSED.items():
        save(array, tmp_path / "a" / name)
        save(VOLUME, tmp_path / "a" / "good.npy")
        examples, said = read()
        assert examples.keys["path"][examples.rows].tolist() == ["a/good.npy"], name
        assert f"Skipped: {tmp_path / 'a' / name}: " in said and "Skipped: 1 of 2 volumes" in said
        (line,) = [line for line in said.splitlines() if name in line]
        assert re.search(REFUSED[name][1], line)
        (tmp_path / "a" / name).unlink()


@pytest.mark.parametrize("suffix", ["npz", "nii.gz"])
def test_a_small_file_that_unpacks_to_too_much_is_skipped(
    suffix: str, reader: Imported, read: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(VOLUME, tmp_path / "a" / "1.npy")
    save(np.zeros((40, 40, 40), "uint8"), tmp_path / "a" / f"2.{suffix}")
    monkeypatch.setattr(reader.module("data.decoding").MEMORY, "most", 50_000)
    examples, said = read()
    assert len(examples.x["volume"]) == 1
    assert "bytes, over 50,000" in said and f"2.{suffix}: to decode it takes " in said


def test_a_large_array_behind_one_of_its_name_is_skipped(
    reader: Imported, read: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(VOLUME, tmp_path / "a" / "1.npy")
    save(VOLUME, tmp_path / "a" / "2.npz")
    with zipfile.ZipFile(tmp_path / "a" / "2.npz", "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        with archive.open("scan.npy", "w") as file:
            np.save(file, np.zeros((40, 40, 40), "uint8"))
    monkeypatch.setattr(reader.module("data.decoding").MEMORY, "most", 50_000)
    examples, said = read()
    assert len(examples.x["volume"]) == 1 and "2.npz: to decode it takes 129," in said


class Harmful:
    """What would write a file once it is unpickled."""

    def __reduce__(self) -> Any:
        return (open, ("unpickled", "w"))


def test_pickles_are_refused_unopened(read: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save(np.array([Harmful()], dtype=object), tmp_path / "a" / "1.npy")
    save(np.array([Harmful()], dtype=object), tmp_path / "a" / "2.npz")
    (tmp_path / "a" / "3.npy").write_bytes(pickle.dumps(Harmful()))
    save(VOLUME, tmp_path / "a" / "good.npy")
    assert read()[0].rows.tolist() == [3] and not (tmp_path / "unpickled").exists()


def test_files_of_other_kinds_are_skipped(read: Load, tmp_path: Path) -> None:
    for suffix in ("npy", "npz", "nii", "nii.gz"):
        save(VOLUME, tmp_path / "a" / f"good.{suffix}")
        whole = (tmp_path / "a" / f"good.{suffix}").read_bytes()
        (tmp_path / "a" / f"cut.{suffix}").write_bytes(whole[: len(whole) // 2])
        (tmp_path / "a" / f"empty.{suffix}").write_bytes(b"")
        (tmp_path / "a" / f"page.{suffix}").write_bytes(b"<html>404</html>" * 100)
        (tmp_path / "a" / f"folder.{suffix}").mkdir()
    (tmp_path / "a" / "no.nii.gz").write_bytes(gzip.compress(b"no NIfTI" * 1000))
    np.savez(tmp_path / "a" / "none.npz")
    np.savez(tmp_path / "a" / "several.npz", VOLUME, VOLUME)
    examples, said = read()
    names = examples.keys["path"][examples.rows].tolist()
    assert names == [f"a/{name}" for name in ("good.nii", "good.nii.gz", "good.npy", "good.npz", "several.npz")]
    assert "Skipped: 14 of 19 volumes, which cannot be read" in said


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", ["npy", "npz", "nii", "nii.gz"])
def test_damaged_files_are_read_or_skipped(suffix: str, reader: Imported, tmp_path: Path) -> None:
    """Whatever bytes are wrong: a volume comes out, or the reason why not."""
    rng = random.Random(suffix)
    whole = save(VOLUME, tmp_path / f"whole.{suffix}").read_bytes()
    decode, config = reader.module("data.read").decode, reader.config(volume_size=[8, 8, 8])
    damaged = tmp_path / f"damaged.{suffix}"
    outcomes = set()
    for _ in range(150):
        damaged.write_bytes(damage(whole, rng, most=350))
        outcome = decode(damaged, config)
        outcomes.add(type(outcome))
        assert outcome.startswith(f"{damaged}: ") if isinstance(outcome, str) else outcome.shape == (8, 8, 8)
    assert str in outcomes
