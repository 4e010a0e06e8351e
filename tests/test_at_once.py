"""A check of many things runs with all of them, and names those it fails of."""

import pytest
from at_once import for_each

import stillflow as tf


def test_all_that_fail_are_named():
    seen = []

    @for_each({"one": 1, "two": 2, "three": 3})
    def check(number):
        seen.append((number, tf.constant(0).name))
        assert number == 2

    with pytest.raises(ExceptionGroup, match="2 of 3 fail") as caught:
        check()
    assert seen == [(1, "Const:0"), (2, "Const:0"), (3, "Const:0")]
    assert [error.__notes__ for error in caught.value.exceptions] == [["of one"], ["of three"]]
