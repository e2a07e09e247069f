"""An update arrives as a whole or not at all: a second process takes back what a stopped one has written.

copier writes file by file. The process waits at a pipe, which the system closes however copier ends.
"""

import atexit
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

from copier.errors import UserMessageError
from copier_template_extensions import ContextHook

TAKE_BACK = Path(__file__).parents[1] / "hooks" / "take_back.py"
LEAST_SPACE = 2**20  # bytes free, without which git may have merged only a part, and copier does not look
# copier loads this file for the update and again for each of its renderings; this they share.
UPDATE: Any = sys.modules.setdefault(
    "copier_keras_update", cast(ModuleType, SimpleNamespace(project=None, answers_file=None, guard=None))
)


class WholeUpdate(ContextHook):
    """Guards a project from the first file that copier renders in it until all is merged."""

    def hook(self, context: dict[str, Any]) -> None:
        """See how far the update is: copier renders conditions of migrations before and after it, and every file."""
        settings = context["_copier_conf"]
        project = Path(settings["dst_path"]).absolute()
        stage = context.get("_stage")
        if stage == "before" and UPDATE.project != project:
            answers_file = str(settings["answers_file"])  # not below: copier renders this name, which calls the hook
            check_edition(project)
            check_committed(project, answers_file)
            UPDATE.project, UPDATE.answers_file = project, answers_file
        elif stage == "after" and UPDATE.project == project:
            if UPDATE.guard:
                check_space(project)
                end_guard(b"merged")
            UPDATE.project = None
        elif context["_copier_phase"] == "render" and UPDATE.project == project and not UPDATE.guard:
            if is_command() and not settings["pretend"]:
                start_guard(project, context["package_name"], UPDATE.answers_file)
        context["updated_project"] = UPDATE.project or ""  # for the hook that formats


def check_edition(project: Path) -> None:
    """Raise UserMessageError for a project of the first edition: no merge could carry its edits to the new files."""
    if list(project.glob("src/*/load.py")) and not list(project.glob("src/*/data/dataset.py")):
        raise UserMessageError(
            "This project is of the first edition, whose files lie elsewhere now: nothing is updated. Start anew beside"
            " it, with the same answers: copier copy --data-file .copier-answers.yml TEMPLATE NEW_FOLDER; then carry"
            " over your changes (git diff shows them) and your values of config.toml."
        )


def check_committed(project: Path, answers_file: str) -> None:
    """Raise UserMessageError where git has not got the project: copier would delete all that it renders anew."""
    if subprocess.run(["git", "cat-file", "-e", f"HEAD:./{answers_file}"], cwd=project, capture_output=True).returncode:
        raise UserMessageError(
            f"{project} is not committed to git, which may ignore it: nothing is updated."
            " Commit it (as a repository of its own: git init), then update again."
        )


def check_space(project: Path) -> None:
    """Raise UserMessageError where the disk is full."""
    if shutil.disk_usage(project).free < LEAST_SPACE:
        raise UserMessageError("The disk is full: make space, then update again.")


def is_command() -> bool:
    """Tell whether copier is the program: if one that uses copier fails to update, it may go on with other work."""
    program = sys.modules["__main__"].__spec__
    return "copier.__main__" in sys.modules or program is not None and program.name == "copier.__main__"


def start_guard(project: Path, *names: str) -> None:
    """Start the process that takes back what has been written, unless it is told that all is merged."""
    UPDATE.guard = subprocess.Popen(
        [sys.executable, TAKE_BACK, project, *names],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # neither Ctrl-C nor the end of the terminal is for it
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )
    UPDATE.guard.stdout.readline()  # it has seen the project as it is
    atexit.register(end_guard, b"stopped")


def end_guard(word: bytes) -> None:
    """Tell the process how the update went; wait until it has done what is to do."""
    if UPDATE.guard.returncode is None:
        UPDATE.guard.communicate(word)
