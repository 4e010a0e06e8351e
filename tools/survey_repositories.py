"""Runs published repositories, unchanged, by recipes, and writes what they printed as a table.

    python tools/survey_repositories.py FOLDER --work DIR [--only NAME]... [--tf115 COMMAND]
        [--packages DIR] [--tf115-packages DIR] [--write docs/programs.md]

FOLDER holds repositories as owner+name. Each recipe of tools/repositories/recipes.toml copies one
to DIR, makes small data for it there, and runs its commands with every random number seeded;
--tf115, a command that runs TensorFlow 1.15's Python, does the same there. The packages that a
recipe needs are found in --packages and --tf115-packages. What the programs print is read into
numbers, and both rows are compared, number by number. Results stay in DIR, so repositories may be
run one at a time; --write puts the table of all of them into a page, between its markers.
"""

import argparse
import json
import os
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from repositories import made, reading, running

RECIPES = Path(__file__).with_name("repositories") / "recipes.toml"
SEEDED = Path(__file__).with_name("repositories") / "seeded.py"
STILLFLOW = [str(Path(sys.executable).with_name("stillflow")), "run"]


def fresh_copy(source, target):
    """A copy of a repository to run in: programs write beside themselves."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    return target


def run_recipe(recipe, source, target, python, packages):
    """Runs the commands of `recipe` in a fresh copy at `target`; says what came of them."""
    root = fresh_copy(source, target)
    if "made" in recipe:
        getattr(made, recipe["made"])(root)
    folder = root / recipe.get("folder", ".")
    paths = [root / path for path in recipe.get("path", [])]
    paths += [base / extra for base in packages for extra in [*recipe.get("packages", []), "."]]
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"}
    environment |= {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONUNBUFFERED": "1"}
    environment |= recipe.get("environment", {})
    lines, seconds, ended = [], 0.0, False
    for command in recipe["commands"]:
        words = [*python, str(SEEDED), *shlex.split(command)]
        found, used, ended = running.run(words, folder, environment, recipe)
        lines += found
        seconds += used
        if ended:
            break
    (target.parent / f"{target.name}.log").write_text("\n".join(lines), "utf-8")
    return {
        "seconds": seconds,
        "failed": reading.reason(lines) if ended else "",
        "numbers": reading.numbers(lines, recipe["numbers"]),
    }


def survey(name, recipe, options):
    """Runs one repository here and, where it was given, in TensorFlow; keeps the results."""
    source = options.folder / (recipe.get("repository", name).replace("/", "+"))
    if not source.is_dir():
        return print(f"{name}: not in {options.folder}")
    place = options.work / name.replace("/", "+").replace(" ", "-")
    sides = {"here": (STILLFLOW, options.packages)}
    if options.tf115:
        sides["there"] = ([*options.tf115.split(), "-u"], options.tf115_packages)
    result = json.loads(place.with_suffix(".json").read_text()) if options.keep else {}
    for side, (python, packages) in sides.items():
        if side not in options.sides:
            continue
        target = place.with_name(f"{place.name}.{side}")
        result[side] = run_recipe(recipe, source, target, python, packages)
        shutil.rmtree(target)
    place.with_suffix(".json").write_text(json.dumps(result))
    print(reading.row(name, recipe, result) or f"{name}: ran nowhere", flush=True)


def table(recipes, work):
    """The rows of every repository that has been run."""
    for name, recipe in recipes.items():
        kept = work / f"{name.replace('/', '+').replace(' ', '-')}.json"
        if kept.exists():
            row = reading.row(name, recipe, json.loads(kept.read_text()))
            yield from [] if row is None else [row]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--tf115", metavar="COMMAND")
    parser.add_argument("--packages", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument("--tf115-packages", type=Path, action="append", default=[], metavar="DIR")
    parser.add_argument("--side", choices=["here", "there"], help="run only this side again")
    parser.add_argument("--no-run", action="store_true", help="write the table of what was run")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    options = parser.parse_args()
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    options.keep = options.side is not None
    options.sides = [options.side] if options.side else ["here", "there"]
    for named in ("packages", "tf115_packages"):
        setattr(options, named, [path.resolve() for path in getattr(options, named)])
    recipes = tomllib.loads(RECIPES.read_text("utf-8"))
    if not options.no_run:
        for name in options.only or recipes:
            survey(name, recipes[name], options)
    if options.write:
        reading.write(options.write, list(table(recipes, options.work)))


if __name__ == "__main__":
    main()
