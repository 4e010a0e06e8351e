"""Draws the pictures of the lessons: what their programs draw, and what TensorBoard shows of them.

    python tools/shoot_lessons.py [LESSON]...

Runs the programs and commands of each page of docs/lessons, in a folder of its own, and writes
docs/images/lessons/LESSON.png and LESSON-tensorboard.png. Needs matplotlib, TensorBoard and a
Chromium (CHROMIUM names another than the one on the path).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.site.examples import Command, File, Program, steps

DOCS = Path(__file__).parents[1] / "docs"
IMAGES = DOCS / "images" / "lessons"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
STILLFLOW = [sys.executable, "-m", "stillflow"]
# The tab of TensorBoard that says most, and how high the window is.
TABS = {"graph": ("graphs", 500), "forward": ("graphs", 500), "digits": ("histograms", 760)}
SCALARS = ("scalars", 620)
# Slow machines draw late: the browser's own clock goes on for so long, in milliseconds.
PATIENCE = 20_000


def main():
    IMAGES.mkdir(exist_ok=True)
    lessons = sys.argv[1:] or [
        page.stem
        for page in sorted((DOCS / "lessons").glob("*.md"))
        if page.stem != "index" and not page.name.endswith(".zh.md")
    ]
    for lesson in lessons:
        with tempfile.TemporaryDirectory() as folder:
            follow(DOCS / "lessons" / f"{lesson}.md", Path(folder))
            for drawn in Path(folder).glob(f"{lesson}.png"):
                shutil.copy(drawn, IMAGES)
            shoot(lesson, Path(folder))
        print(lesson)


def follow(page, folder):
    """Does what a reader of the page does."""
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    for step in steps(page.read_text("utf-8")):
        match step:
            case File(name, text):
                (folder / name).write_text(text, "utf-8")
            case Program(text):
                (folder / "program.py").write_text(text, "utf-8")
                run([*STILLFLOW, "run", "program.py"], folder, environment)
            case Command([_, *arguments]):
                run([*STILLFLOW, *arguments], folder, environment)


def run(command, folder, environment):
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def shoot(lesson, folder):
    """Starts TensorBoard on a free port and takes a picture of a tab of it."""
    command = [Path(sys.executable).with_name("tensorboard"), "--logdir", "log", "--port", "0"]
    board = subprocess.Popen(
        [*command, "--host", "127.0.0.1"], stderr=subprocess.PIPE, text=True, cwd=folder
    )
    try:
        address = next(
            found.group() for line in board.stderr if (found := re.search(r"http://\S+", line))
        )
        tab, height = TABS.get(lesson, SCALARS)
        command = [CHROMIUM, "--headless", "--no-sandbox", "--hide-scrollbars"]
        command += [f"--user-data-dir={folder / 'browser'}", f"--window-size=1100,{height}"]
        command += [f"--virtual-time-budget={PATIENCE}"]
        command += [f"--screenshot={IMAGES / lesson}-tensorboard.png", f"{address}#{tab}"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    finally:
        board.terminate()
        board.wait()


if __name__ == "__main__":
    main()
