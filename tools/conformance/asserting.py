"""Has the `assert` statements of a file of tests count as looks, as its `self.assert...` do."""

import ast

NAME = "__a_test_asserts__"


def compiled(text, path):
    """The code of a module, which calls its global `NAME` before each `assert`."""
    tree = _Counted().visit(ast.parse(text, path))
    return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)


class _Counted(ast.NodeTransformer):
    def visit_Assert(self, node):
        call = ast.Expr(ast.Call(ast.Name(NAME, ast.Load()), [], []))
        return [ast.copy_location(call, node), node]
