"""Sound as people have it: formats, rates, channels, lengths, broken files; folders and lists of paths."""

import random
from pathlib import Path
from typing import Any

import av
import numpy as np
import pandas as pd
import pytest
import soundfile
from conftest import Import, Imported, Load, damage

RATE = 16_000


@pytest.fixture(scope="module")
def reader(imported: Import) -> Imported:
    return imported(input="sound", tables=True)


@pytest.fixture
def read(reader: Imported, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Load:
    """Read a folder or list of sounds: their examples, and what is printed."""

    def read_sounds(path: Path = tmp_path, **settings: Any) -> tuple[Any, str]:
        config = reader.config(**{"target": ["t"], "sample_rate": RATE, "seconds": 0.5} | settings)
        return reader.module("data.read").read(path, config), capsys.readouterr().out

    return read_sounds


def tone(seconds: float = 0.5, rate: int = RATE, pitch: float = 440, loudness: float = 0.5) -> Any:
    """Return a sine."""
    return loudness * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate)


def save(samples: Any, path: Path, rate: int = RATE, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, **options)
    return path


def pitch_of(samples: Any) -> float:
    """Return the frequency of the strongest part of a sound, in Hz."""
    known = samples[np.isfinite(samples)]
    return np.abs(np.fft.rfft(known * np.hanning(len(known)), 1 << 16)).argmax() * RATE / (1 << 16)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("kind", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_wav_of_any_kind(kind: str, rate: int, channels: int, read: Load, tmp_path: Path) -> None:
    save(np.stack([tone(rate=rate)] * channels, axis=1), tmp_path / "a" / "1.wav", rate, subtype=kind)
    examples, said = read()
    (sound,) = examples.x["sound"]
    assert said == "" and sound.shape == (RATE // 2,) and sound.dtype == "float32"
    assert np.isfinite(sound).all() and pitch_of(sound) == pytest.approx(440, abs=1)
    np.testing.assert_allclose(sound[1000:-1000], tone()[1000:-1000], atol=0.03)


@pytest.mark.parametrize("suffix", ["flac", "ogg", "mp3", "aiff", "aif", "WAV", "Flac"])
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_formats(suffix: str, rate: int, read: Load, tmp_path: Path) -> None:
    save(tone(1, rate), tmp_path / "a" / f"1.{suffix}", rate, format=suffix.upper().replace("AIF", "AIFF")[:4])
    (tmp_path / "a" / "cover.jpg").write_bytes(b"no sound")
    examples, said = read(seconds=1)
    (sound,) = examples.x["sound"]
    assert said == "" and examples.keys["path"].tolist() == [f"a/1.{suffix}"]
    assert np.isfinite(sound).all() and pitch_of(sound) == pytest.approx(440, abs=2)
    assert np.abs(sound[2000:-2000]).max() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("seconds", [0.001, 0.05, 0.3, 0.5, 0.7, 60])
@pytest.mark.parametrize("rate", [8000, 16_000, 44_100])
def test_what_is_longer_is_cut_and_what_is_shorter_ends_in_nan(
    seconds: float, rate: int, read: Load, tmp_path: Path
) -> None:
    save(tone(seconds, rate), tmp_path / "a" / "1.wav", rate)
    (sound,) = read()[0].x["sound"]
    heard = round(min(seconds, 0.5) * RATE)
    known = np.isfinite(sound)
    assert len(sound) == RATE // 2 and known.sum() == pytest.approx(heard, abs=RATE / rate)
    assert known[: known.sum()].all()


@pytest.mark.parametrize("rate", [15_999, 44_101, 47_999, 192_000])
def test_odd_rates_keep_the_pitch_nearly(rate: int, read: Load, tmp_path: Path) -> None:
    save(tone(rate=rate), tmp_path / "a" / "1.wav", rate)
    (sound,) = read()[0].x["sound"]
    assert pitch_of(sound) == pytest.approx(440, abs=1) and np.isfinite(sound[:-20]).all()


def test_an_absurd_rate_is_no_sound(read: Load, tmp_path: Path) -> None:
    save(tone(), tmp_path / "a" / "1.wav", 2_000_000_000)
    save(tone(), tmp_path / "a" / "2.wav")
    examples, said = read()
    assert examples.rows.tolist() == [1] and "1.wav: it cannot have 2000000000 samples per second" in said


def test_stereo_is_the_mean_and_where_that_is_silent_the_loudest_side(read: Load, tmp_path: Path) -> None:
    left = tone(pitch=300)
    save(np.stack([left, np.zeros_like(left)], axis=1), tmp_path / "a" / "1.wav", subtype="FLOAT")
    save(np.stack([left, -left], axis=1), tmp_path / "a" / "2.wav", subtype="FLOAT")
    save(np.stack([left] * 6, axis=1), tmp_path / "a" / "3.wav", subtype="FLOAT")
    examples, said = read()
    np.testing.assert_allclose(examples.x["sound"], [left / 2, left, left], atol=1e-6)
    assert said == "Note: 1 of 3 sounds have channels that cancel each other: the loudest one is heard\n"


def test_of_a_long_recording_pieces_from_all_over_it_are_heard(read: Load, tmp_path: Path) -> None:
    late = np.concatenate([np.zeros(60 * RATE), tone(60)])
    save(late, tmp_path / "a" / "1.flac")
    examples, said = read(seconds=12)
    (sound,) = examples.x["sound"]
    assert "1 of 1 sounds are longer than `seconds`: pieces from all over them are heard" in said
    assert len(sound) == 12 * RATE and np.isfinite(sound).all()
    assert np.abs(sound[: 6 * RATE]).max() < 0.01 and pitch_of(sound[6 * RATE :]) == pytest.approx(440, abs=1)


@pytest.fixture(scope="module")
def reader_with_av(imported: Import) -> Imported:
    return imported(input="sound", tables=True, formats=["av"])


@pytest.mark.parametrize(("suffix", "codec", "rate"), [("m4a", "aac", 44_100), ("webm", "libopus", 48_000)])
@pytest.mark.parametrize("seconds", [0.5, 20])
def test_what_ffmpeg_reads(
    seconds: float, suffix: str, codec: str, rate: int, reader_with_av: Imported, tmp_path: Path
) -> None:
    path = tmp_path / f"1.{suffix}"
    samples = np.tile(tone(seconds, rate).astype("float32"), (2, 1))
    with av.open(path, "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="stereo")
        resampler = av.AudioResampler(stream.codec_context.format.name, "stereo", rate)
        for start in range(0, samples.shape[1], 960):
            part = np.ascontiguousarray(samples[:, start : start + 960])
            frame = av.AudioFrame.from_ndarray(part, "fltp", "stereo")
            frame.sample_rate, frame.pts = rate, start
            for resampled in resampler.resample(frame):
                container.mux(stream.encode(resampled))
        container.mux(stream.encode())
    config = reader_with_av.config(sample_rate=RATE, seconds=10)
    sound = reader_with_av.module("data.read").decode(path, config)
    assert np.isfinite(sound).sum() == pytest.approx(min(seconds, 10) * RATE, abs=0.06 * RATE)
    assert pitch_of(sound) == pytest.approx(440, abs=1)
    path.write_bytes(b"#EXTM3U\n")
    assert str(path) in reader_with_av.module("data.read").decode(path, config)


def test_silence_and_clipping_are_sounds(read: Load, tmp_path: Path) -> None:
    save(np.zeros(4000), tmp_path / "a" / "1.wav")
    save(tone(loudness=50), tmp_path / "a" / "2.wav", subtype="PCM_16")
    save(tone(loudness=50), tmp_path / "a" / "3.wav", subtype="FLOAT")
    examples, said = read()
    silent, clipped, loud = examples.x["sound"]
    assert (
        said == "Note: 1 of 3 sounds are silent where they are heard\n"
        and (silent[:4000] == 0).all()
        and np.isnan(silent[4000:]).all()
    )
    assert np.abs(clipped).max() == pytest.approx(1, abs=0.001) and np.abs(loud).max() == pytest.approx(50, abs=0.1)


def write_broken(folder: Path) -> list[str]:
    """Write files that hold no sound; return their names."""
    whole = save(tone(), folder / "whole.wav").read_bytes()
    (folder / "whole.wav").unlink()
    (folder / "empty.wav").write_bytes(b"")
    (folder / "text.wav").write_text("no sound\n" * 50)
    (folder / "page.mp3").write_bytes(b"<html>404</html>")
    (folder / "head.wav").write_bytes(whole[:20])
    save(np.zeros(0), folder / "nothing.wav")
    save(np.zeros(0), folder / "nothing.flac")
    for name, value in (("nan", np.nan), ("inf", np.inf), ("huge", 1e30)):
        samples = tone()
        samples[70] = value
        save(samples, folder / f"{name}.wav", subtype="DOUBLE")
    return sorted(path.name for path in folder.glob("*.*"))


def test_broken_files_are_listed_and_skipped(read: Load, tmp_path: Path) -> None:
    broken = write_broken(tmp_path / "a")
    save(tone(), tmp_path / "b" / "good.wav")
    examples, said = read()
    for name in broken:
        assert f"Skipped: {tmp_path / 'a' / name}: " in said
    assert f"Skipped: {len(broken)} of {len(broken) + 1} sounds, which cannot be read\n" in said
    assert examples.keys["path"][examples.rows].tolist() == ["b/good.wav"] and examples.known["t"].tolist() == ["b"]


def test_of_a_recording_that_was_cut_off_the_rest_counts(read: Load, tmp_path: Path) -> None:
    content = save(tone(), tmp_path / "a" / "1.wav").read_bytes()
    (tmp_path / "a" / "1.wav").write_bytes(content[: len(content) // 2])
    assert np.isfinite(read()[0].x["sound"]).mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_damaged_files_are_read_or_skipped(suffix: str, reader: Imported, tmp_path: Path) -> None:
    """Whatever bytes are wrong: a sound comes out, or the reason why not."""
    rng = random.Random(suffix)
    whole = save(tone(0.1), tmp_path / f"whole.{suffix}").read_bytes()
    decode, config = reader.module("data.read").decode, reader.config(sample_rate=RATE, seconds=0.1)
    damaged = tmp_path / f"damaged.{suffix}"
    outcomes = set()
    for _ in range(150):
        damaged.write_bytes(damage(whole, rng))
        outcome = decode(damaged, config)
        outcomes.add(type(outcome))
        assert outcome.startswith(f"{damaged}: ") if isinstance(outcome, str) else outcome.shape == (RATE // 10,)
    assert str in outcomes


def test_lists_of_paths(read: Load, tmp_path: Path) -> None:
    for number, name in enumerate(("one.wav", "sub/two.flac", "3 ü.wav")):
        save(np.full(4000, number / 10), tmp_path / "sounds" / name)
    paths = ["sounds/sub/two.flac", str(tmp_path / "sounds" / "one.wav"), "sounds/3 ü.wav", "none.wav", "of.raw", "."]
    frame = pd.DataFrame({"t": ["x", "y", "", "z", "z", "z"], "path": paths})
    frame.to_csv(tmp_path / "list.csv", index=False, sep=";")
    examples, said = read(tmp_path / "list.csv")
    assert f"Skipped: {tmp_path / 'none.wav'}: " in said and "Skipped: 3 of 6 sounds" in said
    assert examples.keys["path"].tolist() == paths and examples.rows.tolist() == [0, 1, 2]
    np.testing.assert_allclose(examples.x["sound"][:, 0], [0.1, 0, 0.2], atol=1e-3)
    assert examples.known["t"].tolist()[:2] == ["x", "y"] and pd.isna(examples.known["t"].iloc[2])
