"""`tensorflow.python.util.all_util`: what a module's documentation offers stays in it."""

import sys
from types import ModuleType

import pytest

from stillflow.platform.documented import make_all, remove_undocumented


@pytest.fixture
def module(monkeypatch):
    made = ModuleType("offering", "What it is.\n\n@@kept\n@@absent\n")
    vars(made).update(kept=1, gone=2, allowed=3, _private=4)
    monkeypatch.setitem(sys.modules, "offering", made)
    return made


def test_only_names_that_the_module_has_are_offered(module):
    assert sorted(make_all("offering")) == ["kept"]


def test_what_is_neither_offered_nor_allowed_goes(module):
    remove_undocumented("offering", ["allowed"])
    assert {"kept", "allowed", "_private"} <= set(dir(module))
    assert not hasattr(module, "gone")
