"""What was seen of images, series in files, sound, video, volumes and texts, and the answers that follow from it."""

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import ceil, prod
from pathlib import Path
from statistics import median_low
from typing import Any

from .data.layouts import layout_of  # of the project
from .pictures import ImageHeader
from .splits import Proposal
from .words import count, shorten, shown, span

LONGER_SIDE = 128  # of images, in pixels: more takes much longer to train
PHOTO_SIDE = 64  # of photos, at least: smaller images are digits, icons, or cut out for a small network
FEW_PHOTOS = 300  # of a class; docs/real_data.md has photos with 20, 60 and 200
LONGEST_SIDE = 64  # of volumes and videos, for the same reason
FRAMES = 16  # of videos
MEMORY = 500_000_000  # bytes; data that takes more is read in shards, as memory_mb of a large project says
BYTES_OF_VALUE = {"images": 5, "video": 5, "sound": 8, "volumes": 8}  # as read, and as the network takes it
HIGHEST_RATE = 16_000  # of sound, in Hz: enough for speech and most other sounds
LENGTHS = [0.1, 0.2, 0.5, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30]  # of sound, in seconds
COVERED = 0.9  # of the clips are no longer

Header = tuple[Any, ...]


@dataclass(eq=False)
class Facts:
    """What can be seen of a file or folder that is not a table."""

    input: str = ""
    target: str = ""
    task: str = ""
    found: str = ""  # in a few words
    values: str = ""  # of the target, in a few words
    headers: list[Header] = field(default_factory=list)
    """Of some files of this input: height, width and colour of images, samples per second and seconds of sound, depth,
    height and width of volumes."""
    lacks: str = ""  # what is needed to see more
    test_path: str = ""  # a table in the folder that is for the test, and its columns
    test_columns: list[str] = field(default_factory=list)
    refused: str = ""  # why the project could not read it
    lengths: list[int] = field(default_factory=list)  # the steps of some series
    levels: int = 1  # of folders that could be the classes
    places: list[Path] = field(default_factory=list)  # of the files, relative to the folder
    classes: int = 0  # that the folders tell
    files: int = 0  # that hold one example each, as far as they were counted
    bytes_on_disk: int = 0  # of a table, or of texts
    rows: int = 0  # of a table
    formats: dict[str, list[str]] = field(default_factory=dict)
    """By input: formats of its files that need a package more."""
    columns: list[str] = field(default_factory=list)
    series: str = ""  # the columns that hold them
    step: str = ""
    panel: str = ""  # the columns that tell several series apart whose future is wanted
    text: str = ""
    path_column: str = ""  # that names the files
    images_in: str = ""  # the column of a table that names an image for each row
    lists_outside: bool = False  # whether a list names files outside of its own folder

    def propose_input(self, task: str = "", target: str = "") -> str:
        """Return the kind of data, or an empty string; with task and target where they are known already."""
        return "series" if task == "forecast" else self.input

    def propose_target(self, input: str, task: str = "") -> str:
        """Return the columns that are most likely to be predicted, or an empty string."""
        return self.target

    def set_classes(self, classes: Collection[str], levels: int, places: list[Path]) -> None:
        """Take what the places of the files tell of their classes."""
        self.task = {1: "", 2: "binary"}.get(len(classes), "multiclass")
        self.values = f"{count(classes, 'folder')}: {shorten(map(shown, classes), 5)}"
        self.levels, self.places, self.classes = levels, places, len(classes)

    def at_level(self, level: int) -> "Facts":
        """Return what is seen where the folders at this level are the classes."""
        if level == 1 or self.levels == 1:
            return self
        facts = copy.copy(self)
        classes = sorted({*filter(None, layout_of(self.places, level).classes)})
        facts.set_classes(classes, self.levels, self.places)
        return facts

    def levels_seen(self) -> str:
        """Return in a few words the folders at each level, where there are several."""
        layouts = [layout_of(self.places, level) for level in range(1, self.levels + 1)]
        names = [sorted({*filter(None, layout.classes)}) for layout in layouts]
        return "; ".join(f"{n}: {shorten(map(shown, some), 4)}" for n, some in enumerate(names, start=1))

    def propose_task(self, target: str, input: str) -> str:
        """Return the task that the values of the target call for, or an empty string."""
        return self.task

    def for_task(self, task: str) -> "Facts":
        """Return what is seen where this task is asked."""
        return self

    def future_steps(self, target: str) -> int:
        """Return how many steps at the end have no target yet: those to be predicted."""
        return 0

    def window(self, horizon: int, series_column: str = "") -> int:
        """Return how many steps of the past a forecast should see; 0 where nothing is known."""
        return 0

    def step_seen(self) -> str:
        """Return in a few words how long a step is, or an empty string."""
        return ""

    def series_seen(self) -> str:
        """Return in a few words which series there are, or an empty string."""
        return ""

    def others(self, target: str) -> list[str]:
        """Return the columns beside the target that may be known ahead."""
        return []

    def propose_ahead(self, target: str) -> str:
        """Return the columns that are known for the steps to be predicted."""
        return ""

    def ahead_seen(self, target: str) -> str:
        """Return the columns that may be known ahead."""
        return ""

    def group_for(self, target: str) -> Proposal:
        """Return the column whose rows should stay in one split."""
        return Proposal()

    def time_for(self, target: str) -> Proposal:
        """Return the column that says when rows were written down."""
        return Proposal()

    def tells(self, target: str) -> list[str]:
        """Return the columns each of which is enough to know the target."""
        return []

    def text_unlike_classes(self, target: str) -> str:
        """Return one of a target's texts where all are known and nearly all differ, or an empty string."""
        return ""

    def test_path_for(self, target: str) -> str:
        """Return the table for the test where it holds the target, or an empty string."""
        targets = {name.strip() for name in target.split(",")}
        return self.test_path if targets <= set(self.test_columns) else ""

    def headers_of(self, input: str) -> list[Header]:
        """Return the headers where the data is of this input, otherwise none."""
        return self.headers if self.input == input else []

    def formats_of(self, input: str) -> list[str]:
        """Return the formats of the files of an input that need a package more."""
        return self.formats.get(input, [])

    @property
    def images(self) -> list[ImageHeader]:
        """The headers of images, or of GIFs that are read as video."""
        return [header for header in self.headers if isinstance(header, ImageHeader)]

    @property
    def frames(self) -> int:
        """The most frames that any of the videos has, at most FRAMES."""
        return min(FRAMES, max((header.frames for header in self.images), default=FRAMES))

    def are_photos_few(self, target: str) -> bool:
        """Tell whether these are photos in colour, fewer than FEW_PHOTOS of a class."""
        headers = [header for header in self.headers_of("images") if isinstance(header, ImageHeader)]
        photos = [header for header in headers if header.color and min(header[:2]) >= PHOTO_SIDE]
        return 2 * len(photos) > len(headers) and self.files < FEW_PHOTOS * self.classes_of(target)

    def classes_of(self, target: str) -> int:
        """Return how many classes the target has."""
        return self.classes

    @property
    def deep(self) -> bool:
        """Whether any of the images has more than 8 bits a pixel."""
        return any(header.deep for header in self.images)

    @property
    def image_size(self) -> list[int] | None:
        """The median height and width of the images, made smaller where it is large; None without images."""
        longer_side = LONGEST_SIDE if self.input == "video" else LONGER_SIDE
        return usual_size([header[:2] for header in self.images], longer_side)

    def size_beside(self, columns: str) -> list[int] | None:
        """Return the size for images: smaller beside other columns, which tell a part."""
        return usual_size([header[:2] for header in self.images], LONGEST_SIDE) if columns else self.image_size

    @property
    def color(self) -> bool:
        """Whether any of the images has colour; true where nothing is known."""
        return not self.images or any(header.color for header in self.images)

    @property
    def distortion(self) -> float:
        """How much the widest image, made as tall as the narrowest, is wider: 1.0 where proportions are the same."""
        proportions: list[float] = [h.width / h.height for h in self.images] or [1]
        return max(proportions) / min(proportions)

    @property
    def sample_rate(self) -> int | None:
        """The median samples per second of the sound, at most HIGHEST_RATE; None without sound."""
        rates = [rate for rate, _ in self.headers_of("sound")]
        return min(median_low(rates), HIGHEST_RATE) if rates else None

    @property
    def seconds(self) -> float | None:
        """A round length that most of the sounds fit into, at most 30 seconds; None without sound."""
        lengths = sorted(length for _, length in self.headers_of("sound"))
        if not lengths:
            return None
        length = lengths[ceil(COVERED * len(lengths)) - 1]
        # A few samples more are no reason to take half a second more.
        return float(next((round_one for round_one in LENGTHS if length <= 1.02 * round_one), LENGTHS[-1]))

    @property
    def steps(self) -> int:
        """The median number of steps of the series; 0 without series."""
        return median_low(self.lengths) if self.lengths else 0

    @property
    def volume_size(self) -> list[int] | None:
        """The median depth, height and width of the volumes, made smaller where it is large; None without volumes."""
        return usual_size(self.headers_of("volumes"), LONGEST_SIDE)

    @property
    def is_large(self) -> bool:
        """Whether the data takes more memory than MEMORY."""
        height, width = self.image_size or (64, 64)
        values = {
            "images": height * width * (3 if self.color else 1),
            "video": self.frames * height * width * 3,
            "sound": round((self.seconds or 0) * (self.sample_rate or 0)),
            "volumes": prod(self.volume_size or [0]),
        }
        of_files = self.files * values.get(self.input, 0) * BYTES_OF_VALUE.get(self.input, 0)
        return max(of_files, 2 * self.bytes_on_disk) > MEMORY

    def summary(self) -> str:
        """Return in a few words what was found, or an empty string."""
        return "; ".join(filter(None, [self.found, self.sizes(), self.lacks]))

    def sizes(self) -> str:
        """Return in a few words how large images, sounds or volumes are."""
        if not self.headers:
            return ""
        columns = list(zip(*self.headers, strict=True))
        if self.images:
            return "; ".join([f"height {span(columns[0])}, width {span(columns[1])}", *self.kinds_of_images()])
        if self.input == "sound":
            lengths = [round(length, 3 if length < 0.1 else 1 if length < 10 else None) for length in columns[1]]
            return f"{span(lengths)} s at {span(columns[0])} Hz"
        return " x ".join(map(span, columns))

    def kinds_of_images(self) -> list[str]:
        """Return what is special about the images, or of which only a part is read."""
        special = []
        if self.input == "images" and (several := sum(header.frames > 1 for header in self.images)):
            of = f" in {several} of {len(self.images)}" if several < len(self.images) else ""
            special.append(f"several frames or pages{of}: only the first is read")
        if self.deep:
            special.append("more than 8 bits: scaled by the range that they use")
        return special

    def columns_seen(self) -> str:
        """Return the names of the columns in a few words, or why they are not known."""
        return self.lacks

    def values_seen(self, target: str) -> str:
        """Return in a few words which values the target has."""
        return self.values


def usual_size(sizes: Sequence[Header], most: int) -> list[int] | None:
    """Return the median of each axis; where one is longer than most, all smaller by the same factor; None of none."""
    if not sizes:
        return None
    lengths = [median_low(axis) for axis in zip(*sizes, strict=True)]
    scale = most / max(lengths)
    return lengths if scale >= 1 else [max(8, round(length * scale / 8) * 8) for length in lengths]
