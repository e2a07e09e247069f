"""Compare the networks for images, and a linear model on pixels, on sets cut to few images of a class.

    python benchmarks/small_images.py PHOTOS=/path/to/folder clothes=/path/to/folder --weights backbone.keras

Each set is a folder with a folder of images for each class. Of each class 20, 60 and 200 images are taken to learn
from, 22 others to measure; three seeds choose which. What is measured is kept in results/small_images.json: a run that
was stopped goes on; then the table is written into docs/real_data.md. --weights is what the setting of the same name
takes: without a connection, give a file (benchmarks/lite0.py writes one). --sizes 20 and --seeds 1 make it short.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import copier
import numpy as np
from PIL import Image
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "small_images.json"
PAGE = ROOT / "docs" / "real_data.md"
TEST = 22  # images of each class
SIDE = 32  # in pixels, of the images that the linear model sees
FAMILIES = ("pretrained", "separable-cnn")


def cut(source: Path, out: Path, size: int, seed: int) -> None:
    """Copy some images of each class into out/train, and others into out/test."""
    for folder in sorted(path for path in source.iterdir() if path.is_dir()):
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        random.Random(seed).shuffle(files)
        for part, some in (("test", files[:TEST]), ("train", files[TEST : TEST + size])):
            for number, file in enumerate(some):
                to = out / part / folder.name / f"{number:04}{file.suffix}"
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, to)


def pixels(folder: Path) -> tuple[np.ndarray, list[str]]:
    """Return all images, small and flattened, and their classes."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    images = [np.asarray(Image.open(file).convert("RGB").resize((SIDE, SIDE))).ravel() / 255 for file in files]
    return np.stack(images), [file.parent.name for file in files]


def linear(data: Path) -> float:
    """Return the accuracy of a linear model on pixels."""
    model = LogisticRegression(C=0.01, max_iter=500).fit(*pixels(data / "train"))
    return float(model.score(*pixels(data / "test")))


def network(data: Path, project: Path, family: str, seed: int, weights: str) -> float:
    """Render a project, train it and return its accuracy."""
    answers = {"data_path": str(data), "input": "images", "family": family, "package_name": "small"}
    with tempfile.TemporaryDirectory() as plain:
        shutil.copytree(ROOT, plain, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git", ".venv"))
        copier.run_copy(plain, project, data=answers, defaults=True, unsafe=True, quiet=True, skip_tasks=True)
    command = [sys.executable, "-m", "small", "train", "--seed", str(seed), "--references", "false"]
    command += ["--weights", weights] if family == "pretrained" else []
    subprocess.run(command, cwd=project, env=os.environ | {"PYTHONPATH": "src"}, check=True, stdout=subprocess.DEVNULL)
    return float(json.loads((project / "runs" / "latest" / "metrics.json").read_text())["test"]["accuracy"])


def table_of(found: dict[str, float]) -> str:
    """Return the table of the page; the number of seeds is the least of a row."""
    lines = [f"| set | of a class | seeds | linear on pixels | {' | '.join(FAMILIES)} |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: |")
    rows = {(name, int(size)) for name, size, *_ in map(str.split, found)}
    for name, size in sorted(rows):
        scores = [
            [v for k, v in found.items() if k.startswith(f"{name} {size} ") and k.endswith(f" {m}")]
            for m in ("linear", *FAMILIES)
        ]
        cells = " | ".join(f"{np.mean(some):.3f}" if some else "" for some in scores)
        lines.append(f"| {name} | {size} | {min(map(len, scores))} | {cells} |")
    return "\n".join(lines)


def write_page(found: dict[str, float]) -> None:
    """Put the table between its marks in docs/real_data.md."""
    before, rest = PAGE.read_text("utf-8").split("<!-- few images -->\n")
    after = rest[rest.index("<!-- end of few images -->") :]
    PAGE.write_text(f"{before}<!-- few images -->\n{table_of(found)}\n{after}", "utf-8")


def main() -> None:
    """Measure what is not measured yet, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--weights", default="imagenet")
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 60, 200])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    found = json.loads(given.results.read_text()) if given.results.exists() else {}
    for name, source in (text.split("=", 1) for text in given.sets):
        for size in given.sizes:
            for seed in range(given.seeds):
                missing = [m for m in ("linear", *FAMILIES) if f"{name} {size} {seed} {m}" not in found]
                with tempfile.TemporaryDirectory() as folder:
                    data = Path(folder) / "data"
                    cut(Path(source), data, size, seed) if missing else None
                    for model in missing:
                        project = Path(folder) / model
                        weights = given.weights
                        score = linear(data) if model == "linear" else network(data, project, model, seed, weights)
                        found[f"{name} {size} {seed} {model}"] = score
                        given.results.write_text(json.dumps(found, indent=1))
    print(table_of(found))
    write_page(found)


if __name__ == "__main__":
    main()
