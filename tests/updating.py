"""Changes of a template, and updates of projects that come from it."""

import copier
from conftest import commit


def update(project, hooks=False, **options):
    """Update a project as `copier update --defaults` does, to the newest tag."""
    copier.run_update(project, defaults=True, unsafe=True, quiet=True, overwrite=True, skip_tasks=not hooks, **options)


def replace(template, path, old, new):
    """Change one place of the template."""
    file = template / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def release(template, path, old, new, tag="v0.2.0"):
    """Change one place of the template and tag it."""
    replace(template, path, old, new)
    commit(template, f"Release {tag}", tag=tag)
