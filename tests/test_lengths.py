"""Series and sounds of different lengths: what follows the end of one, or the time of a forecast, changes nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from conftest import Import, Imported
from variants import CELLS, PLAIN

pytestmark = pytest.mark.train
RNG = np.random.default_rng(0)
TARGETS = np.arange(12) % 3
SMALL = {"filters": [[4, 4], [4]]}
NETWORKS = {  # answers, and settings of the network
    "CNN": ({"family": "separable-cnn-1d"}, SMALL),
    "CNN with an even kernel": ({"family": "separable-cnn-1d"}, SMALL | {"kernel_size": 4}),
    "CNN that pools twice": ({"family": "separable-cnn-1d"}, {"filters": [[4], [4], [4]]}),
    "plain CNN": ({"family": "separable-cnn-1d", **PLAIN}, SMALL | {"batch_normalization": False}),
    "several widths": ({"family": "inception-1d"}, {"filters": 4, "widths": [3, 8]}),
    **{cell: ({"family": "stacked-lstm", "cell": cell}, {"units": [4, 4]}) for cell in CELLS},
    "LSTM both ways": ({"family": "stacked-lstm", "cell": "LSTM"}, {"units": [4, 4], "bidirectional": True}),
}


@pytest.fixture(scope="module")
def projects(imported: Import) -> Import:
    """A project for each set of answers, rendered once."""
    rendered = {}

    def get(**answers: Any) -> Imported:
        key = tuple(answers.items())
        if key not in rendered:
            rendered[key] = imported(**answers)
        return rendered[key]

    return get


@pytest.fixture
def complete(projects: Import) -> Callable[..., Any]:
    """Return a complete model, whose weights and statistics are random."""

    def build(answers: Any, settings: Any, x: Any) -> Any:
        project = projects(task="multiclass", **answers)
        model, config = project.module("network.model"), project.config(**settings)
        built = model.build(config, project.module("data.dataset").Split(x, TARGETS), 3).complete
        for weights in built.weights:  # those of normalisation would be 0 and 1
            weights.assign(weights + RNG.uniform(-0.1, 0.2, weights.shape).astype("float32"))
        return built

    return build


@pytest.mark.parametrize("network", NETWORKS)
def test_a_series_alone_is_what_it_is_among_longer_ones(network: str, complete: Callable[..., Any]) -> None:
    lengths = [1, 2, 3, 4, 5, 7, 16, 17, 17, 17, 17, 17]
    series = RNG.normal(3, 2, (12, 17, 2)).astype("float32")
    for row, length in enumerate(lengths):
        series[row, length:] = np.nan
    series[9, 5:8] = np.nan  # steps that are missing, and a value
    series[10, 2, 1] = np.nan
    answers, settings = NETWORKS[network]
    built = complete({"input": "series", **answers}, settings, {"series": series})
    among = built({"series": series}).numpy()
    assert np.ptp(among, axis=0).min() > 1e-3
    for row, length in enumerate(lengths):
        alone = built({"series": series[row : row + 1, :length]}).numpy()
        np.testing.assert_allclose(alone[0], among[row], atol=1e-5, err_msg=f"of length {length}")
    padded = np.pad(series, ((0, 0), (0, 10), (0, 0)), constant_values=np.nan)
    np.testing.assert_allclose(built({"series": padded}).numpy(), among, atol=1e-5)


@pytest.mark.parametrize("front_end", ["log-mel", "frames"])
@pytest.mark.parametrize("family", ["separable-cnn-1d", "stacked-lstm"])
def test_a_sound_alone_is_what_it_is_among_others(family: str, front_end: str, complete: Callable[..., Any]) -> None:
    lengths = [1, 10, 100, 300, 500, 999, 1000, 1500, 1999, 2000, 700, 2000]
    sounds = RNG.uniform(-0.5, 0.5, (12, 2000)).astype("float32")
    for row, length in enumerate(lengths):
        sounds[row, length:] = np.nan
    sounds[10, :700] = 0  # silence
    sounds[11] *= 60  # far too loud
    answers = {"input": "sound", "family": family, "front_end": front_end}
    network = SMALL if family == "separable-cnn-1d" else {"units": [4, 4]}
    built = complete(answers, {"sample_rate": 8000, "seconds": 0.25} | network, {"sound": sounds})
    among = built({"sound": sounds}).numpy()
    assert np.isfinite(among).all()
    for row in range(12):
        alone = built({"sound": sounds[row : row + 1]}).numpy()
        np.testing.assert_allclose(alone[0], among[row], atol=1e-5)


@pytest.mark.parametrize("front_end", ["log-mel", "frames"])
def test_silent_sounds_train(front_end: str, projects: Import) -> None:
    project = projects(input="sound", family="separable-cnn-1d", task="multiclass", front_end=front_end)
    data = project.folder / "silent"
    for number in range(24):
        path = data / "xyz"[number % 3] / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.zeros(10 if number == 5 else 1900 + number), 8000)  # equal ones stay in one split
    flags = ("--target", "t", "--seconds", 0.25, "--epochs", 2, "--filters", "[[4]]")
    project.main("train", "--data-path", data, *flags)
    predictions = project.predict(data)
    assert np.isfinite(predictions.iloc[:, 2:].astype(float)).all(axis=None)


@pytest.mark.parametrize("front_end", ["log-mel", "frames"])
def test_settings_of_sound_that_leave_something_to_hear(
    front_end: str, projects: Import, complete: Callable[..., Any]
) -> None:
    answers = {"input": "sound", "family": "separable-cnn-1d", "front_end": front_end}
    project = projects(task="multiclass", **answers)
    for wrong in ({"seconds": 0.01}, {"sample_rate": 16}):  # kHz?
        with pytest.raises(Exception, match="Input should be greater than or equal to") as error:
            project.config(**wrong)
        assert type(error.value).__name__ == "UserError"
    settings = {"seconds": 0.1, "sample_rate": 100 if front_end == "log-mel" else 640}
    shape = project.module("data.read").shape_of(project.config(**settings))
    x = {"sound": RNG.uniform(-1, 1, (12, *shape)).astype("float32")}
    built = complete(answers, settings, x)
    assert np.isfinite(built(x).numpy()).all()


@pytest.mark.parametrize("family", ["separable-cnn-1d", "stacked-lstm", "dense-forecast"])
def test_a_forecast_cannot_see_the_future(family: str, projects: Import) -> None:
    project = projects(input="series", family=family, task="forecast")
    rows = 120
    frame = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=rows).astype(str)})
    frame["t"] = (np.sin(np.arange(rows) / 5) + RNG.normal(0, 0.1, rows)).round(4)
    frame["more"] = RNG.normal(size=rows).round(4)
    frame.to_csv(project.folder / "table.csv", index=False)
    small = {
        "separable-cnn-1d": ("--filters", "[[4],[4]]"),
        "stacked-lstm": ("--units", "4", "--bidirectional", "true"),
        "dense-forecast": ("--width", "4"),
    }[family]
    flags = ("--target", "t", "--step-column", "day", "--features", "[]", "--window", 5, "--epochs", 2)
    project.main("train", "--data-path", "table.csv", *flags, *small)
    before = project.predict("table.csv")
    frame.loc[80:, ["t", "more"]] = RNG.normal(50, 9, (40, 2)).round(4)
    frame.to_csv(project.folder / "later.csv", index=False)
    after = project.predict("later.csv")
    # The forecast for row 80 is made from the rows before it.
    assert list(before["prediction"][:81]) == list(after["prediction"][:81])
    assert (before["prediction"][81:] != after["prediction"][81:]).all()
    frame[:80].to_csv(project.folder / "short.csv", index=False)
    short = project.predict("short.csv")["prediction"][:80]
    known = short != ""
    assert short[known].astype(float).tolist() == pytest.approx(
        before["prediction"][:80][known].astype(float), abs=1e-4
    )
