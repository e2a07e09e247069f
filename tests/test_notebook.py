"""The notebook that a project has where it is asked for: it runs from top to bottom."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from conftest import Render
from nbclient import NotebookClient


@pytest.mark.parametrize(
    "family",
    [
        "dense-binary",
        *(
            pytest.param(family, marks=pytest.mark.thorough)
            for family in ("separable-cnn", "dense-forecast", "stacked-lstm")
        ),
    ],
)
def test_a_notebook_looks_trains_reports_and_predicts(
    family: str, render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = render(tmp_path / "p", family=family, notebook=True, project_name='A "quoted" \\ name')
    settings = project / "config.toml"
    few = re.sub("^epochs = .*", "epochs = 2", settings.read_text(), flags=re.M)
    settings.write_text(re.sub("^report = true", "report = false", few, flags=re.M))
    monkeypatch.setenv("PYTHONPATH", str(project / "src"))
    notebook = nbformat.read(project / "notebook.ipynb", as_version=4)
    nbformat.validate(notebook)

    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(project)}}).execute()

    shown = [json.dumps(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]
    assert "to train" in shown[0]
    assert "baseline" in shown[1] and "MODEL_CARD.md" not in shown[1]
    assert "MODEL_CARD.md" in shown[2]
    assert "<iframe srcdoc=" in shown[2] and "Can " in shown[2]
    assert "prediction" in shown[3]
    assert (project / "runs" / "predictions.csv").is_file() and not (project / "predictions.csv").exists()


def test_a_project_has_no_notebook_unless_it_is_asked_for(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    assert not (project / "notebook.ipynb").exists()
    assert "notebook" not in (project / "README.md").read_text() + (project / "pyproject.toml").read_text()
