# /// script
# requires-python = ">=3.11"
# dependencies = ["adbc-driver-postgresql", "boto3", "moto[server]", "pandas", "pgserver", "pyarrow", "s3fs"]
# ///
"""Try the copying of data from an S3 server and from PostgreSQL, both started here: uv run tools/try_elsewhere.py.

It needs packages that nothing else here needs, so it is no test of the suite.
"""

import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pandas as pd
import pgserver
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[1]
FOLDERS = ["recipes/shared", "template/src/{{ package_name }}"]  # of fetch.py, and of the errors.py that it imports
FILES = {"photos/cat/1.txt": b"cat", "photos/dog/a/2.txt": b"dog", "t.csv": b"a,b\n1,2\n"}
MAKE_TABLE = """create schema shop;
create table shop."My Sales" (id serial, price numeric(10, 2), day date, at timestamptz, good bool, tags int[]);
insert into shop."My Sales" (price, day, at, good, tags)
select g * 1.25, date '2024-01-01' + g, now(), g % 2 = 0, array[g, g] from generate_series(1, 100000) g;"""


def load_fetch() -> Any:
    """Import fetch.py as a part of a package, as a project has it."""
    for name, folders in {"project": FOLDERS[1:], "project.data": FOLDERS[:1]}.items():
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = [str(ROOT / folder) for folder in folders]
    return import_module("project.data.fetch")


def refused(fetch: Any, address: str, place: Path) -> str:
    """Return why the data of an address cannot be copied; the copy that is there must stay."""
    before = place.read_bytes()
    try:
        fetch.fetch(address, place)
    except fetch.UserError as error:
        assert place.read_bytes() == before
        return str(error)
    raise AssertionError(address)


def try_s3(fetch: Any, folder: Path) -> None:
    """Copy a folder and a file."""
    server = ThreadedMotoServer(port=0)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ["AWS_ENDPOINT_URL"] = address
    client = boto3.client("s3")
    client.create_bucket(Bucket="bucket")
    for name, content in FILES.items():
        client.put_object(Bucket="bucket", Key=name, Body=content)
    for end in ("", "/"):
        fetch.fetch(f"s3://bucket/photos{end}", folder / "photos")
    fetch.fetch("s3://bucket/t.csv", folder / "t.csv")
    copied = {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
    assert copied == FILES, copied
    print(refused(fetch, "s3://bucket/none.csv", folder / "t.csv"))
    client.put_object(Bucket="bucket", Key="odd/../../led_out.txt", Body=b"out")
    print(refused(fetch, "s3://bucket/odd", folder / "t.csv"))
    assert not list(folder.parent.glob("led_out.txt"))
    server.stop()


def try_postgresql(fetch: Any, folder: Path) -> None:
    """Copy a table with columns of many kinds."""
    server = pgserver.get_server(folder / "server")
    server.psql(MAKE_TABLE)
    fetch.fetch(f"{server.get_uri()}&table=shop.My%20Sales", folder / "sales.parquet")
    table = pd.read_parquet(folder / "sales.parquet")
    assert len(table) == 100000 and float(table["price"].astype(float).sum()) == 1.25 * 100000 * 100001 / 2
    print(refused(fetch, f"{server.get_uri()}&table=none", folder / "sales.parquet"))


if __name__ == "__main__":
    fetch = load_fetch()
    for part in (try_s3, try_postgresql):
        with tempfile.TemporaryDirectory() as name:
            part(fetch, Path(name))
