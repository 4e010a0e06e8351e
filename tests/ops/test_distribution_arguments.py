"""What a function of a distribution was called with."""

from stillflow.distributions.arguments import parent_frame_arguments


def called(a, b=2, *args, c=3, **kwargs):
    return parent_frame_arguments()


def test_arguments_are_told_by_name():
    assert called(1) == {"a": 1, "b": 2, "c": 3}
    assert called(1, 5, 6, c=7, d=8) == {"a": 1, "b": 5, "c": 7, "d": 8}
