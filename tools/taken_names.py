"""List the names that a project's package cannot have: those of modules that the project, or what it needs, imports.

    python tools/taken_names.py > extensions/taken_names.txt

The names come from the packages of requirements.lock, as they are installed in this environment. The standard library
is asked by its own list, sys.stdlib_module_names.
"""

import re
from importlib import metadata
from pathlib import Path

LOCK = Path(__file__).parents[1] / "requirements.lock"
# Folders of a project, and modules of packages that are for GPUs or other systems only.
ALSO = "colorama data exceptiongroup jax_cuda12_pjrt jax_cuda12_plugin jax_plugins nvidia pil src test tests triton"


def taken_names() -> set[str]:
    """Return the names of all modules that the locked packages bring, as far as a package could have them."""
    locked = {normal(name) for name in re.findall(r"(?m)^([\w.-]+)==", LOCK.read_text(encoding="utf-8"))}
    brought = metadata.packages_distributions().items()
    modules = {module.lower() for module, packages in brought if locked & {normal(package) for package in packages}}
    # A file system may not tell PIL from pil.
    return {name for name in {*modules, *ALSO.split()} if re.fullmatch(r"[a-z](_?[a-z0-9])*", name)}


def normal(name: str) -> str:
    """Return the name of a package as every index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    print("\n".join(sorted(taken_names())))
