"""How good the forecasts of each series are."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from ..data.examples import write_csv
from ..data.schema import Schema, Split
from ..errors import number, say
from ..network.head import window_scale
from .scores import coverage, score

SERIES = "series.csv"
SHOWN = 5  # of the worst


def score_series(predictions: np.ndarray, split: Split, schema: Schema) -> pd.DataFrame:
    """Print and return the scores of each series over all steps ahead, the worst first.

    That is the one with the largest MASE, which does not depend on the units. A series
    without a known value has none.
    """
    assert split.series is not None and split.naive is not None
    scale = window_scale(split.x["history"], split.smallest_scale)
    found = {}
    for name, rows in pd.Series(split.series).groupby(split.series).indices.items():
        part = split._replace(y=split.y[rows], naive=split.naive[rows])
        if np.isnan(part.y).all(axis=0).any():
            continue
        with warnings.catch_warnings(category=UserWarning, action="ignore"):
            # scikit-learn warns of an R2 that one value leaves open.
            scores = score(predictions[rows], part, schema)
        scores |= coverage(predictions[rows], part, scale[rows], schema)
        found[name] = {"forecasts": len(rows)} | scores
    table = pd.DataFrame.from_dict(found, orient="index")
    table = table[[name for name in table if "_step_" not in name]]
    by = next(name for name in table if name.startswith("mase"))
    table = table.sort_values(by, ascending=False, kind="stable").rename_axis("series")
    tell(table, by)
    return table


def tell(table: pd.DataFrame, by: str) -> None:
    """Print what the series have in common, and the worst of them."""
    better = int((table[by] < 1).sum())
    say(
        f"\n{len(table):,} series: {by.replace('mase', 'MASE', 1)} of"
        f" {number(table[by].min())} to {number(table[by].max())}, below 1 in"
        f" {better:,}" + (f"; the {SHOWN} worst" if len(table) > SHOWN else "")
    )
    shown = table.head(SHOWN).astype({"forecasts": str}).rename_axis(None)
    say(shown.to_string(float_format=number))


def write_series(table: pd.DataFrame, folder: Path) -> None:
    """Write the scores of each series into the run folder."""
    write_csv(table.reset_index(), folder / SERIES)


def read_series(folder: Path) -> pd.DataFrame:
    """Return the scores of each series in a run folder; an empty table without any."""
    file = folder / SERIES
    if not file.exists():
        return pd.DataFrame()
    return pd.read_csv(file, dtype={"series": str}, keep_default_na=False).set_index(
        "series"
    )
