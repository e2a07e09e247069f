"""An update arrives as a whole or not at all: a second process takes back what a stopped one has written.

copier writes file by file. The process waits at a pipe, which the system closes however copier ends.
"""

import ast
import atexit
import base64
import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from runpy import run_path
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any, cast

import yaml
from copier.errors import UserMessageError
from copier_template_extensions import ContextHook
from jinja2 import Environment

TAKE_BACK = Path(__file__).parents[1] / "hooks" / "take_back.py"
LEAST_SPACE = 2**20  # bytes free, without which git may have merged only a part, and copier does not look
# copier loads this file for the update and again for each of its renderings; this they share.
UPDATE: Any = sys.modules.setdefault("copier_keras_update", cast(ModuleType, SimpleNamespace()))
for _name in "project data answers_file recorded version guard written writing rendered copied".split():
    vars(UPDATE).setdefault(_name, None)  # an older version of this file may have made it, with less


# copier loads an extension by its path, without a package.
before_copy, before_update = (
    SimpleNamespace(**run_path(str(Path(__file__).with_name(name)))) for name in ("before_copy.py", "before_update.py")
)
TEMPLATE = before_copy.TEMPLATE


class WholeUpdate(ContextHook):
    """Guards a project from the first file that copier renders in it until all is merged."""

    def hook(self, context: dict[str, Any]) -> None:
        """See how far the update is: copier renders conditions of migrations before and after it, and every file."""
        settings = context["_copier_conf"]
        project = Path(settings["dst_path"]).absolute()
        stage, phase = context.get("_stage"), context["_copier_phase"]
        is_update = phase == "render" and UPDATE.project == project
        if is_update:
            before_update.check_same_package(str(UPDATE.recorded.get("package_name") or ""), context["package_name"])
        if stage == "before":
            if UPDATE.data is not settings["data"]:  # otherwise the condition of one more migration
                # The name now, not below: copier renders it, which calls the hook.
                begin(project, str(settings["answers_file"]), str(context["_version_from"]))
                UPDATE.data = settings["data"]
        elif stage == "after" and UPDATE.project == project:
            end(project)
        elif UPDATE.project == project and not settings["pretend"] and is_command():
            guard(project, context, self.environment)
        elif UPDATE.project and UPDATE.guard and phase == "tasks":  # of the copy with which copier merges next
            check_written(UPDATE.project)
        elif phase == "render" and UPDATE.copied != project and not UPDATE.project and not is_temporary(project):
            UPDATE.copied = project
            if not (settings["overwrite"] or settings["pretend"] or sys.stdin and sys.stdin.isatty()):
                before_copy.check_overwritten(project, context, self.environment)
        context["new_sample"] = is_update and has_new_sample(context, self.environment.globals)
        context["updated_project"] = UPDATE.project or ""  # for the hook that formats


def guard(project: Path, context: dict[str, Any], environment: Environment) -> None:
    """Guard the project while copier writes in it."""
    if context["_copier_phase"] == "render":
        names = context["package_name"], UPDATE.answers_file
        if not UPDATE.guard:
            start_guard(project, *names)
        source = file_in_work()
        name = before_update.names_in_project([source], *names)[0]
        if name != UPDATE.writing:
            watch(project, name, source, context, environment)
    elif context["_copier_phase"] == "tasks" and UPDATE.writing:
        watch(project, "", "", context, environment)


def is_temporary(folder: Path) -> bool:
    """Tell whether copier renders into one of the two temporary folders of an update."""
    return "copier._main." in str(folder)


def begin(project: Path, answers_file: str, version: str) -> None:
    """See that nothing can be lost, before an update writes anything."""
    recorded = yaml.safe_load((project / answers_file).read_text(encoding="utf-8"))
    before_update.check_all(project, recorded, answers_file, version)
    UPDATE.project, UPDATE.answers_file, UPDATE.recorded, UPDATE.version = project, answers_file, recorded, version
    before_update.use_own_settings()


def has_new_sample(context: dict[str, Any], recipes: Any) -> bool:
    """Tell whether an update brings a sample that the project has not had: other samples are the user's by now."""
    names = [f"data/{name}" for name in context.get("sample_files") or []]
    listed = before_update.files_of_version(UPDATE.version, "", "")
    return names != before_update.sample_of(UPDATE.recorded, recipes) or not set(names) <= set(listed)


def end(project: Path) -> None:
    """Note that all is merged; say what copier does not."""
    before_update.restore_settings()
    if UPDATE.guard:
        check_space(project)
        end_guard(b"merged")
    before_update.refresh(project)
    if found := before_update.rejects(project):
        print(
            f"{len(found)} of your edits did not fit the new version and are not in the project:"
            f" see {', '.join(found)}, put them in by hand, and remove what ends in .rej.",
            file=sys.stderr,
        )
    names = before_update.template_files(str(UPDATE.recorded.get("package_name")), UPDATE.answers_file)
    if found := before_update.ignored(project, [name for name in names if not name.startswith("data/")]):
        print(f"Git ignores new files: git add --force {' '.join(found)}", file=sys.stderr)
    if found := [name for name in names if (project / name).is_symlink()]:
        print(f"Links get nothing from an update, nor do the files they lead to: {', '.join(found)}", file=sys.stderr)
    UPDATE.project = None


def check_space(project: Path) -> None:
    """Raise UserMessageError where the disk is full."""
    if shutil.disk_usage(project).free < LEAST_SPACE:
        raise UserMessageError("The disk is full: make space, then update again.")


def is_command() -> bool:
    """Tell whether copier is the program: if one that uses copier fails to update, it may go on with other work."""
    program = sys.modules["__main__"].__spec__
    return "copier.__main__" in sys.modules or program is not None and program.name == "copier.__main__"


def start_guard(project: Path, package: str, answers_file: str) -> None:
    """Start the process that takes back what has been written, unless it is told that all is merged."""
    names = before_update.template_files(package, answers_file)
    # Once more: copier has asked questions meanwhile, and the user may have edited.
    before_update.check_plain(project, [name for name in names if not name.startswith("data/")])
    # Data that is there is never written, and may be large.
    names = [name for name in names if not (name.startswith("data/") and os.path.lexists(project / name))]
    UPDATE.written, UPDATE.writing = {name: content_of(project / name) for name in names}, ""
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


def tell_guard(name: str, content: bytes | None) -> None:
    """Tell the process which file comes next, and with what; an empty name: that all are as they should be."""
    with suppress(OSError):  # somebody has stopped it
        line = json.dumps([name, None if content is None else base64.b64encode(content).decode()])
        UPDATE.guard.stdin.write(line.encode() + b"\n")
        UPDATE.guard.stdin.flush()


def watch(project: Path, name: str, source: str, context: dict[str, Any], environment: Environment) -> None:
    """See that nobody else saves what copier is about to write, or has written; an empty name: it has written all."""
    last, UPDATE.writing = UPDATE.writing, name
    if last in UPDATE.written:
        now = content_of(project / last)
        if UPDATE.rendered is None or now == UPDATE.rendered:
            UPDATE.written[last] = now
        check_written(project, last)
    if not name:
        check_written(project)
    elif name in UPDATE.written:
        check_written(project, name)
        UPDATE.rendered = None
        with suppress(Exception):  # copier will say it
            UPDATE.rendered = before_copy.rendered(TEMPLATE / source, context, environment)
        tell_guard(name, UPDATE.rendered)


def check_written(project: Path, *names: str) -> None:
    """Raise UserMessageError where a file is not as copier has left it: the merge would lose what was saved."""
    for name in names or UPDATE.written:
        before, now = UPDATE.written[name], content_of(project / name)
        if now != before and not (name.endswith(".py") and is_reformatted(before, now)):
            raise UserMessageError(
                f"{name} was saved while the update was running, so it was stopped."
                " What you saved is kept. Commit it, close the file in your editor, and update again."
            )
    if not names:
        tell_guard("", None)


def content_of(file: Path) -> bytes:
    """Return the bytes of a file, or where a link leads; no bytes if it cannot be read."""
    try:
        return os.fsencode(os.readlink(file)) if file.is_symlink() else file.read_bytes()
    except OSError:
        return b""


def is_reformatted(before: bytes, now: bytes) -> bool:
    """Tell whether code differs only in its format, as after hooks/format.py."""
    try:
        return ast.dump(ast.parse(before)) == ast.dump(ast.parse(now))
    except (SyntaxError, ValueError):
        return False


def file_in_work() -> str:
    """Return the path in template/ of what copier is about to render: the context does not tell; empty if unknown."""
    frame: FrameType | None = sys._getframe()
    while frame and frame.f_code.co_name != "_render_template":
        frame = frame.f_back
    source = frame.f_locals.get("src_abspath") if frame else None
    return source.relative_to(TEMPLATE).as_posix() if source and source.is_relative_to(TEMPLATE) else ""
