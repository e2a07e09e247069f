"""What people are told: lines, and errors that are a line instead of a traceback."""

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Control characters and changes of direction, which names in data may hold.
STEERING = [*range(9), *range(11, 32), *range(127, 160)]
STEERING += [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
ESCAPES = {code: ascii(chr(code))[1:-1] for code in STEERING}


# Things whose name in the singular is more than without its last letter.
SINGULAR = {
    "categories": "category",
    "classes": "class",
    "series": "series",
    "known ahead": "known ahead",
}


class UserError(Exception):
    """Something that the user can put right."""


def say(text: str) -> None:
    """Print text with what would steer the terminal written out."""
    print(harmless(text))


def number(value: float | None) -> str:
    """Return a number as people read it, to four digits: 74,980, not 7.498e+04."""
    if value is None or math.isnan(value):
        return "–"
    short = f"{value:.4g}"
    rounded = float(short)
    return f"{rounded:,.0f}" if 10_000 <= abs(rounded) < 1e15 else short


def counted(number: int, things: str) -> str:
    """Return how many there are: 1 row, 2 rows."""
    return f"{number} {SINGULAR.get(things, things[:-1]) if number == 1 else things}"


def typed(command: str) -> str:
    """Return how a command of this project is typed, in the way this one was."""
    start = sys.argv[0]
    if os.path.basename(start) == "__main__.py":
        start = f"{sys.orig_argv[0]} -m {__package__}"
        if "PYTHONPATH" in os.environ:
            start = f"PYTHONPATH={os.environ['PYTHONPATH']} {start}"
    return f"{start} {command}"


def shorten(names: list[str], most: int = 8) -> str:
    """Join the names, the first ones if they are many."""
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def harmless(text: str) -> str:
    r"""Return text with escapes such as \x1b for what would steer a terminal."""
    return text.translate(ESCAPES)


def say_in_red(text: str) -> None:
    """Print text as say does, in red where a terminal shows it."""
    is_red = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    print(f"\x1b[31m{harmless(text)}\x1b[0m" if is_red else harmless(text))


@contextmanager
def without_greeting() -> Iterator[None]:
    """Keep from stderr what TensorFlow writes as it is imported, whatever its level is.

    TF_CPP_MIN_LOG_LEVEL=0 shows it.
    """
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        yield
        return
    sys.stderr.flush()
    stderr = os.dup(2)  # C++ knows no other than number 2
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nothing)
