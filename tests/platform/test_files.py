"""tf.gfile and tf.io.gfile: what was seen of TensorFlow 1.15's, on a local disk."""

import pytest

import stillflow.api as tf

OLD_AND_NEW = [
    ("Copy", "copy"),
    ("DeleteRecursively", "rmtree"),
    ("Exists", "exists"),
    ("Glob", "glob"),
    ("IsDirectory", "isdir"),
    ("ListDirectory", "listdir"),
    ("MakeDirs", "makedirs"),
    ("MkDir", "mkdir"),
    ("Remove", "remove"),
    ("Rename", "rename"),
    ("Stat", "stat"),
]


@pytest.fixture
def at(tmp_path):
    """Paths below an empty folder."""
    return lambda *parts: str(tmp_path.joinpath(*parts))


def write(path, content, mode="w"):
    with tf.gfile.GFile(path, mode) as file:
        file.write(content)


def read(path, mode="r"):
    with tf.gfile.GFile(path, mode) as file:
        return file.read()


# Folders ----------------------------------------------------------------------------------------


def test_folders_are_made_once_and_again(at):
    tf.gfile.MkDir(at("a"))
    tf.gfile.MkDir(at("a"))
    tf.gfile.MakeDirs(at("b", "c", "d"))
    tf.gfile.MakeDirs(at("b", "c", "d"))
    assert tf.gfile.ListDirectory(at()) == ["a", "b"]
    assert tf.gfile.IsDirectory(at("b", "c", "d"))
    assert not tf.gfile.IsDirectory(at("nothing"))


def test_a_folder_in_none(at):
    with pytest.raises(tf.errors.NotFoundError, match=r"q/w; No such file or directory$"):
        tf.gfile.MkDir(at("q", "w"))


def test_the_folder_of_none(at):
    with pytest.raises(tf.errors.NotFoundError, match=r"^Could not find directory "):
        tf.gfile.ListDirectory(at("nothing"))


def test_walk(at):
    tf.gfile.MakeDirs(at("x", "y"))
    write(at("1"), "1")
    write(at("x", "2"), "2")
    down = [(at(), ["x"], ["1"]), (at("x"), ["y"], ["2"]), (at("x", "y"), [], [])]
    assert list(tf.gfile.Walk(at())) == list(tf.io.gfile.walk(at())) == down
    up = [down[2], down[1], down[0]]
    assert list(tf.gfile.Walk(at(), in_order=False)) == up
    assert list(tf.io.gfile.walk(at(), topdown=False)) == up


def test_walk_of_nothing(at):
    errors = []
    assert list(tf.io.gfile.walk(at("nothing"), onerror=errors.append)) == []
    assert [type(error) for error in errors] == [tf.errors.NotFoundError]


def test_remove_a_folder(at):
    tf.gfile.MakeDirs(at("a", "b"))
    with pytest.raises(tf.errors.FailedPreconditionError, match=r"a; Is a directory$"):
        tf.gfile.Remove(at("a"))
    tf.gfile.DeleteRecursively(at("a"))
    assert not tf.gfile.Exists(at("a"))
    with pytest.raises(tf.errors.NotFoundError, match=r"a not found$"):
        tf.gfile.DeleteRecursively(at("a"))


# Files ------------------------------------------------------------------------------------------


def test_text_and_bytes(at):
    write(at("f"), "hello\nwörld\n")
    write(at("f"), b"more\n", "a")
    assert read(at("f")) == "hello\nwörld\nmore\n"
    assert read(at("f"), "rb") == "hello\nwörld\nmore\n".encode()
    assert tf.gfile.GFile(at("f")).readlines() == ["hello\n", "wörld\n", "more\n"]
    assert list(tf.gfile.Open(at("f"), "rb")) == [b"hello\n", "wörld\n".encode(), b"more\n"]


def test_reading_piece_by_piece(at):
    write(at("f"), "hello\nworld\n")
    with tf.gfile.FastGFile(at("f")) as file:
        assert (file.read(3), file.tell(), file.readline(), file.readline()) == (
            "hel",
            3,
            "lo\n",
            "world\n",
        )
        assert (file.read(), file.readline(), file.size()) == ("", "", 12)
        file.seek(2)
        assert file.read(1) == "l"
        file.seek(2, 1)
        assert file.readline() == "\n"
        file.seek(-3, 2)
        assert file.read() == "ld\n"
        file.seek(position=6)
        assert file.next() == "world\n"


@pytest.mark.parametrize(
    ("seek", "kind", "sentence"),
    [
        ((2, 2), "OutOfRangeError", "reached end of file"),
        ((-2,), "InvalidArgumentError", "Seeking to a negative position: -2"),
        ((0, 3), "InvalidArgumentError", "Invalid whence argument: 3. Valid values are 0, 1, or 2"),
    ],
)
def test_seeking_out_of_the_file(seek, kind, sentence, at):
    write(at("f"), "hello")
    with tf.gfile.GFile(at("f")) as file, pytest.raises(getattr(tf.errors, kind), match=sentence):
        file.seek(*seek)


def test_a_file_opens_when_it_is_used(at):
    file = tf.gfile.GFile(at("nothing"))
    assert (file.name, file.mode) == (at("nothing"), "r")
    with pytest.raises(tf.errors.NotFoundError, match=r"nothing; No such file or directory$"):
        file.read()


def test_a_closed_file_opens_again(at):
    write(at("f"), "x")
    file = tf.gfile.GFile(at("f"))
    assert file.read() == "x"
    file.close()
    file.close()
    assert file.read() == "x"
    file.close()


def test_what_a_mode_forbids(at):
    write(at("f"), "x")
    with pytest.raises(tf.errors.PermissionDeniedError, match="File isn't open for writing"):
        tf.gfile.GFile(at("f")).write("x")
    with pytest.raises(tf.errors.PermissionDeniedError, match="File isn't open for reading"):
        tf.gfile.GFile(at("f"), "w").read()
    assert read(at("f")) == "x"


@pytest.mark.parametrize("mode", ["x", "rw", ""])
def test_no_such_mode(mode, at):
    with pytest.raises(tf.errors.InvalidArgumentError, match="mode is not 'r' or 'w'"):
        tf.gfile.GFile(at("f"), mode)


def test_only_text_and_bytes_are_written(at):
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
        write(at("f"), 3)


def test_copy_and_rename(at):
    write(at("f"), "old")
    tf.gfile.Copy(at("f"), at("g"))
    for function in (tf.gfile.Copy, tf.gfile.Rename):
        with pytest.raises(tf.errors.AlreadyExistsError, match=r"^file already exists"):
            function(at("f"), at("g"))
        with pytest.raises(tf.errors.NotFoundError, match=r"nothing; No such file or directory$"):
            function(at("nothing"), at("h"))
    write(at("f"), "new")
    tf.gfile.Copy(at("f"), at("g"), overwrite=True)
    assert read(at("g")) == "new"
    tf.gfile.Rename(at("g"), at("h"))
    tf.gfile.Rename(at("h"), at("f"), overwrite=True)
    assert tf.gfile.ListDirectory(at()) == ["f"]
    tf.gfile.Remove(at("f"))
    with pytest.raises(tf.errors.NotFoundError, match=r"f; No such file or directory$"):
        tf.gfile.Remove(at("f"))


def test_glob(at):
    for name in ("f1", "f2", ".f3"):
        write(at(name), "")
    tf.gfile.MakeDirs(at("b", "c"))
    assert tf.gfile.Glob(at("f*")) == [at("f1"), at("f2")]
    assert tf.gfile.Glob(at("*/c")) == [at("b", "c")]
    assert tf.gfile.Glob([at("f1"), at("z*")]) == [at("f1")]
    assert at(".f3") in tf.gfile.Glob(at("*"))
    with pytest.raises(tf.errors.NotFoundError, match=r"zz; No such file or directory$"):
        tf.gfile.Glob(at("zz", "*"))


def test_stat(at, tmp_path):
    write(at("f"), "four")
    found = tf.gfile.Stat(at("f"))
    assert (found.length, found.is_directory) == (4, False)
    assert found.mtime_nsec == (tmp_path / "f").stat().st_mtime_ns
    assert tf.gfile.Stat(at()).is_directory
    with pytest.raises(tf.errors.NotFoundError, match=r"nothing; No such file or directory$"):
        tf.gfile.Stat(at("nothing"))


def test_kinds_of_paths(at, tmp_path):
    write(at("é"), "x")
    for path in (at("é"), at("é").encode(), tmp_path / "é"):
        assert tf.gfile.Exists(path)
        assert read(path) == "x"


@pytest.mark.parametrize(("old", "new"), OLD_AND_NEW)
def test_both_names_do_the_same(old, new, at):
    """The old name's first argument is spelled otherwise; what it does is the same."""
    assert callable(getattr(tf.gfile, old))
    assert callable(getattr(tf.io.gfile, new))
    if old not in ("Copy", "Rename"):
        seen = []
        for function in (getattr(tf.gfile, old), getattr(tf.io.gfile, new)):
            tf.gfile.MakeDirs(at("sub"))
            try:
                seen.append(function(at("sub")))
            except tf.errors.OpError as error:
                seen.append(str(error))
        assert seen[0] == seen[1]
