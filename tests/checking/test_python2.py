"""Python 2 is told line by line, and what is behind it is read on."""

import ast

import pytest

from stillflow.checking import python2

SIGNS = {
    "print 'x'": ("print", "print('x')"),
    "print x.y, z  # c": ("print", "print(x.y, z)"),
    "print": ("print", "print()"),
    "if x: print 'y'": ("print", "if x: print('y')"),
    "print -1": ("print", "print(-1)"),
    "print ['a'] * 2": ("print", "print(['a'] * 2)"),
    "print >>f, 'x'": ("print >>", "print(f, 'x')"),
    "print '%s' % (a,\n  b)": ("print", "print('%s' % (a, b))"),
    "try: pass\nexcept E, e: pass": ("except E, e", "try: pass\nexcept E as e: pass"),
    "try: pass\nexcept (A, B), e: pass": ("except E, e", "try: pass\nexcept (A, B) as e: pass"),
    "raise E, 'x'": ("raise E, message", "raise E('x')"),
    "exec 'x'": ("exec", "exec('x')"),
    "a <> b": ("<>", "a != b"),
    "x = `y`": ("`x`", "x = repr(y)"),
    "x = 0777": ("0777", "x = 0o777"),
    "x = 10L": ("10L", "x = 10"),
    "f = lambda (a, b): a": ("lambda (a, b):", "f = lambda a, b: a"),
    'x = ur"\\d"': ('ur""', 'x = r"\\d"'),
}


@pytest.mark.parametrize("text", SIGNS)
def test_signs(text):
    what, repaired = SIGNS[text]
    signs, found = python2.signs_of(text)
    assert [sign.what for sign in signs] == [what]
    assert ast.unparse(ast.parse(found)) == ast.unparse(ast.parse(repaired))


@pytest.mark.parametrize(
    "text",
    [
        *("print('x')", "print(a), b", "x.print = 1", "s = '''\nprint x\n'''", "# print x"),
        *("x = 0.07", "\0\x01 'x' \x03\x02 # y"),
    ],
)
def test_python_3_has_none(text):
    assert python2.signs_of(text) == ([], text)


def test_lines(found):
    source = "s = '''\n\n'''\nprint 'a'\nx = f(1,\n  0777)\nprint s\n"
    assert [(place, name) for place, name, _ in found(source)] == [
        ("4", "print"),
        ("6", "0777"),
        ("7", "print"),
    ]


def test_names_behind_it_are_found(found):
    source = "import tensorflow as tf\nprint 'a'\nprint tf.nosuch\n"
    assert ("3", "tf.nosuch", "stops") in found(source)


def test_tabs_among_spaces(found):
    source = "import tensorflow as tf\nif 1:\n        x = 1\n\ttf.nosuch\n"
    assert [(place, name) for place, name, _ in found(source)] == [
        ("4", "tabs among spaces"),
        ("4", "tf.nosuch"),
    ]


@pytest.mark.parametrize(
    ("source", "name", "effect"),
    [
        ("xrange(3)", "xrange", "stops"),
        ("def xrange(n): pass\nxrange(3)", None, None),
        ("try: xrange\nexcept NameError: xrange = range\nxrange(3)", None, None),
        ("from six.moves import xrange\nxrange(3)", None, None),
        ("import itertools\nitertools.izip([])", "itertools.izip", "stops"),
        ("from urllib import urlretrieve", "urllib.urlretrieve", "stops"),
        ("import cPickle", "cPickle", "stops"),
        ("try: import cPickle as p\nexcept ImportError: import pickle as p", "cPickle", "guarded"),
        ("import sys\nif sys.version_info < (3,): import cPickle", None, None),
        ("d = {}\nd.iteritems()", ".iteritems", "may stop"),
        ("class D:\n  def iteritems(self): pass\nD().iteritems()", None, None),
        ("d = {}\nd.keys()[0]", ".keys()[i]", "may stop"),
        ("import os\nos.walk('.').next()", ".next()", "may stop"),
    ],
)
def test_names_of_python_2(found, source, name, effect):
    assert [(n, e) for _, n, e in found(source)] == ([] if name is None else [(name, effect)])


def test_translated(checked):
    report = checked("import tensorflow as tf\nprint tf.constant(1)\n", python2=True)
    assert [f.effect for f in report.findings] == ["translated"]
    assert (report.verdict, report.exit_code) == ("runs", 0)
