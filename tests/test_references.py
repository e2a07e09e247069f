"""References: simpler models of the same examples, their scores, and the verdict on the network."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported


@pytest.fixture(scope="module")
def binary(projects: Import) -> Imported:
    return projects("dense-binary")


def write_thresholds(path: Path, rows: int = 700) -> Path:
    """Write a table of which trees learn more than a linear model: two columns together, categories, gaps."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=rows), "b": rng.normal(size=rows), "place": rng.choice([*"pqr"], rows)})
    positive = (frame["a"] > 0) ^ (frame["b"] > 0) ^ (frame["place"] == "q")
    frame["t"], frame["u"] = 10.0 * positive, frame["a"]
    frame["label"] = np.where(positive, "yes", "no")
    frame.loc[::9, "b"] = np.nan
    frame.to_csv(path, index=False)
    return path


@pytest.mark.train
def test_a_network_that_is_behind_is_told_so(binary: Imported, tmp_path: Path) -> None:
    path = write_thresholds(tmp_path / "t.csv")
    flags = ("--data-path", path, "--target", "label", "--features", "a,b,place", "--epochs", 2)
    said = binary.main("train", *flags, "--references", "true")
    assert "the network is no better than the baseline" in said.lower() or "Boosted trees are better here: AUC" in said
    assert "To try: longer training, --epochs 6" in said
    metrics = binary.metrics
    assert set(metrics) == {
        "validation",
        "test",
        "baseline",
        "reference_linear",
        "reference_boosted_trees",
        "seconds",
    }
    assert set(metrics["seconds"]) == {"network", "linear", "boosted_trees"}
    trees = metrics["reference_boosted_trees"]
    assert trees["auc"] > max(0.85, metrics["reference_linear"]["auc"] + 0.2)
    assert set(trees) == set(metrics["test"])
    evaluated = binary.main("evaluate")
    assert "boosted trees" in evaluated and f"{trees['auc']:.4g}" in evaluated
    assert "boosted trees" not in binary.main("evaluate", path)


@pytest.mark.train
def test_of_data_in_shards_is_said_from_how_much_references_learn(imported: Import, tmp_path: Path) -> None:
    path = write_thresholds(tmp_path / "t.csv", rows=20_000)
    project = imported(data_path=str(path), target="label", large=True)
    flags = ("--features", "a,b,place", "--epochs", 1, "--memory-mb", 1)
    said = project.main("train", *flags, "--references", "true")
    assert re.search(r"Reference: linear, [\d.]+ seconds, from [\d,]+ examples\n", said)
    assert "examples: 14000 to train" in said and "more data than" not in said


@pytest.mark.train
def test_several_targets_and_a_reference_that_fails(
    projects: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = projects("regression")
    references = project.module("training.references").REFERENCES
    monkeypatch.setitem(references, "linear", lambda x, prepare: 1 / 0)
    flags = ("--data-path", write_thresholds(tmp_path / "t.csv"), "--target", "t,u", "--epochs", 1)
    said = project.main("train", *flags, "--features", "a,b,place", "--references", "true")
    assert "Without the reference linear: ZeroDivisionError" in said
    assert "reference_linear" not in project.metrics
    assert project.metrics["reference_boosted_trees"]["r2_t"] > 0.5
    assert project.metrics["reference_boosted_trees"]["r2_u"] > 0.95


@pytest.mark.train
@pytest.mark.parametrize(
    ("answers", "names"),
    [
        ({"family": "separable-cnn-1d", "input": "text"}, {"tf_idf"}),
        ({"family": "stacked-lstm", "input": "series"}, {"linear", "boosted_trees", "random_kernels"}),
        ({"family": "stacked-lstm", "input": "series", "task": "forecast"}, {"linear", "boosted_trees", "seasonal"}),
        pytest.param(
            {"family": "separable-cnn-1d", "input": "sound", "task": "multilabel"},
            {"linear", "boosted_trees", "random_kernels"},
            marks=pytest.mark.thorough,
        ),
        pytest.param({"family": "separable-cnn", "target_encoding": "one-hot"}, {"linear"}, marks=pytest.mark.thorough),
    ],
)
def test_references_of_other_inputs_learn(answers: dict[str, str], names: set[str], imported: Import) -> None:
    project = imported(**answers)
    project.main("train", "--epochs", 1, "--references", "true")
    metrics = project.metrics
    assert set(metrics) - {"validation", "test", "baseline", "seconds"} == {f"reference_{name}" for name in names}
    metric = "r2" if "r2" in metrics["test"] else "auc"
    best = max(metrics[f"reference_{name}"][metric] for name in names)
    assert best > metrics["baseline"][metric] + (0.005 if answers.get("task") == "forecast" else 0.2)


def judge(binary: Imported, **predictions: np.ndarray) -> tuple[str, bool]:
    """Return the verdict on predictions of a hundred examples of each class, each a share of the way to the truth."""
    y = np.repeat([[0.0], [1.0]], 100, axis=0)
    module, config = binary.module("training.verdict"), binary.config()
    result: tuple[str, bool] = module.verdict([(predictions | {"baseline": 0.5 + 0 * y}, y)], config)
    return result


def test_the_verdict(binary: Imported) -> None:
    y = np.repeat([[0.0], [1.0]], 100, axis=0)
    noise = np.random.default_rng(0).normal(size=(2, *y.shape))
    blind, fair, good = noise[0], y + 0.8 * noise[0], y + 0.4 * noise[1]
    text, is_well = judge(binary, network=fair, linear=blind, boosted_trees=good)
    assert text.startswith("Boosted trees are better here: AUC 0.9") and not is_well
    text, is_well = judge(binary, network=good, linear=blind, boosted_trees=fair)
    assert text.startswith("The network is better than all simpler models: AUC 0.9") and is_well
    text, is_well = judge(binary, network=good, linear=good + 0.01 * noise[0])
    assert text.startswith("The network is level with a linear model, within noise: AUC") and is_well
    text, is_well = judge(binary, network=blind, linear=good)
    assert "no better than the baseline: AUC" in text and "a linear model is better: AUC 0.9" in text and not is_well
    text, is_well = judge(binary, network=blind)
    assert text.endswith("against 0.5, with 200 examples") and not is_well
    text, is_well = judge(binary, network=good)
    assert text.startswith("The network is better than the baseline: AUC 0.9") and is_well


def test_the_score_of_the_verdict_is_that_of_the_table(projects: Import) -> None:
    rng = np.random.default_rng(0)
    y = rng.choice(3, 60, p=[0.6, 0.3, 0.1])
    predictions = rng.dirichlet([1, 1, 1], 60).round(1)  # with ties
    for family, names in {
        "dense-softmax": {"accuracy", "balanced_accuracy", "auc"},
        "multilabel": {"auc"},
        "regression": {"r2"},
    }.items():
        module = projects(family).module("training.verdict")
        scores = projects(family).module("training.scores")
        one_hot = np.eye(3)[y]
        true = y if family == "dense-softmax" else one_hot
        expected = scores.score(predictions, true, [*"abc"])
        for name in names:
            values = [value for key, value in expected.items() if key == name or key.startswith(f"{name}_")]
            measured = getattr(module, name)(predictions, one_hot).mean()
            assert measured == pytest.approx(np.mean(values)), name


def test_red_is_for_terminals(binary: Imported, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    errors = binary.module("errors")
    errors.say_in_red("bad \x1b")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    errors.say_in_red("bad \x1b")
    assert capsys.readouterr().out == "bad \\x1b\n\x1b[31mbad \\x1b\x1b[0m\n"


def test_classes_that_a_reference_has_not_seen(projects: Import) -> None:
    project = projects("dense-softmax")
    learn = project.module("training.references").learn
    data = SimpleNamespace(schema=SimpleNamespace(outputs=[*"abc"], mean=[0.5, 0.0, 0.5]))
    x = np.arange(40.0).reshape(-1, 1)
    for y in (np.repeat([0, 2], 20), np.zeros(40, int)):
        part = SimpleNamespace(y=y)
        for balanced in (False, True):
            config = project.config(balance_classes=balanced)
            for name in ("linear", "boosted_trees"):
                predicted = learn(name, x, part, data, config)(x)
                assert predicted.shape == (40, 3) and (predicted.argmax(axis=1) == y).mean() > 0.9


def test_statistics_of_courses(projects: Import) -> None:
    statistics = projects("stacked-lstm").module("training.features").statistics
    course = np.full((3, 30, 2), np.nan, "float32")
    course[0, :20, 0] = np.arange(20)  # ends early, and lacks a feature
    course[1] = np.arange(60).reshape(30, 2)
    found = statistics(course)
    assert found.shape == (3, 1 + 21 * 2)
    assert found[:, 0].tolist() == [20, 30, 1]  # steps; the third has none
    assert found[0, 1] == 9.5 and np.isnan(found[0, 2]) and found[1, 1:3].tolist() == [29, 30]
    assert found[0, [9, 27]].tolist() == [0.5, 18.5]  # the first and the last tenth
    assert found[1, [29, 30, 41, 42]].tolist() == [0, 1, 58, 59]  # least and most
    assert np.isnan(found[2, 1:]).all()


def test_random_kernels_see_shapes_wherever_they_are(projects: Import) -> None:
    project = projects("stacked-lstm")
    rng = np.random.default_rng(0)
    course = np.full((120, 60, 2), np.nan, "float32")
    rises = np.arange(120) % 2
    for row, length in enumerate(rng.integers(30, 60, 120)):
        course[row, :length] = rng.normal(0, 0.1, (length, 2))
        place = rng.integers(2, length - 12)
        ramp = np.linspace(-1, 1, 9)  # the same values in both classes, in another order
        course[row, place : place + 9, 1] = ramp if rises[row] else ramp[::-1]
    see = project.module("training.features").REFERENCES["random_kernels"]({"series": course[:80]}, lambda x: x)
    data = SimpleNamespace(schema=SimpleNamespace(outputs=["falls", "rises"], mean=[0.5, 0.5]))
    learn, part = project.module("training.references").learn, SimpleNamespace(y=rises[:80])
    predict = learn("random_kernels", see({"series": course[:80]}), part, data, project.config())
    predicted = predict(see({"series": course[80:]}))
    assert (predicted.argmax(axis=1) == rises[80:]).mean() > 0.9
    padded = np.pad(course[80:], ((0, 0), (0, 9), (0, 0)), constant_values=np.nan)
    np.testing.assert_allclose(see({"series": padded}), see({"series": course[80:]}), atol=1e-4)
    nothing = np.full((2, 5, 2), np.nan, "float32")  # shorter than the others, and empty
    assert np.isfinite(see({"series": nothing})).all()


def test_pixels_are_means_of_what_is_around(projects: Import) -> None:
    see = projects("separable-cnn").module("training.features").see
    image = np.zeros((2, 70, 33, 3), "uint8")
    image[1, :3, :2, 0] = 200  # the first place: 70 rows make 32 places of 3, 33 columns of 2
    found = see({"image": image})
    assert found.shape == (2, 24 * 17 * 3 + 3)
    assert found[0].max() == 0 and found[1, 0] == 200 and found[1, 1:-3].max() == 0
    assert see({"volume": np.ones((1, 11, 5, 7, 1), "float32")}).shape == (1, 6 * 5 * 7 + 1)


def test_the_verdict_on_forecasts_counts_every_series_alike(projects: Import) -> None:
    project = projects("stacked-lstm", "forecast")
    scores, verdict = project.module("training.scores"), project.module("training.verdict")
    rng = np.random.default_rng(0)
    naive = np.array([[1.0]] * 50 + [[1000.0]] * 2)  # two series are a thousand times as large
    y = rng.normal(size=(52, 1)) * naive
    split = project.module("data.dataset").Split({}, y, 0.0, naive)
    predictions = {"network": y + 0.5 * naive, "baseline": y + naive, "seasonal": y + 0.9 * naive}
    predictions["network"][50:] = y[50:] + 1100  # a little worse for these
    text, is_well = verdict.verdict([scores.in_naive_errors(predictions, split)], project.config())
    assert is_well and text == "The network is better than all simpler models: MASE 0.5231 against 0.9"
