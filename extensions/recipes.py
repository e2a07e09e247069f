"""The recipes: what recipe.yml says of each, and its files, for copier's Jinja."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context

SECTIONS = ["data", "network", "training"]  # of config.toml
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C is ten times as fast
# What a recipe.yml need not say.
DEFAULTS: dict[str, dict[str, Any]] = {
    "inputs": {
        "columns": False,  # x comes from named columns, found out once
        "with_images": {},  # what it takes from the recipes of images, where a column names some
        "optional": {},  # formats of files that need a package more, by name: suffixes and package
        "text": False,  # x holds text
        "in_folders": False,  # folders of files may tell all, so that nothing of a table is needed
        "lists_files": False,  # a table may list the files of the examples
        "parts": True,  # can be read in parts, where it is larger than memory
        "windows": False,  # examples are windows of series, and what follows them
        "augments": False,  # the network is trained on changed examples
        "explains": False,  # its shown.py tells what the network looked at
        "readme": {"predict": "", "own_data": "", "arrays": "", "arrays_note": ""},
    },
    "architectures": {
        "fuses": None,
        "samples": None,
        "values": {},
        "loss": "mse",  # which errors count most, where numbers are predicted
        "members": False,  # the body returns a vector for each of several members, whose mean predicts
        "prepares": False,  # brings a prepare.py in place of that of the input
        "extracts": False,  # a network that was trained before makes features, from which this one learns
    },
    "heads": {
        "weights": False,  # classes can be balanced
        "reads_cells": False,  # targets are read as the cells of tables are, such as numbers
        "scales": False,  # targets are learned on a scale of their own
        "own_baseline": False,  # other than the mean of the training targets
        "baseline": "",
        "probabilities": False,  # are predicted, and can be calibrated
        "thresholds": False,  # decide from which probability on the answer is yes
    },
}

Recipe = dict[str, Any]


@lru_cache
def load_recipes(root: Path) -> dict[str, dict[str, Recipe]]:
    """Return what every recipe.yml says: by kind (inputs, architectures, heads) and by the name of its folder."""
    found: dict[str, dict[str, Recipe]] = {}
    for kind, defaults in DEFAULTS.items():
        files = sorted(root.glob(f"recipes/{kind}/*/recipe.yml"))
        own = {file.parent.name: read_yaml(file) for file in files}
        recipes = {name: defaults | base_of(recipe, own) | recipe for name, recipe in own.items()}
        found[kind] = dict(sorted(recipes.items(), key=lambda item: item[1].get("rank", len(own) + 1)))
    return found


def base_of(recipe: Recipe, recipes: dict[str, Recipe]) -> Recipe:
    """Return what a recipe takes from the one that it is `like`: all but the place among the others."""
    base = recipes[recipe["like"]] if "like" in recipe else {}
    return {key: value for key, value in base.items() if key != "rank"}


def read_yaml(file: Path) -> Recipe:
    """Return the contents of a YAML file."""
    return yaml.load(file.read_text(encoding="utf-8"), LOADER) or {}


def families_of(recipes: dict[str, dict[str, Recipe]]) -> dict[str, dict[str, Any]]:
    """Return every family: its architecture, and for each input that it fits tasks, rank and reason."""
    fits = [
        fit | {"architecture": architecture}
        for architecture, recipe in recipes["architectures"].items()
        for fit in recipe["fits"]
    ]
    inputs = list(recipes["inputs"])
    families: dict[str, dict[str, Any]] = {}
    for fit in sorted(fits, key=lambda fit: (inputs.index(fit["input"]), fit.get("rank", 1))):
        family = families.setdefault(fit["family"], {"architecture": fit["architecture"], "fits": {}})
        of_any_input = [name for name, head in recipes["heads"].items() if "rank" in head]
        tasks = [name for task in fit["tasks"] for name in (of_any_input if task == "any" else [task])]
        family["fits"][fit["input"]] = fit | {"tasks": tasks}
    return families


def families_for(root: Path, input: str, task: str) -> list[str]:
    """Return the families for an input and a task, the preferred one first."""
    families = families_of(load_recipes(root))
    fitting = [name for name, family in families.items() if task in family["fits"].get(input, {"tasks": []})["tasks"]]
    return sorted(fitting, key=lambda name: families[name]["fits"][input].get("rank", 1))


@pass_context
def offered_families(context: Context) -> list[str]:
    """Return the families for the answers, the preferred one first: those whose `first` holds, then the others."""
    families = context["families"]
    names = families_for(root_of(context.environment), context["input"], context["task"])
    firsts = {name: families[name]["fits"][context["input"]].get("first", False) for name in names}
    return sorted(names, key=lambda name: not is_true(rendered(firsts[name], context)))


def root_of(environment: Environment) -> Path:
    """Return the folder of the template."""
    return Path(environment.loader.searchpath[0])  # type: ignore[union-attr]


@pass_context
def whole(context: Context, *names: str) -> str:
    """Return the first of the files that a recipe has: a plain one as it is, NAME.jinja rendered."""
    root = root_of(context.environment)
    for name in [*names, *filter(None, (name_in_base(name, load_recipes(root)) for name in names))]:
        if (root / "recipes" / name).is_file():
            return (root / "recipes" / name).read_text(encoding="utf-8").rstrip("\n")
        if (root / "recipes" / f"{name}.jinja").is_file():
            return context.environment.get_template(f"recipes/{name}.jinja").render(context.get_all()).rstrip("\n")
    raise FileNotFoundError(f"no recipe has {' or '.join(names)}")


def name_in_base(name: str, recipes: dict[str, dict[str, Recipe]]) -> str:
    """Return the same file of the recipe that this one is like; empty where it is like none."""
    kind, recipe, *rest = name.split("/")
    base = recipes.get(kind, {}).get(recipe, {}).get("like")
    return "/".join([kind, base, *rest]) if base else ""


@pass_context
def as_rendered(context: Context, value: Any) -> Any:
    """Return a value of a recipe with its Jinja rendered, as a filter."""
    return rendered(value, context)


def rendered(value: Any, context: Context) -> Any:
    """Return a value of a recipe with its Jinja rendered."""
    if not isinstance(value, str) or "{" not in value and "#:" not in value:
        return value
    return context.environment.from_string(value).render(context.get_all())


def recipes_in_use(context: Context) -> list[Recipe]:
    """Return the recipes that the answers call for: input, head, architecture; then what all projects share.

    To the last belongs what reads tables, in the projects that do.
    """
    root = root_of(context.environment)
    recipes = load_recipes(root)
    names = {"inputs": context["reader"], "heads": context["task"], "architectures": context["architecture"]}
    shared = read_yaml(root / "recipes/shared/recipe.yml")
    if context.get("tables", True):
        shared |= {"packages": shared["tables"]["packages"], "modules": shared["modules"] + shared["tables"]["modules"]}
    return [*(recipes[kind][name] for kind, name in names.items()), shared]


@pass_context
def trained_like(context: Context) -> Recipe:
    """Return the architecture whose rate, length and batches hold: that of images where a column names images."""
    name = "separable_cnn" if context["image_column"] else context["architecture"]
    recipe: Recipe = load_recipes(root_of(context.environment))["architectures"][name]
    return recipe


@pass_context
def settings(context: Context, section: str) -> list[dict[str, str]]:
    """Return the settings of a section of config.toml: name, type and help for config.py, value and note for TOML."""
    *own, shared = recipes_in_use(context)
    fit = context["families"][context["family"]]["fits"][context["input"]]
    values = own[-1]["values"] | fit.get("values", {})  # what the network wants otherwise than most
    if context["image_column"]:
        values |= trained_like(context)["values"]
    found = {}
    groups = [recipe.get("settings", {}) for recipe in own]
    for group in [shared["settings"], *groups, *settings_of_images(context, own[0]), shared["later_settings"]]:
        for name, setting in group.items():
            if setting["section"] == section and is_true(rendered(setting.get("when", True), context)):
                setting = setting | ({"value": values[name]} if name in values else {})
                found[name] = {"name": name} | {key: rendered(value, context) for key, value in setting.items()}
    return [setting | {"note": setting.get("note", note_from(setting["help"]))} for setting in found.values()]


def settings_of_images(context: Context, recipe: Recipe) -> list[dict[str, Any]]:
    """Return the settings of images and of their network, where a column of a table names images; otherwise none."""
    if not context["image_column"]:
        return []
    images = load_recipes(root_of(context.environment))["inputs"]["images"]
    groups = {"input": images, "body": trained_like(context)}
    taken = recipe["with_images"]
    return [{name: group["settings"][name] for name in taken[part]} for part, group in groups.items()]


@pass_context
def config_fields(context: Context) -> str:
    """Return the settings as fields of the class Config."""
    fields = [setting for section in SECTIONS for setting in settings(context, section)]
    return "\n    ".join(f'{field["name"]}: {field["type"]}\n    """{field["help"]}"""' for field in fields)


def is_true(value: Any) -> bool:
    """Tell whether a rendered condition holds."""
    return str(value).strip().lower() == "true"


def note_from(help: str) -> str:
    """Return the help as a comment behind a value."""
    return help[:1].lower() + help[1:].rstrip(".")


@pass_context
def packages(context: Context) -> list[str]:
    """Return what the recipes in use require, sorted."""
    in_use = recipes_in_use(context)
    optional = [format["package"] for format in formats_in_use(context, in_use[0]).values()]
    required = {rendered(package, context) for recipe in in_use for package in recipe.get("packages", [])}
    return sorted({*optional, *required} - {""})


def formats_in_use(context: Context, recipe: Recipe) -> dict[str, dict[str, Any]]:
    """Return the formats that the project reads beside those that its input always reads."""
    wanted = context.get("formats") or []
    return {name: format for name, format in recipe.get("optional", {}).items() if name in wanted}


@pass_context
def suffixes(context: Context, input: str) -> list[str]:
    """Return how the names of the files end that the project reads."""
    recipe = load_recipes(root_of(context.environment))["inputs"][input]
    optional = formats_in_use(context, recipe).values()
    return [*recipe["suffixes"], *(suffix for format in optional for suffix in format["suffixes"])]


@pass_context
def modules(context: Context) -> set[str]:
    """Return the modules that the recipes in use share with others, such as network/scaling."""
    in_use = recipes_in_use(context)
    names = [name for recipe in in_use for name in recipe.get("modules", [])]
    if context["image_column"]:
        names += in_use[0]["with_images"]["modules"]
    return {rendered(name, context) for name in names}


@pass_context
def files_left_out(context: Context) -> str:
    """Return patterns, one per line, of the files of the template that the answers do without."""
    launch = context.get("launch")
    wanted = {
        "/.github": context.get("github_tests"),
        "/notebook.ipynb": context.get("notebook"),
        "/Dockerfile": launch in ("container", "compose", "kubernetes"),
        "/.dockerignore": launch in ("container", "compose", "kubernetes"),
        "/compose.yaml": launch == "compose",
        "/slurm.sh": launch == "slurm",
        "/jobset.yaml": launch == "kubernetes",
    }
    template = root_of(context.environment) / "template" / "src" / "{{ package_name }}"
    shared = [file for file in template.glob("*/*.py.jinja") if '"shared/' in file.read_text(encoding="utf-8")]
    names = {f"{file.parent.name}/{file.name.split('.')[0]}" for file in shared}
    left_out = [file for file, is_wanted in wanted.items() if not is_wanted]
    left_out += [f"/src/*/{name}.py" for name in sorted(names - modules(context))]
    if not any(name.startswith("tables/") for name in modules(context)):
        left_out += ["/src/*/tables", "/src/*/tables/__init__.py"]
    return "\n".join(left_out)


class Recipes(Extension):
    """Adds the recipes to Jinja."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        root = root_of(environment)
        environment.globals |= {
            "recipes": load_recipes(root),
            "families": families_of(load_recipes(root)),
            "families_for": lambda input, task: families_for(root, input, task),
            "offered_families": offered_families,
            "whole": whole,
            "trained_like": trained_like,
            "settings": settings,
            "config_fields": config_fields,
            "packages": packages,
            "suffixes": suffixes,
            "modules": modules,
            "files_left_out": files_left_out,
        }
        environment.filters["rendered"] = as_rendered
