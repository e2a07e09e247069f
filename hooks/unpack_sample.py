"""Unpack the sample. Its files come as one archive, because copier needs milliseconds for each file.

    python unpack_sample.py NAME.zip

data/NAME.zip holds the folder NAME. A folder of this name that exists already is not changed, nor is an archive that
is not the template's.
"""

import sys
import zipfile
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "template" / "data"

if __name__ == "__main__":
    archive, sample = Path("data", sys.argv[1]), SAMPLES / sys.argv[1]
    if archive.is_file() and sample.is_file() and archive.read_bytes() == sample.read_bytes():
        if not archive.with_suffix("").exists():
            zipfile.ZipFile(archive).extractall("data")
        archive.unlink()
