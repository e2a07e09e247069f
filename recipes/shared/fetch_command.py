"""Copy the data anew from where it lies."""

from ..config import make_config, read_settings
from ..data.fetch import fetch as copy_data


def fetch() -> None:
    """Replace data_path by what is at data_from now."""
    config = make_config(read_settings())
    copy_data(config.data_from, config.data_path)
