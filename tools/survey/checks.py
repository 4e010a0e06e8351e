"""What `stillflow check` says of the programs that were surveyed, beside what became of them.

Reads the results of tutorials and repositories in DIR, checks the same programs, and counts where
both agree: a program that a missing name, module or Python 2 ended, and one that none did.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections import Counter

from . import repositories, tutorials
from .pages import line
from .processes import STILLFLOW

NAME = "checks"
HEAD = [
    "collection",
    "programs",
    "runs, as it says",
    "stops, as it says",
    "may stop, it says",
    "apart",
]
LACKS = re.compile(
    r"lacks |ModuleNotFoundError|ImportError|SyntaxError|TabError|IndentationError|NameError"
    r"|AttributeError: module"
)


def survey(options):
    """Checks what has been run; keeps what was said and what came."""
    found = {
        "tutorials": dict(of_tutorials(options)),
        "repositories": dict(of_repositories(options)),
    }
    kept(options).write_text(json.dumps(found, indent=1), "utf-8")
    for programs in found.values():
        for name, (said, came, verdict) in programs.items():
            if agreement(said, came) in ("apart", "may stop, it says"):
                print(f"    {name}: {verdict}; {came}", flush=True)


def kept(options):
    return options.work / "checks.json"


def of_tutorials(options):
    """(program, what was said, what came of it) of every program of the collections."""
    for name in options.only or tutorials.COLLECTIONS:
        results = tutorials.kept(options, name)
        folder = (options.sources / name.replace("/", "+")).resolve()
        if results.exists() and folder.is_dir():
            for program, came in json.loads(results.read_text("utf-8")).items():
                said, verdict = checked([[program]], folder, [])
                yield f"{name} {program}", (said, came, verdict)


def of_repositories(options):
    """The same of every repository that was run, with its data made."""
    for name in options.only or repositories.RECIPES:
        recipe = repositories.RECIPES.get(name)
        results = repositories.kept(options, name)
        if recipe is None or not results.exists():
            continue
        source = options.sources / recipe.get("repository", name).replace("/", "+")
        here = json.loads(results.read_text("utf-8")).get("here")
        if here is not None and source.is_dir():
            copy = results.with_suffix(".checked")
            came = here["failed"] or "ran"
            yield name, of_repository(recipe, source, copy, came, options.packages)


def of_repository(recipe, source, copy, came, packages):
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy, symlinks=True)
    if "made" in recipe:
        repositories.maker(recipe["made"])(copy)
    paths = [copy / path for path in recipe.get("path", [])]
    paths += [base / extra for base in packages for extra in [*recipe.get("packages", []), "."]]
    folder = copy / recipe.get("folder", ".")
    commands = [shlex.split(command) for command in recipe["commands"]]
    programs = [words[:2] if words[0] == "-m" else words[:1] for words in commands]
    said, verdict = checked(programs, folder, paths)
    shutil.rmtree(copy)
    return said, came, verdict


def checked(programs, folder, paths):
    """What is said of programs that run one after the other: the worst, and that verdict."""
    reports = [report(program, folder, paths) for program in programs]
    order = ["unread", "stops", "may stop", "runs"]
    worst = min(reports, key=lambda told: order.index(effect(told)))
    return effect(worst), worst["verdict"]


def report(program, folder, paths):
    words = [STILLFLOW[0], "check", "--json", *program]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    return json.loads(done.stdout)


def effect(told):
    return told["programs"][0]["effect"] if told["programs"] else "unread"


def agreement(said, came):
    """In which column a program counts."""
    lacks = LACKS.search(came) is not None
    if said == "unread":
        return "apart"
    if said == "may stop":
        return "stops, as it says" if lacks else "may stop, it says"
    if lacks != (said == "stops"):
        return "apart"
    return "stops, as it says" if lacks else "runs, as it says"


def rows(options):
    for title, programs in json.loads(kept(options).read_text("utf-8")).items():
        counts = Counter(agreement(said, came) for said, came, _ in programs.values())
        yield line([title, counts.total(), *(counts[column] for column in HEAD[2:])])
