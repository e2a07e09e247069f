"""Answers are proposed from the user's volumes: classes and size."""

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from proposals import look, seen


def nifti(*shape: int, order: str = "<", magic: bytes = b"n+1\0") -> bytes:
    """Return the header of a NIfTI file, and a few voxels."""
    header = bytearray(348)
    struct.pack_into(order + "i", header, 0, 348)
    struct.pack_into(order + "8h", header, 40, len(shape), *shape, *[1] * (7 - len(shape)))
    header[344:348] = magic
    return bytes(header) + bytes(1000)


def save(path: Path, content: Any) -> None:
    """Write bytes, or an array in the format that the name of the file says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, np.ndarray):
        (np.save if path.suffix == ".npy" else np.savez_compressed)(path, content)
    else:
        path.write_bytes(content)


SCANS = {
    "array": ("1.npy", np.zeros((12, 20, 30), "u1")),
    "array in columns": ("1.NPY", np.zeros((12, 20, 30), "f4", order="F")),
    "channels": ("1.npy", np.zeros((12, 20, 30, 2), ">f4")),
    "packed array": ("1.npz", np.zeros((12, 20, 30))),
    "nifti": ("1.nii", nifti(12, 20, 30)),
    "big-endian nifti": ("1.nii", nifti(12, 20, 30, order=">")),
    "packed nifti": ("1.nii.gz", gzip.compress(nifti(12, 20, 30))),
    "packed nifti with another name": ("1.nii", gzip.compress(nifti(12, 20, 30))),
    "nifti that is not packed": ("1.NII.GZ", nifti(12, 20, 30)),
}


@pytest.mark.parametrize(("name", "content"), SCANS.values(), ids=SCANS)
def test_size_comes_from_the_headers(name: str, content: Any, tmp_path: Path) -> None:
    for folder in "ab":
        save(tmp_path / folder / name, content)
    assert seen(tmp_path) == ("volumes", "class", "binary")
    assert look(tmp_path).volume_size == [12, 20, 30]
    assert look(tmp_path).summary() == "2 volumes, in 2 folders; 12 x 20 x 30"


@pytest.mark.parametrize(
    ("shapes", "size"),
    [
        ([(32, 32, 32)] * 3, [32, 32, 32]),
        ([(64, 5, 7)], [64, 5, 7]),
        ([(155, 240, 240)], [40, 64, 64]),
        ([(3, 512, 512)], [8, 64, 64]),
        ([(10, 20, 30), (40, 21, 33), (50, 22, 36)], [40, 21, 33]),
    ],
)
def test_size_is_the_median_made_smaller(shapes: list[tuple[int, ...]], size: list[int], tmp_path: Path) -> None:
    for number, shape in enumerate(shapes):
        save(tmp_path / "a" / f"{number}.nii", nifti(*shape))
    assert look(tmp_path).volume_size == size


def test_what_is_said_of_volumes(tmp_path: Path) -> None:
    for number, name in enumerate("abcab"):
        save(tmp_path / name / f"{number}.npy", np.zeros((8 + number, 16, 16), "u1"))
    facts = look(tmp_path)
    assert facts.summary() == "5 volumes, in 3 folders; 8 to 12 x 16 x 16"
    assert facts.values_seen("class") == "3 folders: a, b, c"
    assert (facts.image_size, facts.sample_rate, facts.seconds, facts.text) == (None, None, None, "")


@pytest.mark.parametrize("suffix", ["npy", "npz", "nii.gz"])
def test_a_list_of_volumes(suffix: str, tmp_path: Path) -> None:
    for number in range(4):
        content = gzip.compress(nifti(8, 9, 10)) if suffix == "nii.gz" else np.zeros((8, 9, 10))
        save(tmp_path / "scans" / f"{number}.{suffix}", content)
    paths = [f"scans/{number}.{suffix}" for number in (0, 1, 9, 3)] * 5
    pd.DataFrame({"path": paths, "age": np.linspace(20, 80, 20)}).to_csv(tmp_path / "t.csv", index=False)
    assert seen(tmp_path / "t.csv") == ("volumes", "age", "regression")
    assert look(tmp_path / "t.csv").volume_size == [8, 9, 10]


BROKEN = {
    "empty": ("1.npy", b""),
    "zeros": ("1.npy", bytes(1000)),
    "cut array": ("1.npy", b"\x93NUMPY\1\0\x76\0{'descr': '<f4'"),
    "array without shape": ("1.npy", b"\x93NUMPY\1\0\x10\0{'descr': '<f4'}"),
    "code for a shape": ("1.npy", b"\x93NUMPY\1\0\x20\0" + b"{'shape': exit(), 'descr': ''}  "),
    "image": ("1.npy", np.zeros((20, 30))),
    "no voxels": ("1.npy", np.zeros((0, 20, 30))),
    "five axes": ("1.npy", np.zeros((2, 3, 4, 5, 6))),
    "empty zip": ("1.npz", b"PK\5\6" + bytes(18)),
    "cut zip": ("1.npz", b"PK\3\4" + bytes(100)),
    "zip of texts": ("1.npz", np.array(["a", "b"])),
    "cut nifti": ("1.nii", nifti(12, 20, 30)[:100]),
    "another format": ("1.nii", nifti(12, 20, 30, magic=b"abcd")),
    "flat nifti": ("1.nii", nifti(12, 20)),
    "nifti of negative size": ("1.nii", nifti(12, -20, 30)),
    "cut gzip": ("1.nii.gz", gzip.compress(nifti(12, 20, 30))[:25]),
    "broken gzip": ("1.nii.gz", gzip.compress(nifti(12, 20, 30))[:10] + bytes(range(255, 0, -1))),
}


@pytest.mark.parametrize(("name", "content"), BROKEN.values(), ids=BROKEN)
def test_broken_volumes_are_passed_over(name: str, content: Any, tmp_path: Path) -> None:
    save(tmp_path / "scans" / "a" / name, content)
    facts = look(tmp_path / "scans")
    assert (facts.propose_input(), facts.volume_size) == ("volumes", None)
    needs = "each needs three axes, or a fourth for channels"
    assert facts.summary() == f"1 volume, in 1 folder; {needs}"
    save(tmp_path / "scans" / "b" / "2.npy", np.zeros((4, 5, 6)))
    assert look(tmp_path / "scans").volume_size == [4, 5, 6]


def test_what_may_not_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1.npy", "2.npy"):
        save(tmp_path / "a" / name, np.zeros((4, 5, 6)))
    usual = open

    def forbid(path: Path, *arguments: Any, **options: Any) -> Any:
        if str(path).endswith("1.npy"):
            raise PermissionError(13, "Permission denied", str(path))
        return usual(path, *arguments, **options)

    monkeypatch.setattr("builtins.open", forbid)
    assert look(tmp_path).headers == [(4, 5, 6)]


@pytest.mark.parametrize(
    ("shape", "input"), [((20, 5, 3), "series"), ((20, 5), "series"), ((20, 4, 4, 4), ""), ((20, 4, 4, 4, 1), "")]
)
def test_many_volumes_in_one_file_are_not_known(shape: tuple[int, ...], input: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", x=np.zeros(shape, "f4"), y=[0, 1] * 10)
    assert look(tmp_path / "t.npz").propose_input() == input
    if not input:
        assert look(tmp_path / "t.npz").summary() == ""


def test_volumes_among_other_files(tmp_path: Path) -> None:
    for name in "ab":
        for number in range(3):
            save(tmp_path / name / f"{number}.npy", np.zeros((4, 5, 6)))
        save(tmp_path / name / "preview.png", b"\x89PNG\r\n\x1a\n")
    save(tmp_path / "list.csv", b"a,b\n1,2\n")
    save(tmp_path / "a" / "raw.gz", b"")
    assert seen(tmp_path) == ("volumes", "class", "binary")


def test_scans_of_many_moments_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.nii").write_bytes(nifti(8, 9, 10, 200))
    assert "volumes of four axes (200 moments each)" in look(str(tmp_path)).refused
