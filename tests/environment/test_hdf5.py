"""h5py as version 2 had it: types as h5py 2.10 was seen to give them."""

import subprocess
import sys

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")

PROGRAM = """
import sys
from stillflow.environment import period; period.install()
import h5py
import numpy as np
file = h5py.File(sys.argv[1], "r")
print(repr(eval(sys.argv[2])))
"""
TEXT = h5py.string_dtype("utf-8")
RECORD = np.dtype([("name", TEXT), ("x", "f4")])
CASES = {
    "file.attrs['bytes'], file.attrs.get('bytes'), file.attrs['text']": (b"abc", b"abc", "ab\xe9"),
    "file.attrs['fixed'], file.attrs['fixed array'].tolist()": (b"xyz", [b"a", b"bcd"]),
    "file.attrs['array'].tolist(), file.attrs['number']": ([b"a", b"bc"], 1.5),
    "file['text'][()], file['text'].value, file['bytes'][()]": ("ab\xe9", "ab\xe9", b"xy"),
    "file['texts'][:1].tolist(), list(file['texts']), np.array(file['texts']).tolist()": (
        ["a"],
        ["a", "bc"],
        ["a", "bc"],
    ),
    "file['fixed'][:].tolist(), file['floats'].value.tolist()": ([b"a"], [1.0, 2.0]),
    "file['records'][0].item(), file['records']['name'].tolist()": (("hi", 2.0), ["hi", ""]),
    "file['records'][:]['name'].tolist(), file['records']['x'].tolist()": (["hi", ""], [2.0, 0.0]),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("hdf5") / "strings.h5"
    with h5py.File(path, "w") as file:
        file.attrs.update({"bytes": b"abc", "text": "ab\xe9", "fixed": np.bytes_(b"xyz")})
        file.attrs["fixed array"] = np.array([b"a", b"bcd"])
        file.attrs["array"] = np.array([b"a", b"bc"], h5py.string_dtype("ascii"))
        file.attrs["number"] = 1.5
        file["text"], file["bytes"], file["floats"] = "ab\xe9", b"xy", [1.0, 2.0]
        file["texts"] = np.array(["a", "bc"], TEXT)
        file["fixed"] = np.array([b"a"])
        file.create_dataset("records", (2,), RECORD)[0] = ("hi", 2.0)
    return path


def python(code, *args):
    command = [sys.executable, "-W", "error", "-c", code, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.stderr, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("expression", CASES)
def test_strings_are_what_their_set_of_characters_says(path, expression):
    assert python(PROGRAM, path, expression) == repr(CASES[expression])


def test_a_list_of_bytes_is_written_as_strings_of_one_length(tmp_path):
    path = tmp_path / "names.h5"
    program = PROGRAM.replace('"r"', '"w"')
    python(program, path, "file.attrs.__setitem__('names', [b'a', b'bcd'])")
    with h5py.File(path) as file:
        assert file.attrs["names"].dtype == "S3"


def test_a_file_is_opened_for_writing_by_default(tmp_path):
    path = tmp_path / "made.h5"
    program = PROGRAM.replace(', "r")', ")")
    assert python(program, path, "file.mode, file.fid == file.id") == "('r+', True)"
    assert python(program, path, "file.attrs.__setitem__('a', 1)") == "None"
    path.chmod(0o444)
    assert python(program, path, "file.attrs['a']") == "1"
