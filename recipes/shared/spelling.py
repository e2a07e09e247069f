"""Names of classes and labels: the same however they are spelled."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from ..names import FALSE, TRUE


def key_of(name: str) -> str:
    """Return a name without what may differ: case, blanks, a full stop, 1.0 for 1."""
    key = " ".join(unicodedata.normalize("NFC", name).lower().split())
    key = key[:-1] if key.endswith(".") and len(key) > 2 else key
    return re.sub(r"^(-?\d+)\.0+$", r"\1", key)


def spellings(names: Iterable[str]) -> dict[str, str]:
    """Return for each spelling the most frequent one of the same name.

    A dict as names tells how often each of them occurs.
    Letters stay different, as A and a may be, unless they are as few as Y, y, N and n.
    """
    counts = Counter(names)
    letters = sum(len(name) == 1 and name.isalpha() for name in counts)
    keys = {n: n if len(n) == 1 and letters > 4 else key_of(n) for n in counts}
    truth = {word: side for side in (TRUE, FALSE) for word in side.split()}
    if len({*keys.values()}) > 2 and set(keys.values()) <= set(truth):
        keys = {name: truth[key] for name, key in keys.items()}  # yes, Y and true
    usual: dict[str, str] = {}
    for name, _ in counts.most_common():
        is_number = re.fullmatch(r"-?\d+", keys[name])
        usual.setdefault(keys[name], keys[name] if is_number else name)
    return {name: usual[key] for name, key in keys.items()}


def matching(names: Iterable[str], known: list[str]) -> dict[str, str]:
    """Return for each name the known one that it is a spelling of, or itself."""
    names = set(names)
    usual = spellings([*known, *names])
    by_usual = {usual[name]: name for name in known}
    return {name: by_usual.get(usual[name], name) for name in names}
