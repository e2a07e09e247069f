"""The outputs of a forecast: every target at every step ahead."""

import numpy as np
import pandas as pd


def name_outputs(targets: list[str], horizon: int) -> list[str]:
    """Return the names of the outputs: those one step ahead first."""
    if horizon == 1:
        return list(targets)
    return [f"{name} +{step}" for step in range(1, horizon + 1) for name in targets]


def name_predictions(
    predictions: np.ndarray, scale: np.ndarray, steps: np.ndarray, schema
) -> pd.DataFrame:
    """Return columns of the predictions and their intervals, for one step of each row.

    predictions are (n, horizon * targets), scale (n, targets) is that of each window, and
    steps (n,) tells how many steps ahead is asked.
    """
    count = len(schema.outputs) // schema.horizon
    outputs = (steps[:, np.newaxis] - 1) * count + np.arange(count)
    middle = np.take_along_axis(predictions, outputs, axis=1)
    columns = {}
    for number in range(count):
        name = schema.layout.numbers[number]
        name = f"prediction_{name}" if count > 1 else "prediction"
        columns[name] = middle[:, number]
        for level, widths in schema.intervals.items():
            width = np.array(widths)[outputs[:, number]] * scale[:, number]
            columns[f"{name}_lower_{level}"] = middle[:, number] - width
            columns[f"{name}_upper_{level}"] = middle[:, number] + width
    return pd.DataFrame(columns)
