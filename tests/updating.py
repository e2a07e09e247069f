"""Changes of a template, and updates of projects that come from it."""

from pathlib import Path
from typing import Any

import copier
from conftest import commit


def update(project: Path, hooks: bool = False, **options: Any) -> None:
    """Update a project as `copier update --defaults` does, to the newest tag."""
    copier.run_update(project, defaults=True, unsafe=True, quiet=True, overwrite=True, skip_tasks=not hooks, **options)


def replace(template: Path, path: str, old: str, new: str) -> None:
    """Change one place of the template."""
    file = template / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def release(template: Path, path: str, old: str, new: str, tag: str = "v0.2.0") -> None:
    """Change one place of the template and tag it."""
    replace(template, path, old, new)
    commit(template, f"Release {tag}", tag=tag)


# A change that every project gets: another seed.
SEED = ("recipes/shared/recipe.yml", 'initial weights.\n    value: "0"', 'initial weights.\n    value: "1"')
