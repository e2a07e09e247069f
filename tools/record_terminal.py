"""Record a terminal: make a project from a table, train it, predict; write docs/terminal.svg.

    python tools/record_terminal.py

The commands are run as they are shown, from the commit that is checked out; lines that tell nothing new are left out.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "template" / "data" / "breast_cancer.csv"
MAKE = ["copier-keras", "tumours", "--data", "tumours.csv", "--target", "diagnosis", "--defaults", "--trust"]
TRAIN = ["python", "-m", "tumours", "train"]
PREDICT = ["python", "-m", "tumours", "predict", "../tumours.csv", "--output", "new.csv"]
DULL = re.compile(r"Epoch |.*step|.*━|\$ copier|.*DirtyLocal|.*warn|.*git tags|Copying| *git init|\s*$")
MOST_LINES = 16  # of each command


def run(command: list[str], folder: Path, variables: dict[str, str]) -> list[str]:
    """Return the lines that a command prints."""
    program = [sys.executable, "-m", "copier_keras", "--template", str(ROOT), "--vcs-ref", "HEAD"]
    real = [*program, *command[1:]] if command[0] == "copier-keras" else [sys.executable, *command[1:]]
    environment = os.environ | {"PYTHONPATH": f"src:{ROOT}", "NO_COLOR": "1"} | variables
    done = subprocess.run(
        real, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.exit(done.stdout)
    lines = [line.split("\r")[-1].replace(str(ROOT), "ADDRESS") for line in done.stdout.splitlines()]
    return [re.sub(r"PYTHONPATH=src \S+python", ".venv/bin/python", line) for line in lines if not DULL.match(line)]


def main() -> None:
    """Run the commands and draw what they print."""
    console = Console(record=True, width=88, file=open(os.devnull, "w"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "tumours.csv").write_bytes(TABLE.read_bytes())
        for command, where in ((MAKE, folder), (TRAIN, folder / "tumours"), (PREDICT, folder / "tumours")):
            start = "" if command is MAKE else ".venv/bin/"
            console.print(Text(f"$ {start}{' '.join(command)}", style="bold cyan"))
            for line in run(command, where, {})[-MOST_LINES:]:
                console.print(Text(line.replace(place, "~")), soft_wrap=False)
            console.print()
    svg = console.export_svg(title="copier-keras", theme=MONOKAI)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)  # no font from elsewhere
    (ROOT / "docs" / "terminal.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
