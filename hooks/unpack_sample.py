"""Unpack the sample. Its files come as one archive, because copier needs milliseconds for each file.

    python unpack_sample.py NAME.zip

data/NAME.zip holds the folder NAME. A folder of this name that exists already is not changed.
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
