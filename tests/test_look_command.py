"""The command look of a rendered project."""

from pathlib import Path

from conftest import Import


def test_look_says_what_a_training_would_read(imported: Import, tmp_path: Path) -> None:
    project = imported(family="dense-binary")
    said = project.main("look")
    assert "569 examples: 398 to train, 86 to validate, 85 to test\n30 numbers: mean_radius, " in said
    assert said in project.main("train", "--epochs", 1)
    sample = (project.folder / "data" / "breast_cancer.csv").read_text().splitlines()
    other = tmp_path / "other.csv"
    other.write_text("\n".join(line + (",id" if n == 0 else f",p{n}") for n, line in enumerate(sample[:101])))
    said = project.main("look", other)
    assert "Left out: column id (an identifier)\n100 examples: " in said
    assert project.error("look", "nowhere.csv") == "error: nowhere.csv does not exist"
