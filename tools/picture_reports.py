"""Train six bundled samples, and take docs/pictures/ from their reports with Debian's chromium.

    python tools/picture_reports.py                   renders and trains all of them, about 5 minutes
    python tools/picture_reports.py images forecast   only those
    python tools/picture_reports.py --kept FOLDER     keeps the projects there, and takes those that it has trained

Each picture shows some neighbouring sections, as wide as a page of the docs; table_phone is a phone in the dark.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import copier
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"


class Picture(NamedTuple):
    """What a picture shows: a network on its sample, and the sections from one to another."""

    answers: dict[str, str]
    first: str
    last: str
    most: int = 1400  # pixels of its height
    width: int = 700
    scheme: Any = "light"


TABLE = {"family": "dense-binary"}
SHOWN = {
    "table": Picture(TABLE, "", "result"),
    "columns": Picture(TABLE, "why", "why", 860),
    "phone_dark": Picture(TABLE, "", "data", 1255, 390, "dark"),
    "regression": Picture({"family": "regression"}, "predictions", "mistakes", 1330),
    "images": Picture({"family": "separable-cnn"}, "mistakes", "why"),
    "text": Picture({"family": "text-ngrams", "input": "text"}, "mistakes", "why"),
    "multilabel": Picture({"family": "multilabel"}, "predictions", "predictions"),
    "forecast": Picture({"family": "stacked-lstm", "task": "forecast"}, "training", "predictions", 1215),
}


def train(answers: dict[str, str], project: Path) -> Path:
    """Render a project of the last commit and train it, unless it is there; return its report."""
    report = project / "runs" / "latest" / "report.html"
    if not report.is_file():
        data = answers | {"smoke_train": False}
        copier.run_copy(str(ROOT), project, data=data, defaults=True, unsafe=True, quiet=True, vcs_ref="HEAD")
        command = [sys.executable, "-m", project.name, "train"]
        variables = os.environ | {"PYTHONPATH": "src", "TF_CPP_MIN_LOG_LEVEL": "3"}
        subprocess.run(command, cwd=project, env=variables, check=True, stdout=subprocess.DEVNULL)
    return report


def take(browser: Browser, report: Path, picture: Picture, file: Path) -> None:
    """Take a picture of the sections of a report."""
    page = browser.new_page(viewport={"width": picture.width, "height": 900}, color_scheme=picture.scheme)
    page.goto(report.as_uri())
    page.wait_for_timeout(1500)  # until all is drawn
    top = page.evaluate("id => id ? document.getElementById(id).getBoundingClientRect().top : 0", picture.first)
    end = page.evaluate("id => document.getElementById(id).getBoundingClientRect().bottom", picture.last)
    height = min(end - top + 16, picture.most)
    clip: Any = {"x": 0, "y": max(top - 8, 0), "width": picture.width, "height": height}
    page.screenshot(path=file, clip=clip, full_page=True)
    page.close()
    Image.open(file).convert("RGB").quantize(256).save(file, optimize=True)


def main(names: list[str], kept: Path | None) -> None:
    """Take the pictures of these names, or all of them."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = (kept or Path(place)).absolute()
        options: Any = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox"]}
        browser = playwright.chromium.launch(**options)
        for name in names or SHOWN:
            picture = SHOWN[name]
            report = train(picture.answers, folder / "_".join(picture.answers.values()).replace("-", "_"))
            take(browser, report, picture, PICTURES / f"report_{name}.png")
            print(name, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(SHOWN))
    parser.add_argument("--kept", type=Path)
    given = parser.parse_args()
    main(given.names, given.kept)
