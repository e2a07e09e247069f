"""An update arrives as a whole or not at all: a second process takes back what a stopped one has written.

copier writes file by file. The process waits at a pipe, which the system closes however copier ends.
"""

import atexit
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from copier.errors import UserMessageError
from copier_template_extensions import ContextHook

TAKE_BACK = Path(__file__).parents[1] / "hooks" / "take_back.py"
LEAST_SPACE = 2**20  # bytes free, without which git may have merged only a part, and copier does not look
# copier loads this file for the update and again for each of its renderings; this they share.
UPDATE = sys.modules.setdefault("copier_keras_update", SimpleNamespace(project=None, guard=None))


class WholeUpdate(ContextHook):
    """Guards a project from the first file that copier renders in it until all is merged."""

    def hook(self, context):
        """See how far the update is: copier renders conditions of migrations before and after it, and every file."""
        settings = context["_copier_conf"]
        project = Path(settings["dst_path"]).absolute()
        stage = context.get("_stage")
        if stage == "before":
            UPDATE.project = project
        elif stage == "after" and UPDATE.guard:
            if shutil.disk_usage(project).free < LEAST_SPACE:
                raise UserMessageError("The disk is full: make space, then update again.")
            end_guard(b"merged")
        elif context["_copier_phase"] == "render" and UPDATE.project == project and not UPDATE.guard:
            if is_command() and not settings["pretend"]:
                start_guard(project)
        context["updated_project"] = UPDATE.project or ""  # for the hook that formats


def is_command():
    """Tell whether copier is the program: if one that uses copier fails to update, it may go on with other work."""
    program = Path(sys.argv[0])
    return "copier" in (program.stem, program.parent.name)


def start_guard(project):
    """Start the process that takes back what has been written, unless it is told that all is merged."""
    UPDATE.guard = subprocess.Popen(
        [sys.executable, TAKE_BACK, project],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # neither Ctrl-C nor the end of the terminal is for it
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )
    UPDATE.guard.stdout.readline()  # it has seen the project as it is
    atexit.register(end_guard, b"stopped")


def end_guard(word):
    """Tell the process how the update went; wait until it has done what is to do."""
    if UPDATE.guard.returncode is None:
        UPDATE.guard.communicate(word)
