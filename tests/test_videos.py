"""Videos as people have them: formats, sizes, rates and lengths, broken files; folders and lists of paths."""

import random
from pathlib import Path
from typing import Any

import av
import numpy as np
import pandas as pd
import pytest
import soundfile
from conftest import Import, Imported, Load, damage


@pytest.fixture(scope="module")
def reader(imported: Import) -> Imported:
    return imported(input="video", tables=True)


@pytest.fixture
def read(reader: Imported, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Load:
    """Read a folder or list of videos: their examples, and what is printed."""

    def read_videos(path: Path = tmp_path, **settings: Any) -> tuple[Any, str]:
        config = reader.config(**{"target": ["t"], "frames": 8, "image_size": [8, 8], "color": False} | settings)
        return reader.module("data.read").read(path, config), capsys.readouterr().out

    return read_videos


CODECS = {".mp4": "libx264", ".m4v": "mpeg4", ".mov": "mpeg4", ".avi": "mpeg4", ".gif": "gif", ".mkv": "ffv1"}
CODECS |= {".webm": "libvpx", ".mpg": "mpeg1video", ".mpeg": "mpeg2video"}


def brightening(count: int = 8, size: tuple[int, int] = (16, 16)) -> Any:
    """Return frames that get brighter, from 20 to 220: (count, height, width)."""
    return np.broadcast_to(np.linspace(20, 220, count).round()[:, None, None], (count, *size)).astype("uint8")


def save(frames: Any, path: Path, rate: int = 25, codec: str | None = None) -> Path:
    """Write frames, (count, height, width) or with colours, in the format that the name tells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    codec = codec or CODECS[path.suffix.lower()]
    kind = {"gif": "rgb8", "ffv1": "gray" if frames.ndim == 3 else "bgr0"}.get(codec, "yuv420p")
    form = path.suffix[1:].lower() if path.suffix.isupper() else None
    with av.open(path, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=rate)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = kind
        for levels in frames:
            frame = av.VideoFrame.from_ndarray(levels, "gray" if frames.ndim == 3 else "rgb24")
            container.mux(stream.encode(frame.reformat(format=kind)))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("suffix", [*CODECS, ".MP4", ".AVI"])
def test_formats(suffix: str, color: bool, read: Load, tmp_path: Path) -> None:
    save(brightening(), tmp_path / "a" / f"1{suffix}")
    (tmp_path / "a" / "readme.txt").write_text("no video")
    examples, said = read(color=color)
    assert said == "" and examples.keys["path"].tolist() == [f"a/1{suffix}"]
    (video,) = examples.x["video"]
    assert video.shape == (8, 8, 8, 3 if color else 1) and video.dtype == "uint8"
    tolerance = 20 if suffix == ".gif" else 8  # which has eight greys here
    np.testing.assert_allclose(video.mean(axis=(1, 2, 3)), np.linspace(20, 220, 8), atol=tolerance)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 100, 300])
@pytest.mark.parametrize("rate", [1, 30])
def test_frames_are_spread_evenly_in_their_order(count: int, rate: int, read: Load, tmp_path: Path) -> None:
    save(brightening(count), tmp_path / "a" / "1.mkv", rate)
    levels = read()[0].x["video"][0].mean(axis=(1, 2, 3))
    expected = np.linspace(20, 220, count)[np.linspace(0, count - 1, 8).round().astype(int)]
    np.testing.assert_allclose(levels, expected, atol=5)
    assert count == 1 or (np.diff(levels) >= 0).all() and levels[-1] > levels[0] + 150


def test_of_a_long_video_few_frames_are_kept(reader: Imported, tmp_path: Path) -> None:
    path = save(brightening(1000), tmp_path / "1.mkv")
    kept = []
    module = reader.module("data.read")
    picture = module.picture

    def counted(*arguments: Any) -> Any:
        kept.append(1)
        return picture(*arguments)

    module.picture = counted
    video = module.decode(path, reader.config(frames=4, image_size=[8, 8], color=False))
    module.picture = picture
    assert len(kept) < 500
    np.testing.assert_allclose(video.mean(axis=(1, 2, 3)), np.linspace(20, 220, 4), atol=5)


@pytest.mark.parametrize("size", [(16, 16), (13, 17), (2, 2), (8, 64), (120, 90), (1, 1)])
@pytest.mark.parametrize("suffix", [".mkv", ".avi", ".gif"])
def test_sizes(size: tuple[int, ...], suffix: str, read: Load, tmp_path: Path) -> None:
    save(np.full((3, *size), 255, "uint8"), tmp_path / "a" / f"1{suffix}", codec="ffv1" if suffix == ".avi" else None)
    examples, said = read(image_size=[6, 10])
    assert said == "" and examples.x["video"].shape == (1, 8, 6, 10, 1)
    assert examples.x["video"].min() > 250


def test_height_and_width_are_not_confused(read: Load, tmp_path: Path) -> None:
    to_the_right = np.tile(np.linspace(0, 250, 17).astype("uint8"), (3, 13, 1))
    save(to_the_right, tmp_path / "a" / "1.mkv")
    frame = read(image_size=[6, 10])[0].x["video"][0, 0, :, :, 0].astype(int)
    assert (np.diff(frame, axis=1) > 0).all() and np.ptp(frame, axis=0).max() <= 1


def test_colours_stay_apart(read: Load, tmp_path: Path) -> None:
    red = np.zeros((3, 16, 16, 3), "uint8")
    red[..., 0] = 255
    for suffix in (".mkv", ".mp4", ".gif"):
        save(red, tmp_path / "a" / f"1{suffix}")
    save(brightening(), tmp_path / "a" / "grey.mkv")
    grey, *videos = read(color=True)[0].x["video"][[3, 0, 1, 2]].astype(int)
    for video in videos:
        np.testing.assert_allclose(video[0, 4, 4], [255, 0, 0], atol=12)
    assert np.ptp(grey, axis=-1).max() == 0


@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_videos_are_turned_as_the_camera_was_held(clockwise: int, read: Load, tmp_path: Path) -> None:
    to_the_right = np.tile(np.linspace(0, 250, 32).astype("uint8"), (3, 16, 1))
    path = save(to_the_right, tmp_path / "a" / "1.mp4")
    matrix = {90: [0, 1, 0, -1, 0, 0], 180: [-1, 0, 0, 0, -1, 0], 270: [0, -1, 0, 1, 0, 0]}[clockwise]
    content = bytearray(path.read_bytes())
    start = content.index(b"tkhd") + 44  # where the matrix of the track is
    content[start : start + 24] = (np.array(matrix) << 16).astype(">i4").tobytes()
    path.write_bytes(content)
    frame = read(image_size=[8, 16])[0].x["video"][0, 0, :, :, 0].astype(int)
    back = np.rot90(frame, clockwise // 90)
    assert frame.shape == (8, 16) and (np.diff(back, axis=1) > 0).all() and np.ptp(back, axis=0).max() < 8


def test_frames_are_chosen_by_their_times(reader: Imported) -> None:
    evenly = reader.module("data.read").evenly
    slow_at_first = [0.0, 10.0, 20.0, 20.1, 20.2, 20.3, 20.4, 20.5]
    assert list(evenly(slow_at_first, 3)) == [0, 1, 7]
    for unknown in ([None] * 8, [0.0] * 8):
        assert list(evenly(unknown, 3)) in ([0, 3, 7], [0, 4, 7])
    assert list(evenly([0.0], 3)) == [0, 0, 0]


def write_broken(folder: Path) -> list[str]:
    """Write files that hold no video; return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = save(brightening(), folder / "whole.mp4").read_bytes()
    (folder / "whole.mp4").unlink()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) // 2])  # its index is at the end
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "text.avi").write_text("no video")
    (folder / "page.gif").write_bytes(b"<html>404</html>")
    soundfile.write(folder / "sound.wav", np.zeros(1000), 8000)
    (folder / "sound.wav").rename(folder / "sound.mp4")
    return sorted(path.name for path in folder.glob("*.*"))


def test_broken_files_are_listed_and_skipped(read: Load, tmp_path: Path) -> None:
    broken = write_broken(tmp_path / "a")
    save(brightening(), tmp_path / "b" / "good.mp4")
    examples, said = read()
    for name in broken:
        assert f"Skipped: {tmp_path / 'a' / name}: " in said
    assert f"Skipped: {len(broken)} of {len(broken) + 1} videos, which cannot be read\n" in said
    assert examples.keys["path"][examples.rows].tolist() == ["b/good.mp4"] and examples.known["t"].tolist() == ["b"]


@pytest.mark.parametrize("damage", ["cut off", "overwritten"])
@pytest.mark.parametrize("suffix", [".avi", ".mkv", ".mpg", ".gif", ".mp4"])
def test_where_a_video_breaks_off_what_comes_before_counts(
    suffix: str, damage: str, read: Load, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).integers(-20, 20, (40, 64, 64))  # so that the frames are most of the file
    codec = "ffv1" if suffix == ".avi" else None
    path = save((brightening(40, (64, 64)) + noise).astype("uint8"), tmp_path / "a" / f"1{suffix}", codec=codec)
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    if damage == "overwritten":
        content[half : half + 2000] = b"x" * 2000
    elif suffix != ".mp4":  # whose index is at the end
        del content[half:]
    path.write_bytes(content)
    examples, said = read()
    levels = examples.x["video"][0].mean(axis=(1, 2, 3))
    assert said == "" and levels[0] == pytest.approx(20, abs=12) and levels[-1] > 60


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".gif", ".mkv"])
def test_damaged_files_are_read_or_skipped(suffix: str, reader: Imported, tmp_path: Path) -> None:
    """Whatever bytes are wrong: a video comes out, or the reason why not."""
    rng = random.Random(suffix)
    whole = save(brightening(), tmp_path / f"whole{suffix}").read_bytes()
    config = reader.config(frames=2, image_size=[8, 8], color=False)
    decode, damaged = reader.module("data.read").decode, tmp_path / f"damaged{suffix}"
    for _ in range(100):
        damaged.write_bytes(damage(whole, rng))
        outcome = decode(damaged, config)
        assert outcome.startswith(f"{damaged}: ") if isinstance(outcome, str) else outcome.shape == (2, 8, 8, 1)


def test_lists_of_paths(read: Load, tmp_path: Path) -> None:
    for number, name in enumerate(("one.mkv", "sub/two.mkv", "3 ü.mkv")):
        save(np.full((3, 16, 16), 100 * number, "uint8"), tmp_path / "clips" / name)
    paths = ["clips/sub/two.mkv", str(tmp_path / "clips" / "one.mkv"), "clips/3 ü.mkv", "none.mp4", "."]
    pd.DataFrame({"t": ["x", "y", "", "z", "z"], "path": paths}).to_csv(tmp_path / "list.csv", index=False, sep=";")
    examples, said = read(tmp_path / "list.csv")
    assert f"Skipped: {tmp_path / 'none.mp4'}: " in said and "Skipped: 2 of 5 videos" in said
    assert examples.keys["path"].tolist() == paths and examples.rows.tolist() == [0, 1, 2]
    np.testing.assert_allclose(examples.x["video"][:, 0, 0, 0, 0], [100, 0, 200], atol=2)
    assert examples.known["t"].tolist()[:2] == ["x", "y"] and pd.isna(examples.known["t"].iloc[2])
