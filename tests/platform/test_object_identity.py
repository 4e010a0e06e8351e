"""Collections that compare by identity."""

import pytest

from stillflow.platform.object_identity import (
    IdentityWrapper,
    ObjectIdentityDictionary,
    ObjectIdentitySet,
    ObjectIdentityWeakKeyDictionary,
    ObjectIdentityWeakSet,
    Reference,
)


class Thing:
    """Equal to all others, and without a hash."""

    __hash__ = None

    def __eq__(self, other):
        return True


def test_wrappers_compare_objects_by_identity():
    one, other = [1], [1]
    assert IdentityWrapper(one) == IdentityWrapper(one)
    assert IdentityWrapper(one) != IdentityWrapper(other)
    assert Reference(one).deref() is one
    with pytest.raises(TypeError, match="Cannot compare wrapped object with unwrapped object"):
        assert IdentityWrapper(one) == one


@pytest.mark.parametrize("kind", [ObjectIdentityDictionary, ObjectIdentityWeakKeyDictionary])
def test_dictionaries_tell_equal_keys_apart(kind):
    one, other = Thing(), Thing()
    table = kind()
    table[one], table[other] = 1, 2
    assert [table[one], table[other], len(table)] == [1, 2, 2]
    del table[one]
    assert list(table.values()) == [2]


@pytest.mark.parametrize("kind", [ObjectIdentitySet, ObjectIdentityWeakSet])
def test_sets_tell_equal_elements_apart(kind):
    one, other, third = Thing(), Thing(), Thing()
    things = kind([one, other, one])
    assert len(things) == 2
    assert third not in things
    things.update([third])
    assert len(things.difference([other])) == 2
    assert {w.unwrapped is one for w in things.intersection([one])} == {True}
    things.discard(third)
    assert third not in things


def test_weak_collections_forget_what_is_gone():
    one, other = Thing(), Thing()
    things, table = ObjectIdentityWeakSet([one, other]), ObjectIdentityWeakKeyDictionary()
    table[one], table[other] = 1, 2
    del other
    assert (len(things), len(table)) == (1, 1)
