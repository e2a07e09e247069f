"""Looks at the user's data while copier asks its questions, and proposes answers. Standard library only.

It reads three samples of a file, never the whole, and never fails: what it cannot make sense of it says nothing about.
"""

import codecs
import csv
import difflib
import io
from itertools import islice
from pathlib import Path

import yaml
from jinja2 import pass_context
from jinja2.ext import Extension

SAMPLE_BYTES = 100_000  # at the beginning, in the middle and at the end of a file
MISSING = {"", "NA", "N/A", "n/a", "nan", "NaN", "NULL", "null", "None", "?"}
IMAGES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"}
TARGETS = ["target", "label", "labels", "class", "y", "outcome", "category"]
SERIES = ["series", "series_id", "sequence", "sequence_id", "recording", "recording_id", "session", "id"]
STEPS = ["step", "time", "timestamp", "t", "date", "datetime", "index"]
MOST_CLASSES = 20  # of integers: more different values are taken for numbers


def read_sample(path):
    """Return columns and some rows of a CSV file; ([], []) where it cannot be read."""
    size = path.stat().st_size
    texts = []
    with open(path, "rb") as file:
        for start in sorted({0, size // 2, size - SAMPLE_BYTES}) if size > 3 * SAMPLE_BYTES else [0]:
            file.seek(start)
            raw = file.read(SAMPLE_BYTES if size > 3 * SAMPLE_BYTES else size)
            first = raw.find(b"\n") + 1 if start else 0
            last = raw.rfind(b"\n") + 1 if start + len(raw) < size else len(raw)
            texts.append(decode(raw[first:last]))  # whole lines only
    header = texts[0].splitlines()[0]
    delimiter = max(",;\t", key=header.count)
    rows = [row for text in texts for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    columns = rows.pop(0)
    return columns, [row for row in rows if len(row) == len(columns)]


def decode(raw):
    try:
        return codecs.decode(raw, "utf-8-sig")
    except UnicodeDecodeError:
        return codecs.decode(raw, "latin-1")


def read_parquet_sample(path):
    """Return columns and some rows of a Parquet file; ([], []) without pyarrow."""
    try:
        from pyarrow import parquet
    except ImportError:
        return [], []
    file = parquet.ParquetFile(path)
    batch = next(file.iter_batches(batch_size=2000), None)
    columns = file.schema_arrow.names
    if batch is None:
        return columns, []
    return columns, [["" if value is None else str(value) for value in row.values()] for row in batch.to_pylist()]


def first_of(names, columns):
    """Return the first column with one of these names, whatever its case, or None."""
    by_name = {column.lower(): column for column in reversed(columns)}
    return next((by_name[name] for name in names if name in by_name), None)


class Facts:
    """What can be seen of a file or folder."""

    def __init__(self, input="", columns=(), rows=(), classes=()):
        self.columns, self.rows, self.classes = list(columns), list(rows), list(classes)
        self.series, self.step = self.find_series()
        self.input = input or ("series" if self.series else "table" if self.columns else "")

    def values(self, column):
        position = self.columns.index(column)
        return [row[position] for row in self.rows if row[position].strip() not in MISSING]

    def find_series(self):
        """Return the columns of series id and step, (None, None) where rows do not look like steps."""
        ids = [column for column in self.columns if column.lower().endswith(("_id", " id"))]
        series = first_of(SERIES, self.columns) or next(iter(ids), None)
        step = first_of(STEPS, self.columns)
        if not series or not step:
            return None, None
        ids = self.values(series)
        return (series, step) if len(set(ids)) <= len(ids) / 2 else (None, None)

    def target(self):
        """Return the column that is most likely to be predicted: by its name, or the last."""
        if self.input == "images" and not self.columns:
            return "class"
        usable = [column for column in self.columns if column.strip() and column.isprintable()]
        return first_of(TARGETS, usable) or next(reversed(usable), "")

    def task(self, target):
        """Return the task that the values of the target call for, or an empty string."""
        if self.classes:
            return "binary" if len(self.classes) == 2 else "multiclass"
        targets = [name.strip() for name in target.split(",") if name.strip()]
        if not targets or not set(targets) <= set(self.columns):
            return ""
        values = {value for name in targets for value in self.values(name)}
        numbers = [to_number(value) for value in values]
        if len(targets) > 1:
            return "multilabel" if set(numbers) <= {0, 1} else "regression"
        if any("|" in value for value in values):
            return "multilabel"
        if len(values) <= 2:
            return "binary"
        if None in numbers:
            return "multiclass"
        whole = all(number == int(number) for number in numbers)
        return "multiclass" if whole and len(values) <= MOST_CLASSES else "regression"

    def summary(self):
        """Return in a few words what was found, or an empty string."""
        if self.classes:
            return f"{len(self.classes)} folders of images"
        if not self.columns:
            return ""
        shown = ", ".join(self.columns[:8]) + (", ..." if len(self.columns) > 8 else "")
        return f"{len(self.columns)} columns: {shown}"


def to_number(text):
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None


def look(path):
    """Return what can be seen of the file or folder; empty facts where there is nothing to see."""
    try:
        path = Path(path).expanduser() if path else None
        if path is None or not path.exists():
            return Facts()
        if path.is_dir():
            files = islice(path.rglob("*"), 5000)
            if not any(file.suffix.lower() in IMAGES for file in files):
                return Facts()
            folders = [folder.name for folder in path.iterdir() if folder.is_dir() and folder.name[0] not in "._"]
            return Facts("images", classes=sorted(folders))
        columns, rows = read_parquet_sample(path) if path.suffix == ".parquet" else read_sample(path)
        facts = Facts(columns=columns, rows=rows)
        if "path" in columns and any(Path(value).suffix.lower() in IMAGES for value in facts.values("path")[:10]):
            facts.input = "images"
        return facts
    except (OSError, ValueError, IndexError, csv.Error):
        return Facts()


def is_recorded(context, name, answer):
    """Tell whether the project has this answer on record: then it holds, whatever has become of the data."""
    conf = context["_copier_conf"]
    if "copier._main." in str(conf["dst_path"]):  # one of the two temporary renders of an update
        return True
    file = Path(str(conf["dst_path"]), str(conf["answers_file"]))
    return file.is_file() and (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get(name) == answer


@pass_context
def data_path_problem(context, path):
    """Return why there is no data at the path, or an empty string; a recorded path may have gone."""
    if not path or is_recorded(context, "data_path", path) or Path(path).expanduser().exists():
        return ""
    return f"{path} does not exist (looked in {Path.cwd()})"


@pass_context
def target_problem(context, target, path):
    """Return which target is not a column of the data, or an empty string; a recorded target may have gone."""
    facts = look(path)
    if not facts.columns or not facts.target() or is_recorded(context, "target", target):
        return ""
    for name in filter(None, map(str.strip, target.split(","))):
        if name not in facts.columns:
            near = difflib.get_close_matches(name, facts.columns, 1)
            known = ", ".join(facts.columns[:20])
            return f"no column {name!r} in {path}; " + (f"did you mean {near[0]!r}?" if near else f"it has {known}")
    return ""


class DataProbe(Extension):
    """Adds the functions of this file to Jinja."""

    def __init__(self, environment):
        super().__init__(environment)
        environment.filters |= {
            "look": look,
            "data_path_problem": data_path_problem,
            "target_problem": target_problem,
        }
