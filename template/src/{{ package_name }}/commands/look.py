"""Say what the data holds, without training."""

from pathlib import Path

from ..config import make_config, read_settings
from ..data.dataset import load
from ..errors import say


def look(data: Path | None) -> None:
    """Print what a training would read, and how it would split it."""
    config = make_config(read_settings())
    if data:
        config = config.model_copy(update={"data_path": data})
    say(load(config).describe())
