"""Compare text-ngrams with the guide's convolutions and TF-IDF with a linear model, on texts as users have them.

    python benchmarks/texts.py                       every set, then docs/decisions/text-ngrams.md
    python benchmarks/texts.py comments chinese_300  only these; the others keep their last results

It measures as tables.py does: three splits, projects as they are rendered, and the TF-IDF that the run fits.
"""

from data_sets import DATA_SETS
from real_data import ROOT
from tables import Comparison, main
from text_sets import TEXT_SETS

DATA_SETS.update(TEXT_SETS)

TEXTS = Comparison(
    "set",
    "text-ngrams",
    "separable-cnn-1d",
    lambda task: "separable-cnn-1d",
    "TF IDF",
    [*TEXT_SETS],
    ROOT / "benchmarks" / "results" / "texts.json",
    ROOT / "docs" / "decisions" / "text-ngrams.md",
)

if __name__ == "__main__":
    main(TEXTS, __doc__)
