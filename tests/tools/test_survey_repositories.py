"""The survey of repositories: its recipes, and how it reads what programs print."""

import sys
import tomllib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from repositories import made, reading

FOLDER = Path(made.__file__).parent
RECIPES = tomllib.loads((FOLDER / "recipes.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_says_what_it_runs_and_makes(name):
    recipe = RECIPES[name]
    assert recipe["what"]
    assert recipe["commands"]
    assert recipe["numbers"]
    assert "made" not in recipe or callable(getattr(made, recipe["made"]))


def test_numbers_are_read_in_order():
    lines = ["step 1 loss: 2.5, accuracy: .5", "nothing", "step 2 loss: 1e-3, accuracy: nan"]
    read = reading.numbers(lines, ["loss: #", "accuracy: #"])
    assert str(read) == "[2.5, 0.5, 0.001, nan]"


def test_rows_of_numbers_are_compared():
    assert reading.apart([1.0, 2.0], [1.0, 2.0]) == 0
    assert reading.apart([1.0], [1.1]) == pytest.approx(0.0909, 1e-3)
    assert reading.apart([float("nan")], [1.0]) == float("inf")


def test_a_row_says_why_a_program_ended():
    ended = {"seconds": 1.0, "failed": "lacks tf.x", "numbers": []}
    ran = {"seconds": 1.0, "failed": "", "numbers": [0.25]}
    recipe = {"what": "w", "numbers": []}
    assert reading.row("a/b", recipe, {"here": ended, "there": ran}).split(" | ")[3] == "lacks tf.x"
    assert reading.row("a/b", recipe, {"here": ran, "there": ran}).endswith("| equal | 1 : 1 |")
    assert reading.row("a/b", recipe, {"here": ended, "there": ended}) is None
