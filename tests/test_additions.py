"""The diffs that docs/development.md shows, of adding a head and an input: applied, rendered and trained."""

from pathlib import Path

import pytest
from conftest import ROOT, Answers, Render, commit, git, run

ADDITIONS = {
    "head": {"family": "dense-residual", "task": "count"},
    "input": {"input": "svmlight", "task": "binary"},
}


@pytest.mark.parametrize("name", ADDITIONS)
def test_what_is_added_as_the_docs_say_trains_and_predicts(
    name: str, own_template: Path, render: Render, tmp_path: Path
) -> None:
    answers: Answers = ADDITIONS[name]
    git(own_template, "apply", ROOT / "docs" / "additions" / f"{name}.patch")
    commit(own_template, "Add", tag="v0.2.0")
    project = render(tmp_path / "p", source=own_template, **answers)
    assert "Left out" not in run(project, "train", "--smoke").stdout
    (data,) = (path for path in (project / "data").iterdir() if path.name != "README.md")
    run(project, "predict", data, "--output", "predictions.csv")
    rows = (project / "predictions.csv").read_text().splitlines()
    assert rows[0].startswith("prediction") and len(rows) == {"head": 443, "input": 61}[name]
