"""Compare inception-1d with separable-cnn-1d and with random kernels, on series and sounds as users have them.

    python benchmarks/series.py                    every set, then docs/decisions/inception-1d.md
    python benchmarks/series.py watch gestures     only these; the others keep their last results

It measures as tables.py does: three splits, projects as they are rendered, and the random kernels that the run fits.
Sounds come from packages of Debian, by apt-get.
"""

from real_data import ROOT
from tables import Comparison, main

SERIES = Comparison(
    "set",
    "inception-1d",
    "separable-cnn-1d",
    lambda task: "separable-cnn-1d",
    "random kernels",
    (
        "coffee face_four watch bme ecg200 arrow_head gestures chinatown heartbeats cricket bones spoken_languages"
        " letters_or_digits"
    ).split(),
    ROOT / "benchmarks" / "results" / "series.json",
    ROOT / "docs" / "decisions" / "inception-1d.md",
)

if __name__ == "__main__":
    main(SERIES, __doc__)
