"""What was seen of images, series in files, sound, video, volumes and texts, and the answers that follow from it."""

from math import ceil
from statistics import median_low

from .tables import span

LONGER_SIDE = 128  # of images, in pixels: more takes much longer to train
LONGEST_SIDE = 64  # of volumes, for the same reason
HIGHEST_RATE = 16_000  # of sound, in Hz: enough for speech and most other sounds
LENGTHS = [0.1, 0.2, 0.5, 1, 1.5, 2, 3, 4, 5, 7, 10]  # of sound, in seconds
COVERED = 0.9  # of the clips are no longer


class Facts:
    """What can be seen of a file or folder that is no table.

    headers are those of some files of this input: height, width and colour of images, samples per second and seconds
    of sound, depth, height and width of volumes; lengths are the steps of some series; lacks says what is needed to see
    more; splits whether the folders are splits of the data rather than classes.
    """

    series = step = text = ""  # the columns that hold them
    columns = []
    lists_outside = False  # whether a list names files outside of its own folder

    def __init__(
        self, input="", target="", task="", found="", values="", headers=(), lacks="", lengths=(), splits=False
    ):
        self.input, self.target, self.task = input, target, task
        self.found, self.values, self.headers, self.lacks = found, values, list(headers), lacks
        self.lengths, self.splits = list(lengths), splits

    def propose_input(self, task="", target=""):
        """Return the kind of data, or an empty string; with task and target where they are known already."""
        return "series" if task == "forecast" else self.input

    def propose_target(self, input, task=""):
        """Return the columns that are most likely to be predicted, or an empty string."""
        return self.target

    def propose_task(self, target, input):
        """Return the task that the values of the target call for, or an empty string."""
        return self.task

    def text_unlike_classes(self, target):
        """Return one of a target's texts where all are known and nearly all differ, or an empty string."""
        return ""

    def headers_of(self, input):
        return self.headers if self.input == input else []

    @property
    def image_size(self):
        """The median height and width of the images, made smaller where it is large; None without images."""
        sizes = [header[:2] for header in self.headers_of("images")]
        return usual_size(sizes, LONGER_SIDE) if sizes else None

    @property
    def color(self):
        """Whether any of the images has colour; true where nothing is known."""
        headers = self.headers_of("images")
        return not headers or any(color for _, _, color in headers)

    @property
    def distortion(self):
        """How much the widest image, made as tall as the narrowest, is wider: 1.0 where proportions are the same."""
        proportions = [width / height for height, width, _ in self.headers_of("images")] or [1]
        return max(proportions) / min(proportions)

    @property
    def sample_rate(self):
        """The median samples per second of the sound, at most HIGHEST_RATE; None without sound."""
        rates = [rate for rate, _ in self.headers_of("sound")]
        return min(median_low(rates), HIGHEST_RATE) if rates else None

    @property
    def seconds(self):
        """A round length that most of the sounds fit into, at most 10 seconds; None without sound."""
        lengths = sorted(length for _, length in self.headers_of("sound"))
        if not lengths:
            return None
        length = lengths[ceil(COVERED * len(lengths)) - 1]
        # A few samples more are no reason to take half a second more.
        return float(next((round_one for round_one in LENGTHS if length <= 1.02 * round_one), LENGTHS[-1]))

    @property
    def steps(self):
        """The median number of steps of the series; 0 without series."""
        return median_low(self.lengths) if self.lengths else 0

    @property
    def volume_size(self):
        """The median depth, height and width of the volumes, made smaller where it is large; None without volumes."""
        sizes = self.headers_of("volumes")
        return usual_size(sizes, LONGEST_SIDE) if sizes else None

    def summary(self):
        """Return in a few words what was found, or an empty string."""
        return "; ".join(filter(None, [self.found, self.sizes(), self.lacks]))

    def sizes(self):
        """Return in a few words how large images, sounds or volumes are."""
        if not self.headers:
            return ""
        columns = list(zip(*self.headers, strict=True))
        if self.input == "images":
            return f"height {span(columns[0])}, width {span(columns[1])}"
        if self.input == "sound":
            lengths = [round(length, 3 if length < 0.1 else 1 if length < 10 else None) for length in columns[1]]
            return f"{span(lengths)} s at {span(columns[0])} Hz"
        return " x ".join(map(span, columns))

    def columns_seen(self):
        """Return the names of the columns in a few words, or why they are not known."""
        return self.lacks

    def values_seen(self, target):
        """Return in a few words which values the target has."""
        return self.values


def usual_size(sizes, most):
    """Return the median of each side; where one is longer than most, all smaller by the same factor."""
    sides = [median_low(lengths) for lengths in zip(*sizes, strict=True)]
    scale = most / max(sides)
    return sides if scale >= 1 else [max(8, round(side * scale / 8) * 8) for side in sides]
