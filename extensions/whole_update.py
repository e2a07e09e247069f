"""An update arrives as a whole or not at all: a second process takes back what a stopped one has written.

copier writes file by file. The process waits at a pipe, which the system closes however copier ends.
"""

import atexit
import shutil
import subprocess
import sys
from pathlib import Path

from copier.errors import UserMessageError
from copier_template_extensions import ContextHook

TAKE_BACK = Path(__file__).parents[1] / "hooks" / "take_back.py"
LEAST_SPACE = 2**20  # bytes free, without which git may have merged only a part, and copier does not look


class WholeUpdate(ContextHook):
    """Guards a project from copier's stage "before", when it begins to write, to "after", when all is merged."""

    guard = None

    def hook(self, context):
        """See which stage the template's migrations are at, for which copier renders their conditions."""
        stage, settings = context.get("_stage"), context["_copier_conf"]
        if stage == "before" and not self.guard and is_command() and not settings["pretend"]:
            self.guard = start_guard(Path(settings["dst_path"]).absolute())
        elif stage == "after" and self.guard:
            if shutil.disk_usage(settings["dst_path"]).free < LEAST_SPACE:
                raise UserMessageError("The disk is full: make space, then update again.")
            end_guard(self.guard, b"merged")


def is_command():
    """Tell whether copier is the program: if one that uses copier fails to update, it may go on with other work."""
    program = Path(sys.argv[0])
    return "copier" in (program.stem, program.parent.name)


def start_guard(project):
    """Start the process that takes back what has been written, unless it is told that all is merged."""
    guard = subprocess.Popen(
        [sys.executable, TAKE_BACK, project],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # neither Ctrl-C nor the end of the terminal is for it
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )
    guard.stdout.readline()  # it has seen the project as it is
    atexit.register(end_guard, guard, b"stopped")
    return guard


def end_guard(guard, word):
    """Tell the process how the update went; wait until it has done what is to do."""
    if guard.returncode is None:
        guard.communicate(word)
