"""Measure which tests take how long, and write docs/benchmarks.md.

PYTEST_ADDOPTS=--junitxml=tests.xml make test
python benchmarks/ci.py tests.xml
"""

import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path

import report


def main(file: str) -> None:
    """Add up the seconds of the tests by file; two tests run at a time."""
    tests = ElementTree.parse(file).getroot().iter("testcase")
    seconds = defaultdict(list)
    for test in tests:
        seconds[test.attrib["classname"].split(".")[1]].append(float(test.attrib["time"]))
    total = sum(map(sum, seconds.values()))
    rows = {"all": [time for times in seconds.values() for time in times]}
    rows |= dict(sorted(seconds.items(), key=lambda item: -sum(item[1]))[:12])
    report.forget("tests")  # now other files may take longest
    for name, times in rows.items():
        numbers = {"tests": len(times), "seconds": sum(times), "seconds each": sum(times) / len(times)}
        report.record("tests", name, numbers | {"share, %": 100 * sum(times) / total})
    report.write_page()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit(__doc__)
    main(sys.argv[1])
