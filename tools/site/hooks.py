"""What MkDocs calls while it builds the site (mkdocs.yml names this file).

It adds the pages of every name, puts pages that the navigation omits under More, and shows what a
page names of the repository, which is not part of the site, without a link.
"""

import posixpath
import re
from pathlib import Path

from mkdocs.plugins import event_priority
from mkdocs.structure.files import File

from tools.site import reference

_EVERY_NAME = "Every name"
_PAGES = dict(reference.pages())
_LINK = re.compile(r"\[([^\]]*)\]\((\.\.[^)\s]*)\)")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


def on_config(config):
    """The navigation ends with what it did not name, and with the pages of every name."""
    if any(_EVERY_NAME in entry for entry in config.nav):
        return config  # a language was built before
    docs = Path(config.docs_dir)
    named = set(_leaves(config.nav))
    found = sorted(p.relative_to(docs).as_posix() for p in docs.rglob("*.md"))
    omitted = [p for p in found if p not in named and not p.endswith(".zh.md")]
    if omitted:
        config.nav.append({"More": [{_title(docs / page): page} for page in omitted]})
    config.nav.append({_EVERY_NAME: reference.navigation(_PAGES)})
    return config


@event_priority(-100)  # after the languages, which look for files on the disk
def on_files(files, config):
    """Adds the pages of every name, in English, to what is built of each language."""
    languages = config.plugins["i18n"]
    for path, text in _PAGES.items():
        pages = {name: _generated(config, path, text, name) for name in languages.build_languages}
        for file in pages.values():
            file.alternates = pages  # where the switch of languages leads
        files.append(pages[languages.current_language])
    return files


def _generated(config, path, text, language):
    file = File.generated(config, path, content=text)
    file.locale, file.locale_alternate_of = language, ""
    if language != "en":
        file.dest_uri = f"{language}/{file.dest_uri}"
    return file


def on_page_markdown(markdown, page, config, files):
    """`[name](../path)` leads out of docs/ to what is beside it: the name is shown alone."""
    folder = posixpath.dirname(page.file.src_uri)

    def shown(link):
        text, target = link.groups()
        outside = posixpath.normpath(posixpath.join(folder, target)).startswith("..")
        return text if outside else link.group()

    return _LINK.sub(shown, markdown)


def _leaves(nav):
    for entry in nav:
        for value in [entry] if isinstance(entry, str) else entry.values():
            yield from [value] if isinstance(value, str) else _leaves(value)


def _title(path):
    return _TITLE.search(path.read_text("utf-8")).group(1)
