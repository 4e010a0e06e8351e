"""When Python's collector of cycles is put off."""

import gc

import pytest

from stillflow.runtime import collecting


@pytest.fixture
def kept():
    before = gc.isenabled()
    yield
    _set(before)


def _set(enabled):
    if enabled:
        gc.enable()
    else:
        gc.disable()


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_put_off_and_then_as_it_was(kept, enabled):
    _set(enabled)
    with collecting.put_off():
        assert not gc.isenabled()
    assert gc.isenabled() is enabled


def _fail():
    with collecting.put_off():
        raise KeyError


def test_what_fails_leaves_it_as_it_was(kept):
    gc.enable()
    with pytest.raises(KeyError):
        _fail()
    assert gc.isenabled()
