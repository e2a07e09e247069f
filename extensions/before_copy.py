"""What has to hold before a copy writes anything where nobody can be asked."""

import os
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from copier.errors import UserMessageError
from jinja2 import Environment

TEMPLATE = Path(__file__).resolve().parents[1] / "template"


def check_overwritten(project: Path, context: dict[str, Any], environment: Environment) -> None:
    """Raise UserMessageError where a file is there already, with other content: copier would stop at it, half done."""
    left_out = environment.from_string("{{ files_left_out() }}").render(context).splitlines()
    left_out.append("/data/*")  # copier keeps data that is there
    others = []
    for source in sorted(path for path in TEMPLATE.rglob("*") if path.is_file()):
        path = source.relative_to(TEMPLATE).as_posix()
        name = path.replace("{{ package_name }}", context["package_name"]).removesuffix(".jinja")
        if not os.path.lexists(project / name) or any(
            fnmatch(f"/{name}", pattern) or f"/{name}".startswith(f"{pattern}/") for pattern in left_out
        ):
            continue
        if not has_content(project / name, source, context, environment):
            others.append(name)
    if others:
        raise UserMessageError(
            f"{project} has files that would be overwritten, so nothing is written: {', '.join(others)}."
            " Choose another folder, or move them away; or overwrite them: --overwrite"
        )


def has_content(file: Path, source: Path, context: dict[str, Any], environment: Environment) -> bool:
    """Tell whether a file has the content that the template gives it."""
    is_file = file.is_file() and not file.is_symlink()
    return is_file and file.read_bytes() == rendered(source, context, environment)


def rendered(source: Path, context: dict[str, Any], environment: Environment) -> bytes:
    """Return what copier makes of a file of the template."""
    if source.suffix != ".jinja":
        return source.read_bytes()
    name = source.relative_to(TEMPLATE.parent).as_posix()
    return environment.get_template(name).render(context).encode()
