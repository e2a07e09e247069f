"""Answers are proposed from the user's sound and video: classes, samples per second, length."""

import os
import struct
import time
import wave
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from proposals import look, seen

PCM, FLOAT, ALAW, EXTENSIBLE = 1, 3, 6, 0xFFFE


def save_sound(path: Path, seconds: float = 1.0, rate: int = 8000, channels: int = 1, bits: int = 16) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        file.writeframes(bytes(round(seconds * rate) * channels * bits // 8))


def wav(
    form: Any = PCM,
    bits: int = 16,
    samples: int = 4000,
    rate: int = 8000,
    channels: int = 1,
    before: bytes = b"",
    between: bytes = b"",
    size: int | None = None,
) -> bytes:
    """Return a WAV file of zeros, with chunks before and behind the one that describes it."""
    frame = channels * bits // 8
    described = struct.pack("<HHIIHH", form, channels, rate, rate * frame, frame, bits)
    if form == EXTENSIBLE:
        described += struct.pack("<HHI16s", 22, bits, 4, struct.pack("<H", PCM) + bytes(14))
    data = bytes(samples * frame)
    chunks = before + chunk(b"fmt ", described) + between
    chunks += struct.pack("<4sI", b"data", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + bytes(len(content) % 2)


def flac(rate: int = 44_100, samples: int = 22_050) -> bytes:
    packed = struct.pack(">Q", rate << 44 | 1 << 41 | 15 << 36 | samples)
    return b"fLaC" + bytes([0, 0, 0, 34]) + bytes(10) + packed + bytes(16)


@pytest.mark.parametrize(("classes", "task"), [(1, ""), (2, "binary"), (3, "multiclass")])
def test_folders_are_classes(classes: int, task: str, tmp_path: Path) -> None:
    for number in range(classes):
        save_sound(tmp_path / f"class {number}" / "a.WAV")
    assert seen(tmp_path) == ("sound", "class", task)


def test_what_is_said_of_sound(tmp_path: Path) -> None:
    for number, seconds in enumerate([0.25, 0.5, 1.25]):
        save_sound(tmp_path / "ab"[number % 2] / f"{number}.wav", seconds)
    facts = look(tmp_path)
    assert facts.summary() == "3 recordings, in 2 folders; 0.2 to 1.2 s at 8,000 Hz"
    assert facts.values_seen("class") == "2 folders: a, b"
    assert (facts.image_size, facts.color, facts.distortion, facts.volume_size) == (None, True, 1, None)


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "aiff", "aif", "opus"])
def test_sound_of_all_formats(suffix: str, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / f"1.{suffix}").write_bytes(b"OggS or whatever")
    facts = look(tmp_path)
    assert seen(tmp_path) == ("sound", "class", "binary")
    assert (facts.sample_rate, facts.seconds) == (None, None)
    assert facts.summary() == "2 recordings, in 2 folders"


@pytest.mark.parametrize(("rates", "rate"), [([8000], 8000), ([48_000], 16_000), ([8000, 11_025, 44_100], 11_025)])
def test_the_rate_is_the_median(rates: list[int], rate: int, tmp_path: Path) -> None:
    for number, one in enumerate(rates):
        save_sound(tmp_path / "a" / f"{number}.wav", rate=one)
    assert look(tmp_path).sample_rate == rate


@pytest.mark.parametrize(
    ("lengths", "seconds"),
    [
        ([0.3, 0.4, 0.45], 0.5),
        ([1.0], 1.0),
        ([1.01], 1.0),
        ([1.1], 1.5),
        ([1.0] * 9 + [8.0], 1.0),
        ([1.0] * 8 + [8.0] * 2, 10.0),
        ([4.9], 5.0),
        ([29.0], 30.0),
        ([60.0], 30.0),
        ([0.01], 0.1),
    ],
)
def test_most_sounds_fit_into_the_length(lengths: list[float], seconds: float, tmp_path: Path) -> None:
    for number, length in enumerate(lengths):
        save_sound(tmp_path / "a" / f"{number}.wav", length, rate=800)
    assert look(tmp_path).seconds == seconds


FORMATS = {
    "16 bit": wav(),
    "8 bit": wav(bits=8),
    "24 bit": wav(bits=24),
    "32 bit": wav(bits=32),
    "float": wav(FLOAT, bits=32),
    "double": wav(FLOAT, bits=64),
    "stereo": wav(channels=2),
    "extensible": wav(EXTENSIBLE, bits=24, channels=6),
    "chunks before": wav(before=chunk(b"JUNK", bytes(27)) + chunk(b"bext", bytes(602))),
    "chunks between": wav(between=chunk(b"LIST", b"INFOodd") + chunk(b"fact", bytes(4))),
    "chunk behind": wav() + chunk(b"LIST", bytes(100)),
    "stream": wav(size=0xFFFFFFFF),
    "cut": wav(samples=8000)[: 44 + 8000],
    "flac": flac(8000, 4000),
}


@pytest.mark.parametrize("content", FORMATS.values(), ids=FORMATS)
def test_half_a_second_in_many_formats(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.wav").write_bytes(content)
    assert look(tmp_path).headers == [(8000, 0.5)]


BROKEN = {
    "empty": b"",
    "zeros": bytes(1000),
    "no samples": wav(samples=0),
    "no rate": wav(rate=0),
    "no channels": wav(channels=0, samples=0),
    "compressed": wav(ALAW, bits=8),
    "cut before the samples": wav()[:30],
    "nothing described": b"RIFF\0\0\0\0WAVE" + chunk(b"data", bytes(100)),
    "short description": b"RIFF\0\0\0\0WAVE" + chunk(b"fmt ", bytes(2)) + chunk(b"data", bytes(100)),
    "chunks without end": b"RIFF\0\0\0\0WAVE" + chunk(b"JUNK", b"") * 5000,
    "chunk too long": b"RIFF\0\0\0\0WAVE" + struct.pack("<4sI", b"JUNK", 0xFFFFFFFF),
    "stream of flac": flac(samples=0),
    "cut flac": flac()[:20],
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_broken_sounds_are_passed_over(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.wav").write_bytes(content)
    assert (look(tmp_path).propose_input(), look(tmp_path).headers) == ("sound", [])
    save_sound(tmp_path / "b" / "1.wav")
    assert look(tmp_path).sample_rate == 8000


def test_a_list_of_sounds(tmp_path: Path) -> None:
    for number in range(4):
        save_sound(tmp_path / "clips" / f"{number}.wav", 1.9, rate=22_050)
    paths = ["clips/0.wav", "clips/1.wav", "clips/nowhere.wav", "clips/3.wav"] * 5
    pd.DataFrame({"path": paths, "speaker": [1, 2, 3, 4] * 5, "digit": list("zero1")[:4] * 5}).to_csv(
        tmp_path / "t.csv", index=False
    )
    assert seen(tmp_path / "t.csv") == ("sound", "digit", "multiclass")
    assert (look(tmp_path / "t.csv").sample_rate, look(tmp_path / "t.csv").seconds) == (16_000, 2.0)
    assert look(tmp_path / "t.csv").summary().endswith("; 1.9 s at 22,050 Hz")


@pytest.mark.parametrize("suffix", ["mp4", "AVI", "mov", "mkv", "webm", "mpg", "mpeg", "m4v"])
def test_video(suffix: str, tmp_path: Path) -> None:
    paths = [f"{name}/{number}.{suffix}" for name in "abcd" for number in range(3)]
    for path in [*paths, "a/preview.gif", "notes.txt"]:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"....ftyp")
    assert seen(tmp_path) == ("video", "class", "multiclass")
    assert look(tmp_path).summary() == "12 clips, in 4 folders; left out: 1 other file (.txt)"
    pd.DataFrame({"path": paths, "y": [1, 2] * 6}).to_csv(tmp_path / "t.csv", index=False)
    assert seen(tmp_path / "t.csv") == ("video", "y", "binary")


def test_a_folder_of_gifs_holds_images(tmp_path: Path) -> None:
    for name in ("a/1.gif", "a/2.gif", "b/1.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert look(tmp_path).propose_input() == "images"


def test_what_only_looks_like_a_file_is_passed_over(tmp_path: Path) -> None:
    save_sound(tmp_path / "a" / "real.wav")
    for number in range(9):
        (tmp_path / "a" / f"folder {number}.mp3").mkdir()
    (tmp_path / "b.wav").mkdir()
    os.mkfifo(tmp_path / "a" / "pipe.wav")
    (tmp_path / "a" / "nowhere.wav").symlink_to("nowhere")
    assert look(tmp_path).headers == [(8000, 1.0)]
    assert look(tmp_path).summary().startswith("3 recordings, in 1 folder;")


def test_of_thousands_of_files_some_are_looked_at(tmp_path: Path) -> None:
    save_sound(tmp_path / "a" / "0.wav")
    (tmp_path / "b").mkdir()
    for number in range(6000):
        os.link(tmp_path / "a" / "0.wav", tmp_path / "b" / f"{number}.wav")
    start = time.monotonic()
    assert seen(tmp_path) == ("sound", "class", "binary")
    assert time.monotonic() - start < 5  # on a busy machine too
    assert look(tmp_path).summary() == "more than 5,000 recordings, in 2 folders; 1.0 s at 8,000 Hz"
