"""Unpack the sample images, which come as one archive because copier takes milliseconds per file."""

import zipfile
from pathlib import Path

ARCHIVE = Path("data/digits.zip")

if __name__ == "__main__":
    if ARCHIVE.is_file():
        if not Path("data/digits").exists():
            zipfile.ZipFile(ARCHIVE).extractall("data")
        ARCHIVE.unlink()
