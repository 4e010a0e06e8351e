"""What converted code knows as `ag__`."""

from __future__ import annotations

from stillflow.autograph.calling import converted, converted_call
from stillflow.autograph.operators.asserting import assert_stmt
from stillflow.autograph.operators.choices import if_stmt, no_state, set_no_state
from stillflow.autograph.operators.lists import (
    GetItemOpts,
    ListPopOpts,
    ListStackOpts,
    get_item,
    list_append,
    list_pop,
    list_stack,
    new_list,
    set_item,
)
from stillflow.autograph.operators.logical import and_, eq, if_exp, not_, not_eq, or_
from stillflow.autograph.operators.loops import for_stmt, while_stmt
from stillflow.autograph.operators.scopes import FunctionScope
from stillflow.autograph.operators.undefined import (
    Undefined,
    UndefinedReturnValue,
    is_undefined,
    ld,
    ldu,
    retval,
)
from stillflow.autograph.options import ConversionOptions, Feature

__all__ = [
    "ConversionOptions",
    "Feature",
    "FunctionScope",
    "GetItemOpts",
    "ListPopOpts",
    "ListStackOpts",
    "Undefined",
    "UndefinedReturnValue",
    "and_",
    "assert_stmt",
    "converted",
    "converted_call",
    "eq",
    "for_stmt",
    "get_item",
    "if_exp",
    "if_stmt",
    "is_undefined",
    "ld",
    "ldu",
    "list_append",
    "list_pop",
    "list_stack",
    "new_list",
    "no_state",
    "not_",
    "not_eq",
    "or_",
    "retval",
    "set_item",
    "set_no_state",
    "while_stmt",
]
