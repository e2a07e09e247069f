"""The command look of a rendered project."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Import


def test_look_says_what_a_training_would_read(imported: Import, tmp_path: Path) -> None:
    project = imported(family="dense-binary")
    said = project.main("look")
    assert "569 examples: 398 to train, 86 to validate, 85 to test\n30 numbers: mean_radius, " in said
    seen, _, noted = said.rpartition("\ncolumns.toml ")
    assert noted == "says what each column holds: correct it where it is wrong\n"
    assert seen in project.main("train", "--epochs", 1)
    sample = (project.folder / "data" / "breast_cancer.csv").read_text().splitlines()
    other = tmp_path / "other.csv"
    other.write_text("\n".join(line + (",id" if n == 0 else f",p{n}") for n, line in enumerate(sample[:101])))
    said = project.main("look", other)
    assert "Left out: column id (an identifier)\n100 examples: " in said
    assert project.error("look", "nowhere.csv") == "error: nowhere.csv does not exist"


@pytest.mark.parametrize("command", ["look", "train"])
def test_data_that_was_moved_is_found(command: str, imported: Import) -> None:
    project = imported(family="dense-binary")
    (project.folder / "data" / "breast_cancer.csv").rename(project.folder / "breast_cancer.csv")
    assert project.error(command) == (
        "error: data/breast_cancer.csv does not exist;"
        ' it may be breast_cancer.csv now: set data_path = "breast_cancer.csv" in config.toml'
    )


def test_the_columns_file_is_followed_where_it_is_corrected(imported: Import, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "id": rng.permutation(200),
            "shop": rng.integers(1, 9, 200),
            "day": [f"{1 + n % 12}/{1 + n % 12}/2024" for n in range(200)],
            "price": [f"${n}.50" if n % 50 else "ask" for n in range(200)],
            'a "b"\\ = # é': rng.normal(size=200),
            **{f"pixel{n}": rng.normal(size=200) for n in range(12)},
            "kind": rng.choice(["x", "y"], 200),
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    project = imported(data_path=str(tmp_path / "t.csv"), target="kind")
    said = project.main("train", "--epochs", 1)
    file = project.folder / "columns.toml"
    found = file.read_text(encoding="utf-8")
    assert "columns.toml says what each column holds" in said
    for line in (
        'shop = "category"',
        'day = "date 12/31/1999"',
        'id = "identifier"  # an identifier',
        '"pixel0 ... pixel11" = "number"',
        '"a \\"b\\"\\\\ = # é" = "number"',
    ):
        assert f"\n{line}\n" in found, line
    assert "price = \"number 1,234.5\"  # 4 cells are no number, read as missing: 'ask' (4 times)\n" in found

    corrected = found.replace('day = "date 12/31/1999"', 'day = "date 31/12/1999"')
    corrected = corrected.replace('shop = "category"', 'shop = "number"').replace('"a \\"b\\"\\\\ = # é"', "gone")
    several = '"pixel0 ... pixel10" = "ignored"\npixel11 = "category"'
    corrected = corrected.replace('"pixel0 ... pixel11" = "number"', several)
    file.write_text(corrected, encoding="utf-8")
    said = project.main("train", "--epochs", 1)
    assert "1 date: day\n1 category: pixel11\n3 numbers: shop, price, a " in said
    assert "Left out: column pixel3 (ignored in columns.toml)\n" in said
    assert file.read_text(encoding="utf-8") == corrected
    said = project.main("look")
    assert '- shop = "number"\n' in said and '+ shop = "category"\n' in said
    assert file.read_text(encoding="utf-8") == found
    assert (project.folder / "columns.toml.old").read_text(encoding="utf-8") == corrected
    assert "columns.toml is as it was" in project.main("look")


def test_how_the_file_is_written_is_noted_and_followed(imported: Import, tmp_path: Path) -> None:
    rows = [f"{n % 9};{n},5;{'Łódź' if n % 2 else 'Gdańsk'};{'yes' if n % 2 else 'no'}" for n in range(60)]
    lines = ["made by hand", "shop;price;town;sold", "unit;euro;name;flag", *rows]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="cp1250")
    project = imported(data_path=str(tmp_path / "t.csv"), target="sold")
    project.main("look")
    file = project.folder / "columns.toml"
    found = file.read_text(encoding="utf-8")
    assert '[dialect]\nencoding = "cp1250"\nseparator = ";"\nheader = 2\ndecimal = ","\n' in found

    corrected = found.replace('"cp1250"', '"cp1252"').replace("header = 2", "header = 0").replace('","', '"."')
    file.write_text(corrected, encoding="utf-8")
    config = project.config(data_path=tmp_path / "t.csv", target=["column_4"], columns_file=str(file))
    examples = project.module("data.read").read(tmp_path / "t.csv", config)
    assert examples.columns.dialect == {"encoding": "cp1252", "separator": ";", "header": 0, "decimal": "."}
    # A file of one row has no header either, whatever its separator and encoding.
    (tmp_path / "new.csv").write_text("3,5.5,Łódź", encoding="utf-8")
    new = project.module("data.read").read(tmp_path / "new.csv", config, examples.columns)
    assert len(new.rows) == 1 and new.x["categories"][0, -1] == "łódź"

    # Nor is its code page guessed anew where it can be the same.
    (tmp_path / "new.csv").write_text("3;5.5;Dvořák\n4;6.5;Anička", encoding="cp1250")
    new = project.module("data.read").read(tmp_path / "new.csv", config, examples.columns)
    assert new.x["categories"][:, -1].tolist() == ["dvoøák", "anièka"]
    (tmp_path / "new.csv").write_text("3;5.5;café\n4;6.5;Gera", encoding="cp850")
    new = project.module("data.read").read(tmp_path / "new.csv", config, examples.columns)
    assert new.x["categories"][:, -1].tolist() == ["café", "gera"]

    file.write_text(found.replace("header = 2", "header = 3").replace('";"', '"|"'), encoding="utf-8")
    config = config.model_copy(update={"target": ["flag"]})
    assert project.module("data.read").read(tmp_path / "t.csv", config).columns.dialect["header"] == 3


def test_decimals_are_as_in_the_training_where_cells_do_not_tell(imported: Import, tmp_path: Path) -> None:
    rows = [f"{n % 40 + 1}.000;{n % 17},25;{'ab'[n % 2]}" for n in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["area;size;kind", *rows]))
    project = imported(data_path=str(tmp_path / "t.csv"), target="kind")
    config, read = project.config(data_path=tmp_path / "t.csv", target=["kind"]), project.module("data.read").read
    columns = read(tmp_path / "t.csv", config).columns
    for row, expected in [("50.000;3", [50_000, 3]), ("50.25;3.5", [50.25, 3.5])]:
        (tmp_path / "new.csv").write_text(f"area;size\n{row}\n")
        assert read(tmp_path / "new.csv", config, columns).x["numbers"].tolist() == [expected]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('a = "numbr"', "columns.toml: a = 'numbr' is none of number, date, category, text, identifier, ignored"),
        ("a = number", "columns.toml cannot be read: "),
        ('[dialect]\ndecimal = "x"', "columns.toml: decimal = 'x' is no decimal of a file"),
        ('[dialect]\nencoding = "utf-99"', "columns.toml: encoding = 'utf-99' is no encoding of a file"),
        (
            'a = "date"',
            "column a holds no date, as columns.toml has it: correct it there, or have `look` write it anew",
        ),
    ],
)
def test_a_wrong_columns_file_is_one_line(line: str, problem: str, imported: Import, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,kind\n" + "".join(f"{n}.5,{n % 7},{'xy'[n % 2]}\n" for n in range(40)))
    project = imported(data_path=str(tmp_path / "t.csv"), target="kind")
    (project.folder / "columns.toml").write_text(f'data = "{tmp_path.as_posix()}/t.csv"\n[columns]\n{line}\n')
    assert problem in project.error("train")
