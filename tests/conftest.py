"""What the tests share: the template as a repository, and small functions to render and to run."""

import contextlib
import importlib
import importlib.metadata
import io
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import copier
import forked
import jinja2
import pandas as pd
import pytest
import variants

ROOT = Path(__file__).parents[1]
GIT_IDENTITY = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    # Nothing here has to survive a power cut.
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.fsync",
    "GIT_CONFIG_VALUE_0": "none",
}
os.environ.update(GIT_IDENTITY)
NUMBERS = itertools.count()

# What fixtures give. The types of a rendered project exist only once it is rendered: here they are Any.
Answers = dict[str, Any]
Finished = subprocess.CompletedProcess[str]
Render = Callable[..., Path]
Import = Callable[..., "Imported"]
Load = Callable[..., Any]


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Compile each template once per process: copier does it for every rendering, more than half of its time."""
    compile_anew, compiled = jinja2.Environment.compile, {}

    def compile(self: Any, source: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(source, str):
            return compile_anew(self, source, *arguments, **options)
        key = (type(self), self.lexer, *self.extensions, source, *arguments, *options.items())
        if key not in compiled:
            compiled[key] = compile_anew(self, source, *arguments, **options)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compile)
        yield


def needs(package: str, version: str, otherwise: str) -> pytest.MarkDecorator:
    """Skip a test with older packages, saying what they do otherwise; the newest run it (`make lowest` the oldest)."""
    installed = importlib.metadata.version(package)
    as_numbers = [[int(part) for part in text.split(".")[:2]] for text in (installed, version)]
    return pytest.mark.skipif(as_numbers[0] < as_numbers[1], reason=f"{package} {installed} {otherwise}")


def git(folder: Path, *arguments: str | Path) -> str:
    """Run git in the folder; return what it prints."""
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, text=True, capture_output=True)
    return done.stdout


def commit(folder: Path, message: str = "commit", tag: str | None = None) -> None:
    """Commit everything in the folder, as a new repository if there is none yet."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    if tag:
        git(folder, "tag", tag)


def copy_of_template(destination: Path, tag: str = "v0.1.0") -> Path:
    """Copy the working tree, committed or not, into a new repository with the tag v0.1.0."""
    for name in git(ROOT, "ls-files", "-co", "--exclude-standard", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, destination / name)
    commit(destination, "The template as it is now", tag)
    return destination


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template, which no test changes."""
    return copy_of_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def plain_template(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as a folder without git, of which copier need not make a clone: half the time."""
    return shutil.copytree(template, tmp_path_factory.mktemp("plain") / "t", ignore=shutil.ignore_patterns(".git"))


@pytest.fixture
def own_template(tmp_path: Path) -> Path:
    """A template that the test may change."""
    return copy_of_template(tmp_path / "template")


@pytest.fixture(scope="session")
def render(template: Path) -> Render:
    """Render a project without its hooks."""

    def render_project(destination: Path, hooks: bool = False, source: Path = template, **answers: Any) -> Path:
        copier.run_copy(
            str(source), destination, data=answers, defaults=True, unsafe=True, quiet=True, skip_tasks=not hooks
        )
        for archive in [] if hooks else sorted((destination / "data").glob("*.zip")):
            command = [sys.executable, str(ROOT / "hooks" / "unpack_sample.py"), archive.name]
            subprocess.run(command, cwd=destination, check=True)
        return destination

    return render_project


def package_of(project: Path) -> str:
    """Return the name of the rendered package."""
    return next((project / "src").iterdir()).name


def run_python(project: Path, command: list[str], environment: dict[str, str], timeout: float = 600) -> Finished:
    """Run a module with its arguments in the project, whose package it can import; return the finished process."""
    environment = environment | {"PYTHONPATH": "src"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if forked.POSSIBLE and "backend: tensorflow" in (project / ".copier-answers.yml").read_text(encoding="utf-8"):
        return forked.run_forked(project, command[0], command[1:], environment, timeout)
    command = [sys.executable, "-m", *command]
    return subprocess.run(command, cwd=project, env=environment, text=True, capture_output=True, timeout=timeout)


def run(project: Path, *arguments: object, check: bool = True, timeout: float = 600) -> Finished:
    """Run a command of the rendered project; return the finished process."""
    if arguments[0] == "train" and not {"--smoke", "--report"} & {*arguments}:
        arguments = *arguments, "--report", "false"  # seconds each; test_report.py has them
    command = [package_of(project), *map(str, arguments)]
    done = run_python(project, command, dict(os.environ), timeout)
    if check and done.returncode:
        pytest.fail(f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done


class Imported:
    """A rendered project, imported: each process of its own would need seconds to start."""

    said: str  # what the commands of a fixture printed

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = package_of(folder)

    def module(self, name: str) -> Any:
        # A project sets the variable where it is missing: what this process starts later must choose for itself.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KERAS_BACKEND", "tensorflow")
            return importlib.import_module(f"{self.package}.{name}")

    def config(self, **settings: Any) -> Any:
        """Return the settings of the project, with these in place of its own."""
        config = self.module("config")
        with contextlib.chdir(self.folder):
            return config.make_config(config.read_settings() | settings)

    def main(self, *arguments: object) -> str:
        """Run a command; return what it prints."""
        printed = io.StringIO()
        for flag in ("--references", "--report"):  # seconds each; test_references.py and test_report.py have them
            if arguments[0] == "train" and flag not in arguments:
                arguments = *arguments, flag, "false"
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed):
            self.module("__main__").main([str(argument) for argument in arguments])
        return printed.getvalue()

    def error(self, *arguments: object) -> str:
        """Run a command that has to fail; return the one line that says why."""
        with pytest.raises(SystemExit) as stopped:
            self.main(*arguments)
        assert str(stopped.value.code).startswith("error: ")
        return str(stopped.value.code)

    def predict(self, source: Path | str) -> pd.DataFrame:
        """Return the predictions for the data, as text, as they are in the file."""
        self.main("predict", source, "--output", "predictions.csv")
        return pd.read_csv(self.folder / "predictions.csv", dtype=str, keep_default_na=False)

    @property
    def metrics(self) -> Any:
        """The scores of the newest run."""
        return json.loads((self.folder / "runs" / "latest" / "metrics.json").read_text())


@pytest.fixture(scope="module")
def imported(render: Render, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Import]:
    """Render projects of the TensorFlow backend, and import them."""
    packages = {}

    def get(**answers: Any) -> Imported:
        package = f"imported_{next(NUMBERS)}"
        project = render(tmp_path_factory.mktemp(package) / "p", package_name=package, **answers)
        packages[package] = str(project / "src")
        sys.path.insert(0, packages[package])
        return Imported(project)

    yield get
    for package, source in packages.items():
        sys.path.remove(source)
        for module in [module for module in sys.modules if module.split(".")[0] == package]:
            del sys.modules[module]


@pytest.fixture(scope="module")
def trained(render: Render, tmp_path_factory: pytest.TempPathFactory) -> Render:
    """A trained project of each kind, which tests may read from and predict with."""
    projects = {}

    def get(**answers: Any) -> Path:
        key = variants.name(answers)
        if key not in projects:
            project = render(tmp_path_factory.mktemp(key) / "p", **answers)
            projects[key] = project
            run(project, "train", "--smoke")
        return projects[key]

    return get


def copier_command(
    *arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, check: bool = False
) -> Finished:
    """Run copier as a person does; return the finished process."""
    command = [sys.executable, "-m", "copier", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env=env or os.environ, text=True, capture_output=True, stdin=subprocess.DEVNULL, check=check
    )


@pytest.fixture(scope="module")
def projects(imported: Import) -> Import:
    """An untrained project for each family and task, rendered once."""
    rendered = {}

    def get(family: str, task: str | None = None) -> Imported:
        if (family, task) not in rendered:
            rendered[family, task] = imported(family=family, **({"task": task} if task else {}))
        return rendered[family, task]

    return get


@pytest.fixture
def load(projects: Import, tmp_path: Path) -> Load:
    """Write a table, read and split it; return the data."""

    def load_table(
        frame: pd.DataFrame,
        family: str = "dense-softmax",
        task: str | None = None,
        name: str = "table.csv",
        **settings: Any,
    ) -> Any:
        path = tmp_path / name
        frame.to_csv(path, index=False)
        project = projects(family, task)
        return project.module("data.dataset").load(project.config(data_path=path, **{"target": ["t"]} | settings))

    return load_table


def damage(content: bytes, rng: random.Random, most: int = 10_000) -> bytearray:
    """Return the bytes of a file with some of the first ones overwritten, and perhaps without its end."""
    damaged = bytearray(content)
    for _ in range(rng.choice([1, 3, 30])):
        damaged[rng.randrange(min(len(damaged), rng.choice([40, most])))] = rng.randrange(256)
    if rng.random() < 0.3:
        del damaged[rng.randrange(len(damaged)) :]
    return damaged


def columns_of(examples: Any) -> tuple[Any, list[str], Any]:
    """Return the columns by kind, those of dates without their formats."""
    columns = examples.columns
    return columns.numbers, list(columns.dates), columns.categories


@pytest.fixture
def started(render: Render, own_template: Path, tmp_path: Path) -> Render:
    """Render from a template of the test's own and commit, as a user does."""

    def start(**answers: Any) -> Path:
        project = render(tmp_path / "p", source=own_template, hooks=True, **{"smoke_train": False} | answers)
        commit(project, "Start")
        return project

    return start


@pytest.fixture(scope="module")
def reader(imported: Import) -> Imported:
    """A project whose functions read tables with the target t."""
    return imported(family="dense-binary")


@pytest.fixture
def read(reader: Imported, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Load:
    """Write a file and read it: its examples, and what is printed."""

    def read_table(
        content: Any, name: str = "table.csv", encoding: str = "utf-8", columns: Any = None, **settings: Any
    ) -> tuple[Any, str]:
        path = tmp_path / name
        if isinstance(content, pd.DataFrame) and name.endswith(".parquet"):
            content.to_parquet(path)
        elif isinstance(content, pd.DataFrame):
            content.to_csv(path, index=False)
        else:
            path.write_bytes(content.encode(encoding))
        examples = reader.module("data.read").read(path, reader.config(target=["t"], **settings), columns)
        return examples, capsys.readouterr().out

    return read_table


def lines(*rows: str, end: str = "\n") -> str:
    return end.join([*rows, ""])
