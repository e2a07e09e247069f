"""Every variant renders to a formatted, complete project, and the templates are valid in their own language."""

import ast
import functools
import re
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import black
import pytest
import yaml
from conftest import ROOT, Answers, Render, package_of
from variants import FAMILIES, HEADS, all_variants, hooked_variants, name

TABLES = {  # of the samples
    "binary": "breast_cancer.csv",
    "multiclass": "wine.csv",
    "multilabel": "digit_segments.csv",
    "regression": "diabetes.csv",
    "series": "pen_digits.csv",
    "text": "texts.csv",
    "images": "digits.csv",
    "sound": "voices.csv",
    "video": "clips.csv",
    "volumes": "rocks.csv",
}
IN_FOLDERS = ["images", "sound", "video", "volumes"]
FILES = {
    ".copier-answers.yml",
    ".gitignore",
    "README.md",
    "config.toml",
    "data/README.md",
    "pyproject.toml",
    "tests/test_project.py",
}
MODULES = """
__init__ __main__ config errors names
commands/__init__ commands/cross_validate commands/evaluate commands/export commands/look commands/predict
commands/report commands/runs commands/train
data/__init__ data/dataset data/examples data/folds data/labelled data/read data/schema data/splits data/targets
formats/__init__ formats/litert formats/onnx formats/saved_model
network/__init__ network/body network/head network/model network/prepare
report/__init__ report/card report/charts report/comparison report/facts report/figures report/page report/shown
report/write
training/__init__ training/checkpoint training/features training/fit training/length training/references training/runs
training/scores training/verdict
""".split()
TABLE_MODULES = """
tables/__init__ tables/cells tables/code_pages
tables/compound_numbers tables/csv_files tables/date_formats tables/date_words tables/dialects tables/encodings
tables/formats tables/headers tables/json_files tables/number_formats tables/odd_rows tables/opening
tables/other_formats tables/sheets tables/split_rows tables/sql
tables/table tables/text_forms tables/ways tables/whole_dates tables/written
""".split()
# What recipes share, by input, architecture and head.
SHARED = {
    "table": "tables/arrays tables/choosing tables/columns tables/judging data/columns_file data/remarks"
    " network/scaling",
    "images": "data/decoding data/files data/layouts data/media data/photos report/pictures",
    "series": "tables/arrays tables/columns tables/judging data/files data/layouts"
    " network/scaling network/steps training/random_kernels",
    "forecast": "tables/arrays tables/columns tables/judging data/grid data/moments data/panel"
    " data/windows network/scaling network/steps",
    "text": "tables/__init__ tables/code_pages tables/encodings data/files data/layouts" " network/steps network/words",
    "sound": "data/decoding data/files data/layouts data/media network/scaling network/steps"
    " training/random_kernels",
    "video": "data/decoding data/files data/layouts data/media report/pictures",
    "volumes": "data/decoding data/files data/layouts data/media report/pictures network/scaling",
    "tabular-ensemble": "network/number_embedding training/ensemble",
    "text-ngrams": "network/terms",
    "separable-cnn": "network/convolution",
    "pretrained": "network/backbone training/fine_tuning",
    "cnn-3d": "network/convolution",
    "frames-rnn": "network/convolution",
    "binary": "data/classes data/spelling training/calibration",
    "multiclass": "data/classes data/spelling training/calibration",
    "multilabel": "tables/arrays data/labels data/spelling training/calibration",
    "regression": "tables/arrays network/scaling",
}
ON_DEVICES = {
    "host": "training/devices training/global_batches",
    "hosts": "training/devices training/global_batches training/processes training/together"
    " training/shared_checkpoint data/share",
}
# {{name}}, {{ name }} and the like; doubled braces of f-strings stand before other characters.
TEMPLATE_CODE = re.compile(r"(?<!\{)\{\{[ a-z_\"-]|[ -]\}\}|\{%|^\s*#:", re.MULTILINE)
LONGEST_FILE, LONGEST_IF_LARGE = 200, 230


@functools.cache  # most files are the same in most variants
def formatted(code: str) -> str:
    return black.format_str(code, mode=black.Mode())


def sample_tables(variant: Answers) -> set[str]:
    """Return the tables in data/ that a variant comes with."""
    if variant["task"] == "forecast":
        return {"co2.csv"}
    if variant["input"] in IN_FOLDERS and variant["task"] == "multiclass" and variant["family"] != "frames-rnn":
        return set()  # the folders tell
    return {TABLES[variant["task"] if variant["input"] == "table" else variant["input"]]}


def reads_tables(variant: Answers) -> bool:
    """Tell whether a variant reads tables: not where the folders of its sample tell all."""
    return bool(sample_tables(variant))


def is_large(variant: Answers) -> bool:
    """Tell whether a variant reads its data in parts."""
    return "large" in variant or variant.get("devices") == "hosts" and variant["input"] != "series"


def modules_of(variant: Answers) -> set[str]:
    """Return the modules that a variant needs."""
    family, input, task = variant["family"], variant["input"], variant["task"]
    reader = "forecast" if task == "forecast" else input
    shared = {name for recipe in (reader, family, task) for name in SHARED.get(recipe, "").split()}
    shared |= {"network/initial_weights"} if family == "inception-1d" else set()
    is_separable = variant.get("convolution", "separable") == "separable" and family != "cnn-3d" and "cnn" in family
    if is_separable or family == "frames-rnn" and variant.get("convolution") != "plain":
        shared.add("network/initial_weights")
    always = family in ("stacked-lstm", "dense-forecast")
    if "devices" not in variant and (always or family == "separable-cnn-1d" and variant.get("backend") != "jax"):
        shared.add("training/fused")
    if input == "table" and variant.get("backend") != "jax":
        shared |= {"network/words", "formats/prepared"}
    if input == "text" or input == "sound" and variant.get("front_end") != "frames":
        shared.add("formats/prepared")
    if reads_tables(variant):
        shared |= {*TABLE_MODULES, *([] if reader == "forecast" else ["tables/times"])} | (
            {"data/listed"} if input in IN_FOLDERS else set()
        )
    if is_large(variant):
        shared.add("data/shards")
        shared |= {"tables/in_order"} if input in ("table", "text") else set()
        shared |= {"training/prepared_shards"} if "devices" in variant else set()
    elif input == "images":
        shared.add("data/look_alikes")
    if "tracking" in variant:
        shared.add("training/tracking")
    shared |= {*ON_DEVICES.get(variant.get("devices", "one"), "").split()}
    left_out = {"data/folds", "commands/cross_validate"} if is_large(variant) else set()
    left_out |= {"data/labelled"} if reader == "forecast" else set()
    left_out |= {"network/steps"} if family == "text-ngrams" else set()  # it prepares in its own way
    if reader != "forecast" and reads_tables(variant):
        shared.add("training/group_scores")
    return {*MODULES, *shared} - left_out


def test_every_variant_is_covered() -> None:
    variants = [name(variant) for variant in all_variants()]
    heads = sum(len(HEADS[task]) for _, _, tasks in FAMILIES for task in tasks)
    with_jax = sum(len(tasks) for input, _, tasks in FAMILIES if input != "text")
    options = 1 + 2 * (1 + 2) + (1 + 2) + (1 + 1 + 2 + 1 + 1) + 3 + 1 + 1
    on_devices, tracked = 6, 1
    large = len({input for input, _, _ in FAMILIES} - {"series"})
    assert len(variants) == len(set(variants)) == heads + with_jax + options + on_devices + tracked + large


@pytest.mark.parametrize("variant", all_variants(), ids=name)
def test_variant_is_complete_and_formatted(
    variant: Answers, render: Render, plain_template: Path, tmp_path: Path
) -> None:
    project = render(tmp_path / "p", source=plain_template, **variant)
    package = package_of(project)

    examples = {path for path in project.glob("data/*/**/*") if path.is_file()}
    files = {
        path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file() and path not in examples
    }
    sources = {f"src/{package}/{module}.py" for module in modules_of(variant)}
    sources |= {f"src/{package}/{name}" for name in ("py.typed", "report/page.html")}
    assert files == FILES | sources | {f"data/{file}" for file in sample_tables(variant)}
    assert len(files) <= (101 if reads_tables(variant) else 76) + len(
        ON_DEVICES.get(variant.get("devices", ""), "").split()
    )
    assert bool(examples) == (variant["input"] in IN_FOLDERS)

    for path in project.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        ast.parse(code)
        assert code == formatted(code), f"black would change {path}"
        longest = LONGEST_IF_LARGE if is_large(variant) else LONGEST_FILE
        assert len(code.splitlines()) <= longest, f"{path} is too long"
    for file in ("pyproject.toml", "config.toml"):
        tomllib.loads((project / file).read_text(encoding="utf-8"))
    for file in FILES | sources:
        text = (project / file).read_text(encoding="utf-8")
        assert not TEMPLATE_CODE.search(text), f"{file} holds template code"
        assert "\n\n\n\n" not in text and not text.startswith("\n"), f"{file} has stray blank lines"
        headings = (
            [line for line in text.splitlines() if line.startswith("#")] if file.endswith((".md", ".toml")) else []
        )
        assert all(
            f"\n\n{line}\n" in f"\n\n{text}" or line.startswith("#  ") for line in headings
        ), f"{file}: {headings}"
        is_empty = file.endswith("/py.typed")
        ends_well = text.endswith("\n") and not text.endswith("\n\n")
        assert is_empty or ends_well, f"{file} ends with stray blank lines"
    unused_or_missing_names = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,E7,E9,W,UP,B"]
    checked = subprocess.run([*unused_or_missing_names, "--ignore", "B904", project], text=True, capture_output=True)
    assert checked.returncode == 0, checked.stdout
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert (
        variant.items()
        <= {name: str(value).lower() if value is True else value for name, value in answers.items()}.items()
    )


FOR_TYPES = {(v["input"], v["task"], v.get("large"), v.get("devices")): v for v in reversed(all_variants())}


@pytest.mark.thorough
@pytest.mark.parametrize("variant", FOR_TYPES.values(), ids=name)
def test_types_fit(
    variant: Answers, render: Render, plain_template: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = render(tmp_path / "p", source=plain_template, **variant)
    cache = tmp_path_factory.getbasetemp() / "mypy"  # of all variants: pandas takes ten times as long as they do
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(cache), "src"]
    checked = subprocess.run(command, cwd=project, text=True, capture_output=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def template_files(suffix: str) -> list[Path]:
    folders = [ROOT / "template", ROOT / "recipes"]
    return [path for folder in folders for path in sorted(folder.rglob(f"*{suffix}.jinja"))]


@pytest.mark.parametrize("path", template_files(".py"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_python_template_parses_and_is_formatted(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # {{value}}(x) reads as a call of a set
        ast.parse(code)
    assert code == black.format_str(code, mode=black.Mode())


def first_branches(text: str) -> str:
    """Return the text with the first branch of every condition only: a key may stand in each."""
    kept, are_first = [], []
    for line in text.splitlines():
        if line.startswith("#: if"):
            are_first.append(True)
        elif line.startswith("#: el"):
            are_first[-1] = False
        elif line.startswith("#: endif"):
            are_first.pop()
        elif all(are_first):
            kept.append(line)
    return "\n".join(kept)


@pytest.mark.parametrize("path", [ROOT / "template" / "pyproject.toml.jinja"], ids=["pyproject.toml"])
def test_toml_template_parses(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tomllib.loads(first_branches(text))


def named(requirements: list[str]) -> dict[str, str]:
    """Return requirements by package and platform."""
    return {re.sub(r"[><=][^;]*", "", text): text for text in requirements}


@pytest.mark.parametrize("variant", hooked_variants(), ids=name)
def test_a_project_requires_what_the_tests_run_with(
    variant: Answers, render: Render, plain_template: Path, tmp_path: Path
) -> None:
    project = tomllib.loads((render(tmp_path / "p", source=plain_template, **variant) / "pyproject.toml").read_text())
    tested = named(tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["train"])
    required = named(project["project"]["dependencies"])
    assert required == {package: tested[package] for package in required}
    assert all(re.search(r">=[\d.]+,<\d+(;|$)", requirement) for requirement in required.values())


@pytest.mark.parametrize(("backend", "pythons"), [("tensorflow", ">=3.11,<3.14"), ("jax", ">=3.11")])
def test_a_project_takes_the_pythons_that_its_backend_has_packages_for(
    backend: str, pythons: str, render: Render, plain_template: Path, tmp_path: Path
) -> None:
    project = render(tmp_path / "p", source=plain_template, backend=backend)
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["requires-python"] == pythons


def test_a_workflow_comes_where_it_is_asked_for_with_pinned_actions(
    render: Render, plain_template: Path, tmp_path: Path
) -> None:
    project = render(tmp_path / "p", source=plain_template, github_tests=True)
    workflow = yaml.safe_load((project / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["test"]["steps"]
    actions = [step["uses"] for step in steps if "uses" in step]
    assert len(actions) == 2 and all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in actions)
    own = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    assert all(action in own for action in actions)  # of the versions that this repository runs itself
    assert workflow["permissions"] == {"contents": "read"}
    assert [step["run"] for step in steps if "run" in step] == ["pip install --editable . pytest", "pytest"]
    assert "`.github/workflows/test.yml`" in (project / "README.md").read_text(encoding="utf-8")


def test_file_names_do_not_depend_on_answers() -> None:
    names = [path.relative_to(ROOT / "template").as_posix() for path in (ROOT / "template").rglob("*")]
    assert {variable for name in names for variable in re.findall(r"\{\{ *(\S+) *\}\}", name)} == {
        "package_name",
        "_copier_conf.answers_file",
    }
    assert not [name for name in names if '"' in name or "'" in name]
