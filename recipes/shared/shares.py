"""The part of the data that a process reads, of several that train together."""

from pathlib import Path

import numpy as np

from ..config import Config
from ..errors import say
from .dataset import SCORED, Data, Split, make_schema, read_labelled, with_splits
from .examples import fingerprint
from .read import open_source
from .shards import Shards, in_steps
from .share import Share


def load_share(config: Config, share: Share) -> Data:
    """Read the share of a process at config.data_path, split in three.

    Each reads its part of the training and validation splits; the first one reads all of
    validation and test, because it measures. What is larger than config.memory_mb is
    read in shards, which all processes hold together.
    """
    source = open_source(config.data_path, config)
    most = max(8, int(config.memory_mb * 1e6 / source.bytes_each))
    sample = most // 8
    if len(source) > most:
        most //= 4
        say(f"{config.data_path} is read in shards of {most} examples")
    source, outputs, y, names = with_splits(source, config)
    rng = np.random.default_rng(config.seed)
    rows = {n: rng.permutation(np.flatnonzero(names == n)) for n in np.unique(names)}
    places = share.places(config.batch_size)
    shards = in_steps(source, y, rows["train"], most, config.batch_size, places)
    # All processes see the same of it, so that they prepare their shares alike.
    rows["train"] = rows["train"][:sample]
    rows |= {n: of[: SCORED * most] for n, of in rows.items() if n != "train"}
    shards.share, shards.validated = share, len(rows["validation"])
    if not share.is_first:
        rows["validation"] = share.part(rows["validation"])
        rows |= {n: of[:1] for n, of in rows.items() if n == "test"}
    splits = {
        n: Split(*Shards(source.in_order(of), y[of], len(of)).read(0))
        for n, of in rows.items()
    }
    schema = make_schema(source, outputs, y[names == "train"], splits["train"])
    whole = [Split({"source": np.array([source.fingerprint])}, y)]
    if config.test_path:
        splits["test"] = read_labelled(Path(config.test_path), config, schema)
        whole.append(splits["test"])
    schema.fingerprint = fingerprint(whole)
    record = source.keys.assign(split=names)
    train, validation, test = (splits[n] for n in ("train", "validation", "test"))
    return Data(train, validation, test, schema, shards, record)
