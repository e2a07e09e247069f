"""Reports, model cards and lists of runs; the reports are opened in a real browser."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported

pytestmark = pytest.mark.train
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
KINDS: list[dict[str, str]] = [  # for every change
    {"family": "dense-binary"},
    {"family": "separable-cnn"},
    {"family": "stacked-lstm", "task": "forecast"},
]
MORE = [  # every other task and input
    {"family": "regression"},
    {"family": "multilabel"},
    {"family": "separable-cnn-1d", "input": "text"},
    {"family": "separable-cnn-1d", "input": "sound", "task": "binary"},
    {"family": "stacked-lstm", "input": "series", "task": "multilabel"},
    {"family": "cnn-3d", "input": "volumes"},
    {"family": "cnn-3d", "input": "video", "task": "regression"},
]
ENDED = "[...document.querySelectorAll('.chart')].every(chart => chart.querySelector('svg'))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests."""
    if not CHROMIUM:
        pytest.skip("there is no chromium here: .ci/run installs it where it can")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Any, report: Path, width: int, scheme: str) -> Any:
    """Open a report from disk; it asks for nothing else, reports no error, and does not scroll sideways."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.resolve().as_uri())
    page.wait_for_function(ENDED, timeout=120_000)
    assert not said
    assert [url for url in asked if not url.startswith("data:")] == [report.resolve().as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    return page


@pytest.mark.parametrize(
    "answers",
    [*KINDS, *(pytest.param(kind, marks=pytest.mark.thorough) for kind in MORE)],
    ids=lambda answers: "-".join(answers.values()),
)
def test_a_report_opens_from_disk_on_a_phone_and_a_desktop(
    answers: dict[str, str], imported: Import, browser: Any
) -> None:
    project = imported(**answers)
    said = project.main("train", "--epochs", 2, "--report", "true")
    folder = project.folder / "runs" / "latest"
    assert re.search("runs/.*/report.html, runs/.*/MODEL_CARD.md", said)
    report = folder / "report.html"
    assert report.stat().st_size < 5e6
    names = ["Result", "Data", "Training", "Predictions", "Network", "Settings"]
    for width, scheme in [(360, "dark"), (1100, "light")]:
        page = opened(browser, report, width, scheme)
        headings = page.locator("h2").all_inner_texts()
        assert [name for name in headings if name in names] == names
        assert page.locator("nav a").all_inner_texts() == headings
        verdict = json.loads((folder / "trained.json").read_text(encoding="utf-8"))["verdict"]
        assert page.locator(".verdict").inner_text() == verdict
        for element in page.locator("img, audio, .chart svg").all()[:40]:
            assert element.evaluate("element => element.closest('[alt], [aria-label]') !== null")
        back, ink = (page.evaluate(f"getComputedStyle(document.body).{n}") for n in ("backgroundColor", "color"))
        assert (brightness(back) < 60 < 200 < brightness(ink)) == (scheme == "dark")
        if answers == {"family": "dense-binary"}:
            check_threshold(page)
        page.close()
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert verdict in card and "## Limits" in card and "- keras 3." in card


def brightness(color: str) -> float:
    return sum(map(int, re.findall(r"\d+", color)[:3])) / 3


def check_threshold(page: Any) -> None:
    """The threshold moves with the keyboard, and the matrix with it."""
    counts = "[...document.querySelectorAll('#matrix td')].map(cell => Number(cell.textContent))"
    before = page.evaluate(counts)
    page.focus("#threshold")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#at-threshold") == "0.51"
    page.keyboard.press("End")
    after = page.evaluate(counts)
    assert sum(after) == sum(before) and after[1] == after[3] == 0  # nothing is above 1
    assert page.inner_text("#at-recall") == "0.0 %"


@pytest.fixture(scope="module")
def project(imported: Import) -> Imported:
    """A project with two runs."""
    project = imported(family="dense-binary")
    for epochs, units in [(2, "8"), (3, "4,4")]:
        project.main("train", "--epochs", epochs, "--units", units)
    return project


def runs_of(project: Imported) -> list[str]:
    return sorted(folder.name for folder in (project.folder / "runs").iterdir() if not folder.is_symlink())


def test_runs_are_listed_with_what_differs(project: Imported) -> None:
    said = project.main("runs")
    assert all(name in said for name in runs_of(project))
    assert (
        "units" in said
        and "[4, 4]" in said
        and "most epochs" in said
        and "learning_rate" not in said
        and "validation auc" in said
    )


def test_two_runs_are_compared(project: Imported) -> None:
    first, second = runs_of(project)
    said = project.main("report", first, second)
    assert "difference" in said and re.search(r"units +\[8\] +\[4, 4\]", said)


def test_the_report_of_an_earlier_run_without_its_data(project: Imported) -> None:
    first, second = runs_of(project)
    data = project.folder / "data" / "breast_cancer.csv"
    whole = data.read_bytes()
    data.write_bytes(whole[: len(whole) // 2 // 100 * 100].rsplit(b"\n", 1)[0] + b"\n")
    try:
        said = project.main("report", Path("runs") / first)
    finally:
        data.write_bytes(whole)
    assert "has changed since" in said
    page = (project.folder / "runs" / first / "report.html").read_text(encoding="utf-8")
    assert "The data has changed since the training" in page and 'id="predictions"' not in page
    assert 'id="network"' in page


def test_a_run_that_is_not_there_or_not_finished_is_named(project: Imported) -> None:
    assert "there is no run none" in project.error("report", "none")
    unfinished = project.folder / "runs" / "stopped"
    unfinished.mkdir()
    try:
        assert "runs/stopped has not finished" in project.error("report", "stopped")
        assert "Not finished: stopped" in project.main("runs")
    finally:
        unfinished.rmdir()


def test_without_the_drawing_packages_a_training_says_so_in_one_line(project: Imported) -> None:
    (project.folder / "without").mkdir()
    (project.folder / "without" / "altair.py").write_text("raise ImportError('not installed')")
    command = [sys.executable, "-m", project.package, "train", "--epochs", "1", "--references", "false"]
    environment = os.environ | {"PYTHONPATH": f"without{os.pathsep}src"}
    done = subprocess.run(command, cwd=project.folder, env=environment, capture_output=True, text=True, check=True)
    assert "No report: report.html needs altair" in done.stdout and "MODEL_CARD.md" not in done.stdout
    folder = (project.folder / "runs" / "latest").resolve()
    assert (folder / "model.keras").is_file() and (folder / "MODEL_CARD.md").is_file()
    shutil.rmtree(folder)


SOUTH = "south|\x1b[2m"  # neither ends a cell of the card, nor does it steer the terminal


def table_of_regions(path: Path, target: str) -> dict[str, str]:
    """Write a table where one of three regions is noisy; its target is a sum of money, or whether that is high."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(900, 2)), columns=["a", "b"])
    frame["code"] = [f"N-{number:05}" for number in range(900)]
    frame["region"] = rng.choice(["north", SOUTH, "islet", "isle"], 900, p=[0.55, 0.35, 0.07, 0.03])
    noise = np.where(frame["region"] == SOUTH, 2.0, 0.1)
    frame["price"] = 100_000 * (frame["a"] + noise * rng.normal(size=900))
    if target == "high":
        frame["high"] = np.where(frame.pop("price") > 0, "yes", "no")
    frame.to_csv(path, index=False)
    return {"data_path": str(path), "target": target, "family": "dense-binary" if target == "high" else "regression"}


@pytest.mark.parametrize("target", ["high", pytest.param("price", marks=pytest.mark.thorough)])
def test_scores_by_group(target: str, imported: Import, tmp_path: Path) -> None:
    project = imported(**table_of_regions(tmp_path / "regions.csv", target))
    said = project.main("train", "--epochs", 8, "--scores-by", "region", "--features", "a,b", "--report", "true")
    folder = project.folder / "runs" / "latest"
    metrics = json.loads((folder / "metrics.json").read_text())
    groups = {n.removeprefix("group_"): s for n, s in metrics.items() if n.startswith("group_")}
    assert list(groups) == ["north", SOUTH, "groups of fewer than 20"]
    assert sum(s["examples"] for s in groups.values()) == 135

    name = "accuracy" if target == "high" else "mae"
    means = [s[name] * s["examples"] for s in groups.values()]
    assert sum(means) / 135 == pytest.approx(metrics["test"][name])
    one, other = (groups[name] for name in ("north", SOUTH))
    distance = abs(one[name] - other[name])
    assert distance > 2 * np.hypot(one[f"{name}_spread"], other[f"{name}_spread"])
    if target == "high":
        count = other["examples"]
        share = (other[name] * count + 1) / (count + 2)  # so that all right is not certain
        expected = np.sqrt(share * (1 - share) / count)
        assert other[f"{name}_spread"] == pytest.approx(expected)

    evaluated = project.main("evaluate")
    page, card = ((folder / file).read_text("utf-8") for file in ("report.html", "MODEL_CARD.md"))
    for text in (said, evaluated):
        assert re.search(r"\nBy region\n +examples .*\nnorth +\d+ .*\nsouth\|\\x1b\[2m .*\ngroups of fewer ", text)
    assert "Scores by region, on the test split" in page and '<th scope="row">south|\\x1b[2m</th>' in page
    assert "\n## Scores by region\n" in card and "| south\\|\\x1b[2m | " in card
    assert "Scores by region stand above; nobody" in card
    if target == "price":
        assert not re.search(r"\de\+\d", said.split("test, 135")[1] + card)
        assert f"{float(f'{other[name]:.4g}'):,.0f}" in said, "as people write it"

    others = tmp_path / "others.csv"
    frame = pd.read_csv(project.config().data_path)
    frame[frame["region"] != "islet"].head(300).to_csv(others, index=False)
    assert re.search(r"\nisle +1?\d ", evaluated := project.main("evaluate", others)), "one alone keeps its name"
    assert "groups of fewer" not in evaluated
    frame.drop(columns="region").to_csv(others, index=False)
    assert "\nNo scores by region: the data has no such column\n" in project.main("evaluate", others)
    assert "region" in project.error("train", "--scores-by", "regoin")


def test_what_a_report_says_of_mistakes_layers_and_calibration(imported: Import) -> None:
    project = imported(family="separable-cnn")
    project.main("train", "--epochs", 1, "--report", "true")
    folder = project.folder / "runs" / "latest"
    page = (folder / "report.html").read_text("utf-8")
    files = re.findall("<small>(.*?)</small>", page)
    assert len(files) == 12 and all((project.folder / "data" / "digits" / file).is_file() for file in files)
    split = pd.read_csv(folder / "split.csv").set_index("path")["split"]
    assert {split[file] for file in files} == {"test"}
    assert re.search('<th scope="row">network</th><td>Model</td>.*<th scope="row">network › head</th>', page)
    error = json.loads((folder / "metrics.json").read_text())["test"]["calibration_error"]
    assert f"The mean distance is {error:.1%}." in page
    alike, classes = np.full((18, 3), 1 / 3), np.eye(3)[np.arange(18) % 3]
    assert project.module("training.calibration").calibration_error(alike, classes) == 0
