"""Unpack the sample: many files come as one archive, because copier takes milliseconds per file.

    python unpack_sample.py NAME.zip

data/NAME.zip holds the folder NAME. One that is there already stays as it is.
"""

import sys
import zipfile
from pathlib import Path

if __name__ == "__main__":
    archive = Path("data", sys.argv[1])
    if archive.is_file():
        if not archive.with_suffix("").exists():
            zipfile.ZipFile(archive).extractall("data")
        archive.unlink()
