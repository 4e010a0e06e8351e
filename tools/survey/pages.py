"""Tables of a page, between the markers `<!-- name -->` and `<!-- /name -->`."""


def line(cells):
    return "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |"


def write(page, name, head, rows):
    """Puts rows into the table `name` of `page`, whose first lines are `head`.

    A row takes the place of the one that begins with the same cell; other rows of the page stay,
    in their order, and rows that are new come last: what was not surveyed today is not forgotten.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, rest = page.read_text("utf-8").split(begin)
    table, after = rest.split(end)
    _, _, *kept = [text for text in table.splitlines() if text.startswith("|")] or ["", ""]
    merged = {first(row): row for row in [*kept, *rows]}
    lines = [line(head), line(["---"] * len(head)), *merged.values()]
    page.write_text("\n".join([before + begin, *lines, end + after]), "utf-8")


def first(row):
    return row.split(" | ")[0]
