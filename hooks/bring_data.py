"""Copy what the look has fetched from an address into the project, so that it is not fetched twice.

python bring_data.py COPY PLACE
"""

import shutil
import sys
from pathlib import Path

if __name__ == "__main__":
    copy, place = map(Path, sys.argv[1:])
    if copy.exists() and not place.exists():
        place.parent.mkdir(exist_ok=True)
        (shutil.copytree if copy.is_dir() else shutil.copyfile)(copy, place)
