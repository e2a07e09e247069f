"""Try all networks that fit on the data, and take the simplest of the best. Run by copier in the new project.

    contest.py PACKAGE FAMILIES MINUTES SOURCE VCS_REF CURRENT_FOLDER [PYTHON]

FAMILIES are separated by commas. SOURCE and VCS_REF are where the template comes from, as seen from CURRENT_FOLDER;
PYTHON is as in smoke_train.py. The result is in contest.json, and in the answers, for the README. Without SOURCE, as in
an update, the project stays as it is, and the result is in runs/contest.json. The exit code is 0 even after a failure:
then the project stays as it was rendered.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from contextlib import chdir
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

import copier
import yaml
from smoke_train import Failure, find_python, reason_in, say

ANSWERS = Path(".copier-answers.yml")
RESULT = Path("contest.json")
LATER_RESULT = Path("runs/contest.json")
LOG = Path("runs/contest.log")
TEMPLATE = Path(__file__).parents[1]
GRACE = 60  # seconds that a network may take longer, to end its epoch and to be measured

Answers = dict[str, Any]


def read_answers(project: Path) -> Answers:
    """Return the answers that a project has on record."""
    answers = yaml.safe_load((project / ANSWERS).read_text(encoding="utf-8"))
    return {name: value for name, value in answers.items() if not name.startswith("_")}


def with_family(answers: Answers, family: str) -> Answers:
    """Return the answers for another family, without those that follow from the network."""
    if family == answers["family"]:
        return answers
    questions = yaml.safe_load((TEMPLATE / "questions" / "model.yml").read_text(encoding="utf-8"))
    follow = [n for n, q in questions.items() if "architecture" in f"{q.get('when', '')}{q.get('default', '')}"]
    return {name: value for name, value in answers.items() if name not in follow} | {"family": family}


def render(source: str, project: Path, answers: Answers, ref: str | None) -> None:
    """Render a project without its hooks."""
    copier.run_copy(
        source,
        project,
        data=answers,
        defaults=True,
        overwrite=True,
        unsafe=True,  # as the copy that is going on
        quiet=True,
        skip_tasks=True,
        vcs_ref=ref,
    )


def code_of(project: Path) -> set[Path]:
    """Return the files of the code, relative to the project."""
    return {path.relative_to(project) for path in project.glob("src/**/*.py")}


def train(python: Path, package: str, candidate: Path, seconds: float) -> dict[str, Any]:
    """Train one network in about so many seconds; return what came out of it."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    start = time.monotonic()
    with open(LOG, "a", encoding="utf-8") as log:
        before = log.tell()
        log.write(f"\n{candidate.name}\n")
        log.flush()
        try:
            done = subprocess.run(
                [python, Path(__file__).with_name("contest_train.py"), package, candidate, str(seconds)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=seconds + GRACE,
            )
        except subprocess.TimeoutExpired:
            raise Failure(f"not finished in {seconds:.0f} s") from None
    if done.returncode:
        lines = LOG.read_bytes()[before:].decode(errors="replace").strip().splitlines()
        raise Failure((reason_in(lines) or f"exit code {done.returncode}").splitlines()[0])
    result: dict[str, Any] = json.loads((candidate / "result.json").read_text(encoding="utf-8"))
    if not all(map(math.isfinite, result["adds"])):
        raise Failure(f"no {result['score']} on the validation split")
    return result | {"seconds": round(time.monotonic() - start, 1)}


def behind(best: list[float], other: list[float]) -> tuple[float, float]:
    """Return by how much a network is behind the best, and the standard error of that."""
    if len(best) == len(other):  # the same examples: as a paired bootstrap would find it, without its draws
        differences = [one - two for one, two in zip(best, other, strict=True)]
        return fmean(differences), pstdev(differences) / math.sqrt(len(differences))
    error = math.hypot(*(pstdev(adds) / math.sqrt(len(adds)) for adds in (best, other)))
    return fmean(best) - fmean(other), error


def judge(found: dict[str, dict[str, Any]], failed: dict[str, str]) -> dict[str, Any]:
    """Return the result: the network with the fewest weights within one standard error of the best is chosen."""
    best = max(found, key=lambda family: fmean(found[family]["adds"]))
    entries: list[dict[str, Any]] = []
    for family, one in found.items():
        difference, error = behind(found[best]["adds"], one["adds"])
        numbers = {"score": fmean(one["adds"]), "behind": difference, "error": error}
        entry = {name: round(number, 5) for name, number in numbers.items()}
        entries.append(
            {"family": family} | entry | {name: one[name] for name in ("weights", "epochs", "was_cut", "seconds")}
        )
    level = [entry for entry in entries if entry["behind"] <= entry["error"]]
    chosen = min(level, key=lambda entry: entry["weights"])
    entries.sort(key=lambda entry: -entry["score"])
    score, many = found[best]["score"], len(found[best]["adds"])
    return {
        "chosen": chosen["family"],
        "text": f"Contest: {chosen['family']}, {score} {chosen['score']:.4g}"
        + ("" if len(level) == 1 else f", the simplest of {len(level)} that are level")
        + f" with {many} validation examples",
        "score": score,
        "examples": many,
        "entries": entries,
        "failed": failed,
    }


def compete(folder: Path, python: Path, package: str, families: list[str], seconds: float) -> dict[str, Any]:
    """Render and train all networks, one after the other, in about so many seconds together; return the result."""
    answers, found, failed = read_answers(Path()), {}, {}
    for number, family in enumerate(families):
        share = seconds / (len(families) - number)
        start = time.monotonic()
        try:
            render(str(TEMPLATE), folder / family, with_family(answers, family), "HEAD")
            found[family] = one = train(python, package, folder / family, share)
            score = f"{one['score']} {fmean(one['adds']):.4g}"
            until = ", then time was up" if one["was_cut"] else ""
            took = f"{one['epochs']} epochs, {one['seconds']:.0f} s{until}"
            say(f"  {family}: {score}, {one['weights']:,} weights, {took}")
        except Exception as error:  # of copier, of the files, of the training: the others go on
            failed[family] = (str(error).strip().split("\n")[0] or repr(error)).replace("|", "/")
            say(f"  {family}: left out, {failed[family]}")
        seconds -= time.monotonic() - start
    if len(found) < 2:
        raise Failure("; ".join(f"{family}: {reason}" for family, reason in failed.items()))
    return judge(found, failed)


def take(chosen: Path, before: Path, source: str, ref: str, current_folder: str, result: dict[str, Any]) -> None:
    """Render the project with the chosen network and the result; remove the files that it has no use for."""
    project = Path().absolute()
    shown = {name: result[name] for name in ("chosen", "score", "entries", "failed")}
    answers = read_answers(chosen) | {"contest_result": shown}
    with chdir(current_folder):
        render(source, project, answers, ref or None)
    for path in code_of(before) - code_of(chosen):
        (project / path).unlink(missing_ok=True)


def main(package: str, offered: str, minutes: str, source: str, ref: str, current_folder: str, given: str = "") -> int:
    """Hold the contest, or say why there is none."""
    families, default = offered.split(","), read_answers(Path())["family"]
    families = [default, *(family for family in families if family != default)]
    LOG.parent.mkdir(exist_ok=True)
    LOG.unlink(missing_ok=True)
    try:
        if len(families) == 1:
            raise Failure("no other network fits")
        python = find_python(given)
        say(f"Trying {len(families)} networks, {float(minutes):g} min together ... Log: {LOG}")
        with tempfile.TemporaryDirectory(prefix="contest_") as folder:
            result = compete(Path(folder), python, package, families, 60 * float(minutes))
            if source:
                chosen = Path(folder, result["chosen"])
                take(chosen, Path(folder, default), source, ref, current_folder, result)
        if source:
            result["text"] += "; it is taken"
            subprocess.run([sys.executable, Path(__file__).with_name("format.py"), package])
        else:
            is_own = result["chosen"] == default
            take_it = f"take it: copier-keras update -d family={result['chosen']}"
            result["text"] += f"; {'this project has it' if is_own else take_it} ({LATER_RESULT})"
    except (Exception, KeyboardInterrupt) as error:
        reason = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error).strip() or repr(error)
        result = {"chosen": default, "text": f"Contest without a result: {default} stays ({reason})"}
    file = RESULT if source else LATER_RESULT
    file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    say(result["text"])
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
