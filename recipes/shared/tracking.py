"""MLflow: finished runs in its list, in a store of this folder or on a server."""

import os
import re
from pathlib import Path

from ..errors import say
from ..report.facts import read_facts

FILES = ["report.html", "MODEL_CARD.md", "metrics.json", "schema.json", "model.keras"]


def track(folder: Path) -> None:
    """Copy settings, scores, curves and files of a run to MLflow.

    The server is that of MLFLOW_TRACKING_URI; without it, MLflow's own store in this
    folder. What goes wrong must not cost the training: a line says it.
    """
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # not for minutes
    try:
        import mlflow  # it takes seconds

        facts = read_facts(folder)
        experiment = __package__.split(".")[0]
        mlflow.set_experiment(experiment)
        with mlflow.start_run(run_name=folder.name):
            mlflow.log_params(facts.config.model_dump(mode="json"))
            for model, scores in facts.metrics.items():
                of_model = {f"{model}/{name}": v for name, v in scores.items()}
                mlflow.log_metrics(named(of_model))
            for row in facts.history.to_dict("records"):
                step = int(row.pop("epoch"))
                mlflow.log_metrics(named(row), step=step)
            told = ("verdict", "commit", "machine")
            mlflow.set_tags({n: facts.noted[n] for n in told if facts.noted.get(n)})
            for name in FILES:
                if (folder / name).is_file():
                    mlflow.log_artifact(str(folder / name))
    except Exception as error:  # of the network, the server or the store
        reason = str(error).strip().split("\n")[0]
        say(f"MLflow does not have all of this run: {reason}")
        return
    where = os.environ.get("MLFLOW_TRACKING_URI") or "`mlflow ui` shows it"
    say(f"MLflow has it as {folder.name} in {experiment}: {where}")


def named(scores: dict[str, float | None]) -> dict[str, float]:
    """Return the scores that there are, by names that MLflow allows."""
    known = {n: v for n, v in scores.items() if v is not None and v == v}
    return {re.sub(r"[^\w./ -]", "_", name): float(v) for name, v in known.items()}
