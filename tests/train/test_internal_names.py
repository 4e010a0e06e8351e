"""What programs import from `tensorflow.python.training` without its being public."""

import pytest

from stillflow.environment.internals import internal_module


def module(name):
    return internal_module(f"python.training.{name}")


def test_functions_without_a_public_name():
    from stillflow.ops.training import dense, sparse
    from stillflow.train import moving_averages, slot_creator

    averages = module("moving_averages")
    assert averages.assign_moving_average is moving_averages.assign_moving_average
    assert module("slot_creator").create_zeros_slot is slot_creator.create_zeros_slot
    assert module("training_ops").apply_adam is dense.apply_adam
    assert module("training_ops").sparse_apply_ftrl is sparse.sparse_apply_ftrl


@pytest.mark.parametrize("name", ["Variable", "_free_name_of_nothing", "state"])
def test_what_those_modules_import_is_not_theirs(name):
    with pytest.raises(AttributeError, match="is internal to TensorFlow"):
        getattr(module("moving_averages"), name)
