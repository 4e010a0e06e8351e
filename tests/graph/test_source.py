"""Which line of the user's an operation was built at, and what that is called."""

import contextlib

from stillflow.graph import source


def test_a_block_of_ours_is_entered_at_the_users_line():
    """Not in the library that makes a generator a block."""
    names = {"user_line": source.user_line}
    text = "def block():\n    yield user_line()\n"
    exec(compile(text, f"{source._PACKAGE}block.py", "exec"), names)
    with contextlib.contextmanager(names["block"])() as line:
        pass
    assert (line.filename, line.function) == (
        __file__,
        "test_a_block_of_ours_is_entered_at_the_users_line",
    )


def test_a_file_may_have_a_title(monkeypatch):
    monkeypatch.setattr(source, "titles", [lambda file: None, lambda file: "cell In[3]"])
    line = source.SourceLine("/tmp/x.py", 7, "model")
    assert str(line) == "cell In[3]:7 in model()"
    assert source.title_of("/tmp/x.py") == "cell In[3]"
