"""Regular expressions: refusals in the words of RE2, and what Python would read differently."""

import pytest

import stillflow as tf
from stillflow.ops.strings.patterns.pattern import PatternError, compiled

REFUSALS = {
    "A[": "missing ]: [",
    "((a)": "missing ): ((a)",
    "a|*": "no argument for repetition operator: *",
    "a*?*": "bad repetition operator: *?*",
    "(?<=a)": "invalid perl operator: (?<",
    "(?P=n)": "invalid perl operator: (?P",
    "(?i-)": "invalid perl operator: (?i-)",
    "(?P<n": "invalid named capture group: (?P<n",
    "\\1": "invalid escape sequence: \\1",
    "\\": "trailing \\",
    "[z-a]": "invalid character class range: z-a",
    "\\p{Greek": "invalid character class range: \\p{Greek",
    "(a{100}){100}": "invalid repetition size: {100}",
    "\\C": "\\C, a single byte, is not supported by Stillflow",
}


@pytest.mark.parametrize("pattern", REFUSALS)
def test_a_refusal_is_in_the_words_of_re2(pattern):
    with pytest.raises(PatternError) as caught:
        compiled(pattern.encode())
    assert str(caught.value) == REFUSALS[pattern]


def test_a_pattern_is_utf_8():
    with pytest.raises(PatternError, match="invalid UTF-8"):
        compiled(b"a\xff")


def test_a_refusal_names_the_pattern():
    matched = tf.strings.regex_full_match("a", "(?=a)")
    with (
        tf.Session() as sess,
        pytest.raises(
            tf.errors.InvalidArgumentError, match=r"Invalid pattern: \(\?=a\), error: inv"
        ),
    ):
        sess.run(matched)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a$", "a\n", False),  # Python's $ would be before the last newline, too
        ("\\d+", "٣", False),  # ASCII only
        ("\\s", "\v", False),
        ("a{,2}", "a{,2}", True),  # a repetition to Python
        ("[[:digit:]-]", "-", True),
        ("[a&&b]", "&", True),
        ("(?i)straSSe", "STRASSE", True),
        ("\\Q.\\E\\x{e9}", ".é", True),
        (".", b"\xff", False),  # no character
    ],
)
def test_what_is_read_otherwise_than_by_python(pattern, text, matches):
    text = text if isinstance(text, bytes) else text.encode()
    assert compiled(pattern.encode()).matches(text) is matches
