"""Stacks and arrays of tensors over traced elements do what those of the host do."""

import copy

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from stillflow.declare.array_facts import ArrayFacts, StackFacts
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError
from stillflow.runtime.xla_holders import NotTraceable
from stillflow.runtime.xla_namespace import JaxNamespace

ROWS = np.arange(12, dtype=np.float32).reshape(4, 3)


def facts(**options):
    return ArrayFacts("given", dtypes.float32, None, **{"identical": True, **options})


def compiled(use, *arguments, **options):
    """What `use(xp, array, *arguments)` gives where the arguments are traced.

    Raises:
      InvalidArgumentError: a check fails.
    """
    checks = []

    def run(*traced):
        xp = JaxNamespace()
        result = use(xp, xp.new_array(facts(**options), 4), *traced)
        checks[:] = xp.checks
        return result, [(check.ok, check.values) for check in xp.checks]

    with jax.enable_x64():
        result, outcomes = jax.jit(run)(*arguments)
    for check, (ok, values) in zip(checks, outcomes, strict=True):
        if not ok:
            raise InvalidArgumentError(None, None, check.message(*map(np.asarray, values)))
    return result


def ending(call):
    """What `call()` gives, or the message of its failure."""
    try:
        return np.asarray(call())
    except InvalidArgumentError as error:
        return error.message


def all_of(array, xp):
    return array.gather(xp, np.arange(4, dtype=np.int32), None)


def written(xp, array, rows, i):
    array.write(xp, i, rows[0])
    array.write(xp, np.int32(1), rows[1])
    return all_of(array, xp)


def scattered(xp, array, rows, i):
    array.scatter(xp, xp.stack([i, np.int32(2)]), rows[:2])
    return all_of(array, xp)


def read(xp, array, rows, i):
    array.scatter(xp, np.arange(4, dtype=np.int32), rows)
    return array.read(xp, i)


def added(xp, array, rows, i):
    array.scatter(xp, np.arange(4, dtype=np.int32), rows)
    sums = array.grad("any")
    sums.write(xp, i, rows[0])
    sums.write(xp, np.int32(1), rows[1])
    sums.scatter(xp, np.array([1, 2], np.int32), rows[2:])
    return all_of(array.grad("any"), xp)


def joined(xp, array, rows, i):
    array.split(xp, xp.concatenate([rows, rows]), np.array([2, 2, 2, 2]))
    return array.concat(xp, None)[0] + i


@pytest.mark.parametrize("use", [written, scattered, read, added, joined])
@pytest.mark.parametrize("i", [0, 1, 3, 4, -1])
@pytest.mark.parametrize("options", [{}, {"identical": False}], ids=["identical", "any"])
def test_arrays_agree(use, i, options):
    """Elements, or what is refused, whatever the traced index is."""
    index = np.int32(i)
    host = ending(lambda: use(NUMPY, NUMPY.new_array(facts(**options), 4), ROWS, index))
    traced = ending(lambda: compiled(use, ROWS, index, **options))
    np.testing.assert_array_equal(traced, host)


def several_shapes(xp, array, rows, i):
    array.write(xp, np.int32(0), rows)
    array.write(xp, np.int32(1), rows[0])


def unknown_shape(xp, array, rows, i):
    return array.read(xp, i)


def growing(xp, array, rows, i):
    array.write(xp, i, rows)


@pytest.mark.parametrize(
    ("use", "options"),
    [(several_shapes, {"identical": False}), (unknown_shape, {}), (growing, {"dynamic": True})],
)
def test_what_only_the_host_can(use, options):
    """It says so while tracing."""
    with pytest.raises(NotTraceable):
        compiled(use, ROWS, np.int32(0), **options)


def stack(xp):
    return xp.new_stack(StackFacts("pile", dtypes.float32, None))


def test_known_elements_stay_known():
    """A shape that every turn of a loop pushes is static for what pops it."""
    xp = JaxNamespace()
    pile = stack(xp)
    for _ in range(2):
        pile.push(xp, np.array([2, 3], np.int32))
    assert len(pile.state()) == 1
    np.testing.assert_array_equal(pile.pop(xp), [2, 3])
    pile.push(xp, np.array([2, 4], np.int32))
    assert len(pile.state()) == 2
    np.testing.assert_array_equal([pile.pop(xp), pile.pop(xp)], [[2, 4], [2, 3]])


def traced_once(body, *holders):
    """The layouts that holders have after `body`, which leaves them as they were."""
    saved = [holder.saved() for holder in holders]
    before = [holder.at_most for holder in holders if hasattr(holder, "at_most")]
    jax.eval_shape(body)
    layouts = [holder.layout for holder in holders]
    extra = [h.at_most for h in holders if hasattr(h, "at_most")]
    for holder, was in zip(holders, saved, strict=True):
        holder.restore(was)
    return layouts, [after - old for after, old in zip(extra, before, strict=True)]


def test_a_loop_carries_them():
    """An array and a stack, neither of which has a buffer before the loop that fills them."""

    def run(rows):
        xp = JaxNamespace()
        array, pile = xp.new_array(facts(), 4), stack(xp)

        def body(i):
            row = lax.dynamic_index_in_dim(rows, i, keepdims=False)
            array.write(xp, i, row * 2)
            pile.push(xp, row + 1)
            return i + 1

        layouts, extra = traced_once(lambda: body(jax.numpy.int32(0)), array, pile)
        array.lay_out(layouts[0])
        pile.lay_out(layouts[1])
        pile.reserve(4 * extra[0])
        saved = array.saved(), pile.saved()

        def turn(carry):
            i, of_array, of_pile = carry
            array.set_state(of_array)
            pile.set_state(of_pile)
            i = body(i)
            return i, [xp.asarray(part) for part in array.state()], pile.state()

        start = jax.tree.map(xp.asarray, (np.int32(0), array.state(), pile.state()))
        _, of_array, of_pile = lax.while_loop(lambda carry: carry[0] < 4, turn, start)
        for holder, was, state in zip((array, pile), saved, (of_array, of_pile), strict=True):
            holder.restore(was)
            holder.set_state(state)
        pile.at_most += 4
        return all_of(array, xp), [pile.pop(xp) for _ in range(4)]

    with jax.enable_x64():
        elements, popped = jax.jit(run)(ROWS)
    np.testing.assert_array_equal(elements, ROWS * 2)
    np.testing.assert_array_equal(popped, ROWS[::-1] + 1)


def test_restored():
    """What is done to a holder after it was saved leaves no trace."""
    xp = JaxNamespace()
    array = xp.new_array(facts(), 4)
    array.write(xp, np.int32(0), ROWS[0])
    saved, before = array.saved(), copy.deepcopy(array.saved())
    array.write(xp, np.int32(1), ROWS[0])
    array.grad("any")
    array.close(xp)
    array.restore(saved)
    array.write(xp, np.int32(1), ROWS[1])
    assert not array.gradients
    assert not before["facts"].is_closed
    np.testing.assert_array_equal(all_of(array, xp), [*ROWS[:2], [0] * 3, [0] * 3])


INDICES = st.integers(-1, 4)
ACTIONS = st.one_of(
    st.tuples(st.just("write"), INDICES),
    st.tuples(st.just("read"), INDICES),
    st.tuples(st.sampled_from(["scatter", "gather"]), st.lists(INDICES, max_size=3)),
    st.tuples(st.just("grad"), st.sampled_from("ab")),
)


def done(xp, array, actions):
    """What a program of `actions` on one array and those of its gradients reads, or its error."""
    seen, arrays = [], [array]
    for number, (name, value) in enumerate(actions):
        array = arrays[number % len(arrays)]
        try:
            if name == "grad":
                arrays.append(array.grad(value))
            elif name == "write":
                array.write(xp, np.int32(value), ROWS[number % 4])
            elif name == "read":
                seen.append(np.asarray(array.read(xp, np.int32(value))))
            elif value:
                indices = np.array(value, np.int32)
                rows = np.resize(ROWS, (len(value), 3))
                if name == "scatter":
                    array.scatter(xp, indices, rows)
                else:
                    seen.append(np.asarray(array.gather(xp, indices, None)))
        except InvalidArgumentError as error:
            return seen, error.message
    return seen, None


@given(
    st.lists(ACTIONS, max_size=12),
    st.fixed_dictionaries({key: st.booleans() for key in ("identical", "clears", "dynamic")}),
)
@settings(deadline=None, max_examples=40)
def test_programs_agree(actions, options):
    """Where indices are known, whatever is done to an array and to those of its gradients."""
    host = done(NUMPY, NUMPY.new_array(facts(**options), 4), actions)
    xp = JaxNamespace()
    traced = done(xp, xp.new_array(facts(**options), 4), actions)
    assert traced[1] == host[1]
    np.testing.assert_equal(traced[0], host[0])
