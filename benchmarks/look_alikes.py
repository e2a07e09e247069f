"""How alike images are that were saved anew, and how alike different ones: python benchmarks/look_alikes.py

The images are parts of scikit-learn's two photos, 200 of each; docs/decisions/look-alikes.md has the result.
"""

import io
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

ROOT = Path(__file__).parents[1]
SAVED = {"quality 90": (90, 1.0), "quality 60": (60, 1.0), "quality 30": (30, 1.0), "half the size": (85, 0.5)}


def load_look_alikes() -> Any:
    """Import look_alikes.py as a part of a package, as a project has it."""
    folders = {"project": "template/src/{{ package_name }}", "project.data": "recipes/shared"}
    for name, folder in folders.items():
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = [str(ROOT / folder)]
    return import_module("project.data.look_alikes")


def parts_of_photos(rng: np.random.Generator) -> list[Image.Image]:
    """Return squares of random size and place."""
    parts = []
    for photo in load_sample_images().images:
        for side in rng.integers(96, 320, 200):
            top, left = (rng.integers(0, length - side) for length in photo.shape[:2])
            parts.append(Image.fromarray(photo[top : top + side, left : left + side]))
    return parts


def saved(image: Image.Image, quality: int, scale: float) -> Image.Image:
    """Return the image as it comes back from a JPEG file."""
    file = io.BytesIO()
    image.resize([int(scale * side) for side in image.size]).save(file, "JPEG", quality=quality)
    return Image.open(file)


def main() -> None:
    module = load_look_alikes()
    images = parts_of_photos(np.random.default_rng(0))
    versions = {"itself": images} | {name: [saved(i, *how) for i in images] for name, how in SAVED.items()}
    pixels = [np.asarray(image.resize((64, 64)), "uint8") for some in versions.values() for image in some]
    changes = module.changes_in(np.stack(pixels))
    changes = (changes / np.linalg.norm(changes, axis=1, keepdims=True)).reshape(len(versions), len(images), -1)
    among = changes[0] @ changes[0].T
    np.fill_diagonal(among, -1)
    nearest = among.max(axis=1)
    print(f"{len(images)} images, the most alike of each: median {np.median(nearest):.3f}, most {nearest.max():.3f}")
    for name, version in zip(versions, changes, strict=True):
        alike = (changes[0] * version).sum(axis=1)
        found = np.mean(alike > module.ALIKE)
        print(f"saved anew, {name}: least {alike.min():.3f}, median {np.median(alike):.3f}, found {found:.0%}")


if __name__ == "__main__":
    main()
