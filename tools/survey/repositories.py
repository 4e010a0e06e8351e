"""Published repositories, unchanged, by the recipes of tools/repositories.

Each recipe copies one, makes small data for it there, and runs its commands with every random
number seeded; TensorFlow 1.15, where it is given, does the same. What the programs print is read
into numbers, and both rows are compared, number by number. `--side nudged` runs TensorFlow once
more, its first weights an ulp away: so far the numbers go by rounding alone.
"""

import json
import os
import shlex
import shutil
import tomllib
from pathlib import Path

from tools.repositories import made, made_series, made_vision

from . import printed
from .pages import line
from .processes import STILLFLOW, run

NAME = "repositories"
HEAD = [
    *("repository", "what runs", "numbers", "last here", "in TensorFlow 1.15", "apart", "seconds"),
]
FOLDER = Path(made.__file__).parent
RECIPES = tomllib.loads((FOLDER / "recipes.toml").read_text("utf-8"))
SEEDED = FOLDER / "seeded.py"


def survey(options):
    """Runs the repositories here and, where it was given, in TensorFlow; keeps the results."""
    for name in options.only or RECIPES:
        recipe = RECIPES[name]
        source = options.sources / (recipe.get("repository", name).replace("/", "+"))
        if not source.is_dir():
            print(f"{name}: not in {options.sources}")
            continue
        sides = {"here": (STILLFLOW, options.packages)}
        if options.tf115:
            sides["there"] = ([*options.tf115.split(), "-u"], options.tf115_packages)
        if options.side == "nudged":
            sides["nudged"] = sides["there"]
        place = kept(options, name)
        result = json.loads(place.read_text()) if options.side and place.exists() else {}
        for side, (python, packages) in sides.items():
            if options.side in (None, side):
                target = place.with_suffix(f".{side}")
                extra = {"NUDGED": "1"} if side == "nudged" else {}
                result[side] = run_recipe(recipe, source, target, python, packages, extra)
                shutil.rmtree(target)
        place.write_text(json.dumps(result))
        print(row(name, recipe, result) or f"{name}: ran nowhere", flush=True)


def kept(options, name):
    return options.work / f"{name.replace('/', '+').replace(' ', '-')}.json"


def maker(name):
    """The function that makes a recipe's data."""
    modules = (made, made_vision, made_series)
    return next(getattr(module, name) for module in modules if hasattr(module, name))


def run_recipe(recipe, source, target, python, packages, environment):
    """Runs the commands of `recipe` in a fresh copy at `target`; says what came of them."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)  # programs write beside themselves
    if "made" in recipe:
        maker(recipe["made"])(target)
    paths = [target / path for path in recipe.get("path", [])]
    paths += [base / extra for base in packages for extra in [*recipe.get("packages", []), "."]]
    environment |= {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONHASHSEED": "0"}
    environment |= {"PYTHONUNBUFFERED": "1", **recipe.get("environment", {})}
    lines, used, failed = [], 0.0, False
    for command in recipe["commands"]:
        words = [*python, str(SEEDED), *shlex.split(command)]
        folder = target / recipe.get("folder", ".")
        limit = recipe.get("seconds", 1200)
        ran = run(words, folder, environment, limit, enough(recipe), together=True)
        lines += ran.lines
        used += ran.processor_seconds
        if failed := ran.failed:
            break
    (target.parent / f"{target.name}.log").write_text("\n".join(lines), "utf-8")
    return {
        "seconds": used,
        "failed": printed.reason(lines) if failed else "",
        "numbers": printed.numbers(lines, recipe["numbers"]),
    }


def enough(recipe):
    """Whether a program has printed `recipe["until"]` numbers, asked of line after line."""
    seen = 0

    def count(line):
        nonlocal seen
        seen += len(printed.numbers([line], recipe["numbers"]))
        return seen >= recipe.get("until", float("inf"))

    return count


def rows(options):
    """The rows of every repository that has been run."""
    for name, recipe in RECIPES.items():
        if kept(options, name).exists():
            found = row(name, recipe, json.loads(kept(options, name).read_text()))
            yield from [] if found is None else [found]


def row(name, recipe, result):
    """A repository's line of the table; None where it ran nowhere."""
    here, there = result.get("here"), result.get("there")
    if all(side is None or side["failed"] for side in (here, there)):
        return None
    cells = [recipe.get("title", name), recipe["what"]]
    if here is None or here["failed"]:
        return line([*cells, "", here["failed"] if here else "", last(there), "", ""])
    both = there is not None and not there["failed"]
    difference = compared(result, recipe) if both else ""
    seconds = f"{here['seconds']:.0f} : {there['seconds']:.0f}" if both else ""
    return line([*cells, len(here["numbers"]), last(here), last(there), difference, seconds])


def compared(result, recipe):
    """How far apart the numbers are, and why."""
    here, there = result["here"], result["there"]
    counts = len(here["numbers"]), len(there["numbers"])
    if counts[0] != counts[1] and "until" not in recipe:
        return f"{counts[0]} numbers : {counts[1]}"
    difference = printed.apart(here["numbers"], there["numbers"])
    said = printed.told(difference)
    if difference and "nudged" in result:
        alone = printed.apart(result["nudged"]["numbers"], there["numbers"])
        said += f" (TensorFlow an ulp away: {printed.told(alone)})"
    return f"{said}: {recipe['note']}" if "note" in recipe else said


def last(side):
    """The last number that a side printed, or why there is none."""
    if side is None:
        return ""
    if side["failed"]:
        return side["failed"]
    return f"{side['numbers'][-1]:.6g}" if side["numbers"] else ""
