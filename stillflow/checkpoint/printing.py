"""What a checkpoint holds, printed: TensorFlow's `python.tools.inspect_checkpoint`."""

from __future__ import annotations

import math
import re

from stillflow.checkpoint.reader import new_checkpoint_reader


def print_tensors_in_checkpoint_file(
    file_name: str,
    tensor_name: str,
    all_tensors: bool,
    all_tensor_names: bool = False,
    count_exclude_pattern: str = "",
) -> None:
    """Prints the tensors of a checkpoint, and how many numbers they hold.

    Args:
      tensor_name: the one to print; without it, a line for each.
      all_tensors: whether to print the values of all.
      all_tensor_names: whether to print all names.
      count_exclude_pattern: tensors whose names it matches do not count.

    What makes it impossible is printed too.
    """
    try:
        reader = new_checkpoint_reader(file_name)
        shapes = reader.get_variable_to_shape_map()
        if all_tensors or all_tensor_names:
            for name in sorted(shapes):
                print("tensor_name: ", name)
                if all_tensors:
                    print(reader.get_tensor(name))
        elif not tensor_name:
            print(reader.debug_string().decode("utf-8", errors="ignore"))
        else:
            print("tensor_name: ", tensor_name)
            print(reader.get_tensor(tensor_name))
        _print_count(shapes, count_exclude_pattern)
    except Exception as error:
        print(error)


def _print_count(shapes: dict[str, list[int]], pattern: str) -> None:
    sizes = {name: math.prod(shape) for name, shape in shapes.items()}
    total = sum(sizes.values())
    if pattern:
        matched = [size for name, size in sizes.items() if re.search(pattern, name)]
        print(
            f"# Excluding {len(matched)} tensors ({sum(matched)} params) that match {pattern} "
            "when counting."
        )
        total -= sum(matched)
    print(f"# Total number of params: {total}")
