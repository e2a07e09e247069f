"""Data that lies elsewhere: it is copied once, and trained on from its copy."""

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit, urlunsplit

from ..errors import UserError, say

# What reads each kind of address. Passwords and keys are taken from where these look
# for them: environment variables, ~/.aws, ~/.pgpass and the like.
PACKAGES = {
    "https": ["fsspec>=2025.2", "aiohttp>=3.11,<4"],
    "http": ["fsspec>=2025.2", "aiohttp>=3.11,<4"],
    "s3": ["fsspec>=2025.2", "s3fs>=2025.2"],
    "gs": ["fsspec>=2025.2", "gcsfs>=2025.2"],
    "az": ["fsspec>=2025.2", "adlfs>=2024.12"],
    "postgresql": ["adbc-driver-postgresql>=1.5,<2", "pyarrow>=17,<27"],
    "sqlite": ["adbc-driver-sqlite>=1.5,<2", "pyarrow>=17,<27"],
}
DATABASES = ["postgresql", "sqlite"]


def is_address(path: object) -> bool:
    """Tell whether this is an address, as https://..., and not a path."""
    return bool(re.match(r"[a-z][a-z0-9+.-]+://", str(path)))


def kind_of_address(address: str) -> str:
    """Return what an address begins with; UserError if nothing here reads that.

    An address stands in config.toml, so one with a password is refused, too.
    """
    kind = address.split("://")[0]
    if kind not in PACKAGES:
        kinds = ", ".join(f"{name}://" for name in PACKAGES)
        raise UserError(f"{kind}:// is not read; an address begins with one of {kinds}")
    if safe(address) != address:
        raise UserError(
            f"{safe(address)}: no password in an address, please, it would stand in"
            " config.toml; keep it where its program looks for it, as ~/.pgpass"
        )
    return kind


def name_of_copy(address: str) -> str:
    """Return the name of the file or folder that data from an address is copied to."""
    if kind_of_address(address) in DATABASES:
        return re.sub(r"[^\w.-]+", "_", table_at(address)) + ".parquet"
    last = unquote(urlsplit(address).path).rstrip("/").split("/")[-1]
    return re.sub(r"[^\w.-]+", "_", last).strip(".") or "data"


def table_at(address: str) -> str:
    """Return the table that the address of a database names."""
    tables = parse_qs(urlsplit(address).query).get("table")
    if not tables:
        raise UserError(f"{safe(address)} names no table: end it with ?table=NAME")
    return tables[0]


def fetch(address: str, place: Path) -> None:
    """Copy a file, a folder or a table of a database to place, and replace what is there.

    Raises UserError, and leaves place as it was, where that fails.
    """
    kind = kind_of_address(address)
    copy: Callable[[str, Path], None] = copy_table if kind in DATABASES else copy_files
    say(f"Fetching {safe(address)}")
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Beside place, so that it can be renamed; others may fetch at the same time.
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            part = Path(folder, place.name)
            copy(address, part)
            if place.is_symlink():
                place.unlink()
            elif place.is_dir():
                shutil.rmtree(place)
            part.replace(place)
    except ImportError:
        packages = " ".join(f"'{name}'" for name in PACKAGES[kind])
        raise UserError(f"{kind}:// needs more packages: pip install {packages}")
    except Exception as error:  # each of the libraries has errors of its own
        said = safe(" ".join(f"{error}".split()) or type(error).__name__)
        raise UserError(f"{safe(address)} could not be copied: {said[:300]}")


def fetch_missing(address: str, place: Path) -> None:
    """Fetch the data where there is none yet."""
    if not place.exists():
        fetch(address, place)


def copy_files(address: str, part: Path) -> None:
    """Copy a file, or a folder with all that is below it."""
    import fsspec  # not needed where data is at hand

    files, path = fsspec.url_to_fs(address)
    if not address.startswith("http") and files.isdir(path):
        if odd := [name for name in files.find(path) if ".." in name.split("/")]:
            raise UserError(f"{odd[0]!r} leads out of the folder")
        files.get(path.rstrip("/") + "/", f"{part}/", recursive=True)
    else:
        files.get_file(path, str(part))


def copy_table(address: str, part: Path) -> None:
    """Copy a table of a database to a Parquet file, some thousand rows at a time."""
    import pyarrow.parquet as pq

    url, table = urlsplit(address), table_at(address)
    if url.scheme == "sqlite":
        from adbc_driver_sqlite.dbapi import connect

        where = unquote(url.path.removeprefix("/"))
        if not Path(where).is_absolute():  # the project is in another folder
            raise UserError(
                "write its whole path: sqlite:////home/me/shop.db?table=..."
            )
        if not Path(where).is_file():  # it would be made
            raise UserError(f"{where} does not exist")
    else:
        from adbc_driver_postgresql.dbapi import connect

        others = {k: v for k, v in parse_qs(url.query).items() if k != "table"}
        where = urlunsplit(url._replace(query=urlencode(others, doseq=True)))
    quoted = ".".join('"' + name.replace('"', '""') + '"' for name in table.split("."))
    with connect(where) as database, database.cursor() as cursor:
        cursor.execute(f"select * from {quoted}")
        rows = cursor.fetch_record_batch()
        with pq.ParquetWriter(part, rows.schema) as file:
            for batch in rows:
                file.write_batch(batch)


def safe(text: str) -> str:
    """Return the text without the passwords in its addresses."""
    text = re.sub(r"(://[^/@:\s]*):[^/@\s]+@", r"\1:***@", text)
    return re.sub(r"([?&](?:ssl)?password=)[^&\s]+", r"\1***", text)
