"""export: what it writes predicts what the model does, in a process that knows neither Keras nor the project."""

import importlib.util
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Answers, Finished, Import, Imported, Render, run
from variants import some_often

pytestmark = pytest.mark.train

# What a server does: for each line on stdin one model, with its inputs and where to put what it predicts.
SERVER = """
import json, sys
sys.modules |= {"keras": None, "jax": None}  # which TensorFlow imports unasked where it finds them
import numpy as np
import tensorflow as tf
for line in sys.stdin:
    folder, inputs, output = json.loads(line)
    model = tf.saved_model.load(folder)
    with np.load(inputs) as arrays:
        np.save(output, model.serve({name: tf.constant(values) for name, values in arrays.items()}))
    print(json.dumps(list(sys.modules)), flush=True)
    assert sys.modules["keras"] is sys.modules["jax"] is None
"""


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Predict with an exported model, in one process for all tests: TensorFlow takes seconds to start."""
    folder = tmp_path_factory.mktemp("served")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=folder,
        env=environment | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def predict(exported: Path, x: Any) -> Any:
        texts_as_such = {n: values.astype(str) if values.dtype == object else values for n, values in x.items()}
        np.savez(folder / "x.npz", **texts_as_such)
        assert server.stdin and server.stdout
        request = [str(exported), str(folder / "x.npz"), str(folder / "y.npy")]
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        modules = json.loads(server.stdout.readline())
        assert "tensorflow" in modules and not [name for name in modules if name.startswith("imported_")]
        return np.load(folder / "y.npy")

    yield predict
    assert server.stdin
    server.stdin.close()
    server.wait()


def table_with_everything(path: Path) -> Answers:
    """Write numbers, names, dates and texts, each of them missing at times."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(400, 2)), columns=["a", "b"])
    frame["colour"] = rng.choice(["red", "grün", "青"], 400)
    frame["bought"] = pd.date_range("2020-01-01", periods=400).strftime("%Y-%m-%d")
    words = "the of bright slow quick cold warm engine wheel door light noise".split()
    frame["remark"] = [" ".join(row) for row in rng.choice(words, (400, 9))]
    for number, column in enumerate(frame):
        frame.loc[number :: 7 + number, column] = None
    frame["kind"] = np.where((rng.random(400) < 0.9) == (frame["colour"] == "red"), "yes", "no")
    frame.to_csv(path, index=False)
    return {"family": "dense-binary", "data_path": str(path), "target": "kind"}


def series_of_unequal_length(path: Path) -> Answers:
    """Write series of 3 to 12 steps, some values missing."""
    rng = np.random.default_rng(0)
    series = np.repeat(np.arange(120), rng.integers(3, 13, 120))
    frame = pd.DataFrame({"series": series, "step": np.arange(len(series))})
    frame["kind"] = np.where(series % 2, "up", "down")
    frame["x"] = rng.normal(size=len(series)) + frame["step"] * (2 * (series % 2) - 1) / 10
    frame["y"] = np.where(rng.random(len(series)) < 0.3, np.nan, rng.normal(size=len(series)))
    frame.to_csv(path, index=False)
    return {"family": "stacked-lstm", "input": "series", "data_path": str(path), "target": "kind"}


PROJECTS: dict[str, Any] = {
    "table": table_with_everything,
    "numbers": {"family": "regression"},
    "images": {"family": "separable-cnn"},
    "series": series_of_unequal_length,
    "text": {"family": "separable-cnn-1d", "input": "text"},
    "ngrams": {"family": "text-ngrams", "input": "text"},
    "sound": {"family": "separable-cnn-1d", "input": "sound"},
    "video": {"family": "frames-rnn", "input": "video"},
    "volumes": {"family": "cnn-3d", "input": "volumes"},
    "forecast": {"family": "stacked-lstm", "task": "forecast"},
}


@pytest.fixture(scope="module")
def project(imported: Import, tmp_path_factory: pytest.TempPathFactory) -> Import:
    """A project that has trained and exported, of each kind."""
    ready = {}

    def get(name: str) -> Imported:
        if name not in ready:
            answers = PROJECTS[name]
            if callable(answers):
                answers = answers(tmp_path_factory.mktemp(name) / "data.csv")
            ready[name] = imported(**answers)
            ready[name].main("train", "--smoke")
            ready[name].said = ready[name].main("export")
        return ready[name]

    return get


def source_of(project: Imported) -> str:
    """Return what the project was trained on."""
    return json.loads((project.folder / "runs" / "latest" / "config.json").read_text())["data_path"]


def raw_inputs(project: Imported) -> Any:
    """Return the examples as the project reads them, and their rows in the file of predictions."""
    config = project.config()
    schema = project.module("training.runs").read_schema(project.folder / "runs" / "latest" / "schema.json")
    examples = project.module("data.dataset").read_new(project.folder / source_of(project), config, schema)
    return examples.x, examples.rows


def outputs_in(table: pd.DataFrame) -> Any:
    """Return what the model gave for the rows of a file of predictions."""
    probabilities = table.filter(like="probability_")
    if probabilities.shape[1] == 2:
        probabilities = probabilities.iloc[:, 1:]
    return (probabilities if len(probabilities.columns) else table[["prediction"]]).to_numpy("float64")


def some(x: Any, rows: Any) -> Any:
    return {name: values[rows] for name, values in x.items()}


def example(folder: Path, *hidden: str) -> Finished:
    """Run the example beside an exported model, in a process that does not find some packages."""
    alone = "import runpy, sys; sys.modules |= dict.fromkeys(sys.argv[2:]); runpy.run_path(sys.argv[1])"
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-c", alone, str(folder / "example.py"), *hidden]
    done = subprocess.run(command, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("name", some_often(PROJECTS, {"table", "numbers", "images", "series"}))
def test_exported_model_predicts_as_the_command_does(name: str, project: Import, serve: Callable[..., Any]) -> None:
    ready = project(name)
    x, rows = raw_inputs(ready)
    expected = outputs_in(ready.predict(source_of(ready)).iloc[rows])
    chosen = np.linspace(0, len(rows) - 1, 40).astype(int)
    served = serve(ready.folder / "exported", some(x, chosen))
    np.testing.assert_allclose(served, expected[chosen], rtol=1e-4, atol=1e-5)
    alone = serve(ready.folder / "exported", some(x, chosen[-1:]))
    np.testing.assert_allclose(alone, expected[chosen[-1:]], rtol=1e-3, atol=1e-5)
    assert np.ptp(served, axis=0).max() > 1e-3, "so that the comparison says something"


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("series", 1),
        ("series", 40),
        pytest.param("sound", 2000, marks=pytest.mark.thorough),
        pytest.param("text", 500, marks=pytest.mark.thorough),
    ],
)
def test_of_other_lengths(name: str, length: int, project: Import, serve: Callable[..., Any]) -> None:
    ready = project(name)
    x, _ = raw_inputs(ready)
    key, values = next(iter(x.items()))
    some = values[:3].copy()
    if name == "series":
        some = np.resize(some, (3, length, values.shape[2]))
    elif name == "sound":
        some[:, length:] = np.nan
    else:
        some = np.array([["word " * length], [""], ["größe 青"]], "O")
    model = ready.module("network.model")
    expected = model.apply(ready.module("training.runs").load_run(ready.folder / "runs" / "latest").model, {key: some})
    np.testing.assert_allclose(serve(ready.folder / "exported", {key: some}), expected, rtol=1e-4, atol=1e-5)


def test_what_it_says_and_writes(project: Import) -> None:
    ready = project("table")
    assert ready.said == (
        "exported takes numbers float32 (None, 6), categories string (None, 1), texts string (None, 1)\n"
        "Loaded by TensorFlow it predicts the same for 32 examples.\n"
        "exported/example.py shows how to use it.\n"
    )
    written = ready.folder / "exported" / "schema.json"
    assert written.read_text() == (ready.folder / "runs" / "latest" / "schema.json").read_text()


@pytest.mark.parametrize("name", some_often(PROJECTS, {"table", "images"}))
def test_the_example_runs_as_it_stands(name: str, project: Import, tmp_path: Path) -> None:
    ready = project(name)
    moved = shutil.copytree(ready.folder / "exported", tmp_path / "elsewhere")
    done = example(moved, "keras", "jax")
    assert not done.stderr, "as TensorFlow's greeting"
    first, *rest = done.stdout.splitlines()
    _, rows = raw_inputs(ready)
    expected = outputs_in(ready.predict(source_of(ready)).iloc[rows[:3]])
    numbers = [float(n) for n in re.findall(r"-?[\d.]+(?:e[-+]\d+)?", " ".join(rest))]
    np.testing.assert_allclose(numbers, expected.ravel(), rtol=1e-3, atol=1e-4)
    assert first.endswith(f": {json.loads((moved / 'schema.json').read_text())['outputs']}")


def test_a_model_of_images_does_not_augment_when_it_is_called(project: Import) -> None:
    ready = project("images")
    x, _ = raw_inputs(ready)
    model = ready.module("training.runs").load_run(ready.folder / "runs" / "latest").model
    called = np.asarray(model(some(x, slice(40))))
    np.testing.assert_allclose(called, ready.module("network.model").apply(model, some(x, slice(40))), atol=1e-5)


def test_what_is_there_stays(project: Import) -> None:
    ready = project("numbers")
    before = {path: path.stat().st_mtime_ns for path in ready.folder.rglob("*")}
    assert ready.error("export") == "error: exported is there: remove it, or name another with --output"
    assert {path: path.stat().st_mtime_ns for path in ready.folder.rglob("*")} == before
    said = ready.main("export", "--run", "runs/smoke", "--output", "deep/er")
    assert said.startswith("deep/er takes numbers float32 (None, 10)\n")
    assert [path.name for path in (ready.folder / "deep").iterdir()] == ["er"]


def test_without_the_data_of_the_run(project: Import) -> None:
    ready = project("numbers")
    data = ready.folder / "data" / "diabetes.csv"
    moved = data.rename(ready.folder / "moved.csv")
    try:
        error = ready.error("export", "--output", "other")
        assert error == "error: data/diabetes.csv does not exist (--data names other examples to check with)"
        assert "the same for 32 examples" in ready.main("export", "--output", "other", "--data", "moved.csv")
    finally:
        moved.rename(data)


@pytest.mark.parametrize("fault", ["full disk", "error of TensorFlow", "other predictions"])
def test_what_fails_leaves_nothing_behind(fault: str, project: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = project("numbers")
    module, save = ready.module("commands.export"), ready.module("formats.saved_model").tensorflow.saved_model.save
    tensorflow = ready.module("formats.saved_model").tensorflow

    def half(model: Any, path: Path, **options: Any) -> None:
        save(model, path, **options)
        if fault == "full disk":
            raise OSError(28, "No space left on device", path)
        raise tensorflow.errors.ResourceExhaustedError(None, None, f"{path}; No space left on device")

    if fault == "other predictions":
        monkeypatch.setattr(module, "apply", lambda model, x: ready.module("network.model").apply(model, x) + 1)
    else:
        monkeypatch.setattr(tensorflow.saved_model, "save", half)
    before = set(ready.folder.iterdir())
    error = ready.error("export", "--output", "broken")
    assert "predict differently" in error if fault == "other predictions" else "No space left on device" in error
    assert "\n" not in error and set(ready.folder.iterdir()) == before


def test_before_training(imported: Import) -> None:
    error = imported(family="dense-binary").error("export")
    assert error == "error: no finished run in runs/latest: run the train command first"


@pytest.mark.thorough
def test_jax(trained: Render, serve: Callable[..., Any]) -> None:
    # The hardest for it: any number of steps, of which convolutions leave half.
    project = trained(family="separable-cnn-1d", input="series", task="multiclass", backend="jax")
    done = run(project, "export")
    assert len(done.stdout.splitlines()) == 2 and "WARNING:absl" not in done.stderr
    run(project, "predict", "data/pen_digits.csv", "--output", "predictions.csv")
    expected = outputs_in(pd.read_csv(project / "predictions.csv"))[:2]
    steps = pd.read_csv(project / "data" / "pen_digits.csv").query("series < 2")
    names = json.loads((project / "exported" / "schema.json").read_text())["columns"]["numbers"]
    x = {"series": np.stack([of_one[names] for _, of_one in steps.groupby("series")]).astype("float32")}
    np.testing.assert_allclose(serve(project / "exported", x), expected, rtol=1e-4, atol=1e-5)


def test_jax_without_tensorflow(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    project = imported(family="dense-binary", backend="jax")
    monkeypatch.setattr(project.module("commands.export"), "find_spec", lambda name: None)
    error = project.error("export")
    install = "uv sync --inexact --extra export (or: pip install --editable '.[export]')"
    assert error == f"error: --format saved_model needs: {install}"


@pytest.mark.parametrize(("format", "package"), [("onnx", "tf2onnx"), ("litert", "ai_edge_litert")])
def test_a_format_without_its_packages(
    format: str, package: str, project: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = project("numbers")
    monkeypatch.setattr(ready.module("commands.export"), "find_spec", lambda name: None if name == package else 1)
    before = set(ready.folder.iterdir())
    error = ready.error("export", "--format", format, "--output", "new")
    install = f"uv sync --inexact --extra {format} (or: pip install --editable '.[{format}]')"
    assert error == f"error: --format {format} needs: {install}" and set(ready.folder.iterdir()) == before
    assert f"\n{format} = [" in (ready.folder / "pyproject.toml").read_text()


def test_formats_are_written_by_tensorflow(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    project = imported(family="dense-binary", backend="jax")
    for format in ("onnx", "litert"):
        module = project.module("commands.export")
        monkeypatch.setattr(module, "find_spec", lambda name: 1)
        monkeypatch.setattr(module.keras.backend, "backend", lambda: "jax")
        error = project.error("export", "--format", format)
        assert error.endswith("is written by TensorFlow: set KERAS_BACKEND=tensorflow for this command")


def test_a_format_that_there_is_not(project: Import, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        project("numbers").main("export", "--format", "pickle")
    assert "invalid choice: 'pickle'" in capsys.readouterr().err


def made_by_hand(preparation: list[Any], x: Any, columns: Any) -> Any:
    """Make of raw inputs what a file takes, only by what schema.json says."""
    made = {}
    for step in preparation:
        places = {name: place for place, name in enumerate(step["places"])}
        if step["input"].startswith("category"):
            names = x["categories"][:, columns["categories"].index(step["column"])]
            made[step["input"]] = np.eye(len(places))[[places.get(name, 0) for name in names]]
            continue
        texts = x["texts"][:, columns["texts"].index(step["column"])] if columns else x["text"][:, 0]
        made[step["input"]] = np.zeros((len(texts), int(re.findall(r"length of (\d+)", step["values"])[0])), int)
        for row, text in enumerate(texts):
            words = re.sub(r"\W+", " ", text.lower()).split()  # enough for these texts
            pairs = [" ".join(pair) for pair in itertools.pairwise(words)] if "pair of" in step["values"] else []
            numbers = [places.get(word, 1) for word in words + pairs][: made[step["input"]].shape[1]]
            made[step["input"]][row, : len(numbers)] = numbers
    return made


@pytest.mark.parametrize("name", some_often(["table", "text"], {"table"}))
def test_preparation_that_is_told_is_that_of_the_model(name: str, project: Import) -> None:
    ready = project(name)
    x, _ = raw_inputs(ready)
    x = some(x, slice(40))
    if name == "text":
        plain = [" ".join(re.findall(r"[a-z]+", text.lower())) for text in x["text"][:, 0]]
        x["text"] = np.array(plain, object)[:, np.newaxis]
    run = ready.module("training.runs").load_run(ready.folder / "runs" / "latest")
    parts = ready.module("formats.prepared").in_parts(run.model, run.schema)
    told = json.loads(json.dumps(parts.preparation))
    columns = run.schema.model_dump().get("columns")
    made = made_by_hand(told, x, columns) | {n: v for n, v in x.items() if n == "numbers"}
    assert set(made) == set(parts.second.input) and len(told) == len(made) - ("numbers" in made)
    apply = ready.module("network.model").apply
    np.testing.assert_allclose(apply(parts.second, made), apply(run.model, x), atol=1e-6)


# The packages are no small ones: the weekly tests install them (the group exports in pyproject.toml).
PACKAGES = {"onnx": ["tf2onnx", "onnx", "onnxruntime"], "litert": ["ai_edge_litert"]}
NOT_IN_LITERT = {"volumes": "MaxPool3D"}


@pytest.mark.thorough
@pytest.mark.parametrize("name", [*PROJECTS, "jax"])
@pytest.mark.parametrize("format", PACKAGES)
def test_formats(format: str, name: str, project: Import, trained: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    if not all(map(importlib.util.find_spec, PACKAGES[format])):
        pytest.skip("pip install --group exports")
    if name == "jax":
        folder = trained(family="dense-binary", backend="jax")
        monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
        output = folder / format
        said = run(folder, "export", "--format", format, "--output", format).stdout
    else:
        ready = project(name)
        output = ready.folder / format
        options = ["export", "--format", format, "--output", format]
        if format == "litert" and name in NOT_IN_LITERT:
            error = ready.error(*options)
            assert error.endswith(f"leave out --format litert: it has no {NOT_IN_LITERT[name]}")
            return
        said = ready.main(*options)
    assert "the same for 32 examples" in said
    told = name in ("table", "text", "ngrams", "sound")
    assert told == ("preparation" in json.loads((output / "schema.json").read_text()))
    first, *rest = example(output, "keras", "jax", "tensorflow").stdout.splitlines()
    if name != "jax":
        _, rows = raw_inputs(ready)
        expected = outputs_in(ready.predict(source_of(ready)).iloc[rows[:3]])
        numbers = [float(n) for n in re.findall(r"-?[\d.]+(?:e[-+]\d+)?", " ".join(rest))]
        np.testing.assert_allclose(numbers, expected.ravel(), rtol=1e-3, atol=1e-4)
