"""Writes the table of what runs, from the tables of docs/programs.md: python tools/summarise.py

It stands in the READMEs and on the first page of the site, in English and in Chinese, between
`<!-- runs -->` and `<!-- /runs -->`. A test compares it with what this makes, so that it is made
anew when programs.md changes. `--check` writes nothing and says whether something would change.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAMS = ROOT / "docs" / "programs.md"
NEAR = 1e-5  # as far apart as rounding takes short trainings
ENGLISH = ROOT / "README.md", ROOT / "docs" / "index.md"
CHINESE = ROOT / "README.zh-CN.md", ROOT / "docs" / "index.zh.md"


def main():
    if "--check" in sys.argv:
        stale = {page: text for page, text in written().items() if page.read_text("utf-8") != text}
        sys.exit("\n".join(f"{page} is not of docs/programs.md." for page in stale) or 0)
    write()


def write():
    for page, text in written().items():
        page.write_text(text, "utf-8")


def written():
    """{page: its text with the table as it should be}."""
    counts = counted(PROGRAMS.read_text("utf-8"))
    pages = dict.fromkeys(ENGLISH, english(**counts)) | dict.fromkeys(CHINESE, chinese(**counts))
    return {page: put(page.read_text("utf-8"), table) for page, table in pages.items()}


def put(text, table):
    begin, end = "<!-- runs -->", "<!-- /runs -->"
    before, rest = text.split(begin)
    return f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}"


def counted(programs):
    """What the tables of programs.md come to."""
    tutorials = rows(programs, "tutorials")
    repositories = rows(programs, "repositories")
    libraries = rows(programs, "libraries")
    tests = rows(programs, "tests")
    checks = rows(programs, "checks")
    return {
        "tutorials": total(tutorials, 1),
        "tutorials_run": total(tutorials, 2),
        "collections": len(tutorials),
        "recipes": len(repositories),
        "recipes_near": sum(apart(row[5]) <= NEAR for row in repositories),
        "recipe_numbers": total(repositories, 2),
        "library_programs": len(libraries),
        "libraries": len({row[0].split(",")[0] for row in libraries}),
        "library_numbers": total(libraries, 2),
        "library_apart": max(apart(row[3]) for row in libraries),
        "tests": total(tests, 2),
        "tests_pass": total(tests, 4),
        "tests_skip": total(tests, 3),
        "checked": total(checks, 1),
        "foretold": total(checks, 2) + total(checks, 3),
        "open": total(checks, 4),
    }


def rows(text, name):
    """The cells of each row below the head of the table `name`."""
    table = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.DOTALL).group(1)
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def total(table, column):
    return sum(int(row[column]) for row in table)


def apart(cell):
    """How far apart numbers are; rows that say nothing of it count as far."""
    number = re.match(r"[\d.e-]+", cell)
    return 0.0 if cell.startswith("equal") else float(number.group()) if number else float("inf")


def english(**n):
    return """\
| TensorFlow 1.x code, unchanged | on Stillflow |
| --- | --- |
| programs of {collections} public tutorials | {tutorials_run} of {tutorials} run |
| public repositories, at small sizes | {recipes} trainings, {recipe_numbers:,} numbers beside \
TensorFlow 1.15's; within 1e-5 in {recipes_near}, the others with how far |
| what people built on it, from PyPI | {libraries} libraries; {library_numbers:,} numbers, \
all within {library_apart:g} |
| TensorFlow 1.15's own unit tests | {tests_pass:,} of the {tests:,} that pass there \
pass; {tests_skip:,} are skipped |
| `stillflow check`, asked before the first two | right about {foretold} of {checked} programs; \
of {open} of the others it had said that they may stop |\
""".format(**n)


def chinese(**n):
    return """\
| 不作修改的 TensorFlow 1.x 代码 | 在 Stillflow 上 |
| --- | --- |
| {collections} 套公开教程的程序 | {tutorials} 个中 {tutorials_run} 个可运行 |
| 公开的代码仓库(小规模) | {recipes} 项训练,与 TensorFlow 1.15 对照 {recipe_numbers:,} 个数值;\
{recipes_near} 项相差不超过 1e-5,其余注明相差多少 |
| 当年的库(取自 PyPI) | {libraries} 个库,{library_numbers:,} 个数值,相差均不超过 {library_apart:g} |
| TensorFlow 1.15 自己的单元测试 | 在那里通过的 {tests:,} 个中通过 {tests_pass:,} 个,\
跳过 {tests_skip:,} 个 |
| 运行前两项之前询问 `stillflow check` | {checked} 个程序中说对 {foretold} 个,\
其余中有 {open} 个它说过可能停下 |""".format(**n)


if __name__ == "__main__":
    main()
