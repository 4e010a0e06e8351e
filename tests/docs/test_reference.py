"""The pages of every name, which the site's build makes of the stubs."""

import re
from pathlib import Path

import pytest

from tools.site import reference

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def pages():
    return dict(reference.pages())


def test_every_public_module_has_a_page_that_the_list_names(pages):
    for path in pages:
        name = path.removeprefix("reference/")
        assert path == "reference/index.md" or f"]({name})" in pages["reference/index.md"]
    assert {"reference/tf.md", "reference/tf.nn.md", "reference/tf.contrib.slim.md"} <= set(pages)


def test_a_name_has_its_parameters_and_the_first_paragraph_of_what_it_does(pages):
    entry = pages["reference/tf.nn.md"].partition("## bias\\_add\n")[2].partition("\n## ")[0]
    assert "bias_add(value, bias, data_format=None, name=None)" in entry
    assert "Returns `value` with a bias for each channel" in entry


def test_pages_do_not_change_from_build_to_build(pages):
    assert not [path for path, text in pages.items() if " at 0x" in text]


def test_a_module_names_the_page_that_explains_it(pages):
    assert "[recurrent](../recurrent.md)" in pages["reference/tf.nn.rnn_cell.md"]
    assert "[input](../input.md)" in pages["reference/tf.data.experimental.md"]
    for text in pages.values():
        for page in re.findall(r"\]\(\.\./([\w-]+\.md)\)", text):
            assert (DOCS / page).exists(), page


def test_text_is_shown_as_it_is():
    assert reference._plain("a*b <c> `d*e`") == r"a\*b \<c> `d*e`"
