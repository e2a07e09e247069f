"""Carry the value of a setting to its new name. Run by copier after an update; standard library only.

    rename_setting.py OLD NEW

In copier.yml, under _migrations, for the release that renames `patience` to `stop_after` in config.toml:

    - version: v0.2.0
      command:
        - "{{ _copier_python }}"
        - "{{ _copier_conf.src_path }}/migrations/rename_setting.py"
        - patience
        - stop_after
      when: "{{ _stage == 'after' }}"

If the user has not changed the old value, the update alone brings the new line. If the value was changed, copier leaves
a conflict, with three versions of the file in git's index. This script merges them again, as if the setting had always
had its new name. What still conflicts then stays a conflict.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

FILE = "config.toml"


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git; return the finished process, with its output in bytes."""
    return subprocess.run(["git", *arguments], capture_output=True)


def line_of(name: str, text: str) -> str | None:
    """Return the line that sets this name, or None."""
    found = re.search(rf"^{re.escape(name)} *=.*$", text, re.MULTILINE)
    return found and found[0]


def value_in(line: str) -> str | None:
    """Return the value in a line as it is written, without the comment after it; None if there is none."""
    parts = line.partition("=")[2].split("#")
    for end in range(1, len(parts) + 1):
        value = "#".join(parts[:end]).strip()
        try:
            tomllib.loads(f"x = {value}")
        except tomllib.TOMLDecodeError:
            continue
        return value
    return None


def renamed(text: str, old: str, new_line: str) -> str:
    """Return the text with the new line in place of the old one, but with the old value."""
    old_line = line_of(old, text)
    value, new_value = value_in(old_line or ""), value_in(new_line)
    if old_line is None or value is None or new_value is None:
        return text
    return text.replace(old_line, new_line.replace(new_value, value, 1), 1)


def main(old: str, new: str) -> None:
    """Merge config.toml again, if it is in conflict."""
    stages = [git("show", f":{stage}:./{FILE}") for stage in (1, 2, 3)]
    if any(stage.returncode for stage in stages):
        return  # no conflict, or no git
    last, mine, newest = (stage.stdout.decode() for stage in stages)
    new_line = line_of(new, newest)
    if new_line is None:
        return
    versions = [renamed(mine, old, new_line), renamed(last, old, new_line), newest]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, str(number)) for number in range(3)]
        for file, text in zip(files, versions, strict=True):
            file.write_bytes(text.encode())
        labels = ["-L", "before updating", "-L", "last update", "-L", "after updating"]
        merged = git("merge-file", "-p", *labels, *map(str, files))
    if merged.returncode < 0 or merged.returncode > 127:
        return
    Path(FILE).write_bytes(merged.stdout)
    if merged.returncode == 0:
        git("reset", "--quiet", "--", FILE)
        value = value_in(line_of(new, merged.stdout.decode()) or "")
        print(f"{FILE}: {old} is now called {new}; it keeps your value {value}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
