"""What data holds cannot steer the terminal on which it is printed."""

from pathlib import Path

from conftest import Import

TITLE = "\x1b]0;title\x07"
RED = "\x1b[31m"
BACKWARDS = "\u202e"


def test_what_is_printed_from_a_table_is_text(imported: Import, tmp_path: Path) -> None:
    project = imported(family="dense-binary")
    table = tmp_path / "table.csv"
    rows = [f"{n % 7},{n},{'' if n % 2 else BACKWARDS}{n % 2},always the same" for n in range(60)]
    table.write_text("\n".join([f"number,{TITLE},diagnosis,{RED}", *rows]), encoding="utf-8")
    said = project.main("look", table)
    assert r"\x1b]0;title\x07" in said and r"column \x1b[31m" in said and r"\u202e0" in said
    assert not {"\x1b", "\x07", BACKWARDS} & {*said}
    project.main("train", "--epochs", 1)
    error = project.error("predict", table, "--output", "new.csv")
    assert "\x1b" not in error


def test_names_of_files_are_text(imported: Import, tmp_path: Path) -> None:
    project = imported(input="images", family="separable-cnn")
    for name in ("a", RED):
        (tmp_path / name).mkdir()
        for number in range(20):
            (tmp_path / name / f"{number}.png").write_bytes(b"")
    error = project.error("look", tmp_path)
    assert "\x1b" not in error
    assert "\x1b" not in project.error("look", tmp_path / TITLE)
