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

Where its owner has not changed the old value, the update alone brings the new line. Where it was changed, copier leaves
a conflict, with three versions of the file in git's index: they are merged again here, as if the setting had always
had its new name. What still conflicts then, stays a conflict.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

FILE = "config.toml"


def git(*arguments):
    """Run git; return the finished process, with its output in bytes."""
    return subprocess.run(["git", *arguments], capture_output=True)


def line_of(name, text):
    """Return the line that sets this name, or None."""
    found = re.search(rf"^{re.escape(name)} *=.*$", text, re.MULTILINE)
    return found and found[0]


def value_in(line):
    """Return the value of a line as it is written, without the comment after it."""
    parts = line.split("=", 1)[1].split("#")
    for end in range(1, len(parts) + 1):
        value = "#".join(parts[:end]).strip()
        try:
            tomllib.loads(f"x = {value}")
        except tomllib.TOMLDecodeError:
            continue
        return value
    return None


def renamed(text, old, new_line):
    """Return the text with the new line in place of the old one, but with the old value."""
    old_line = line_of(old, text)
    value = old_line and value_in(old_line)
    if value is None:
        return text
    return text.replace(old_line, new_line.replace(value_in(new_line), value, 1), 1)


def main(old, new):
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
        merged = git("merge-file", "-p", *labels, *files)
    if merged.returncode < 0 or merged.returncode > 127:
        return
    Path(FILE).write_bytes(merged.stdout)
    if merged.returncode == 0:
        git("reset", "--quiet", "--", FILE)
        print(f"{FILE}: {old} is now called {new}; your value {value_in(line_of(new, merged.stdout.decode()))} stays")


if __name__ == "__main__":
    main(*sys.argv[1:3])
