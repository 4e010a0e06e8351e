"""The process of a Jupyter kernel in which `import tensorflow` means Stillflow.

`python -m stillflow.notebook.kernel [--no-period-shims] [--py2] -f CONNECTION_FILE`, as Jupyter
starts it.
"""

from __future__ import annotations

import os
import sys

from stillflow.environment.processes import prepare
from stillflow.notebook import own_extension

WITHOUT_SHIMS = "--no-period-shims"
PYTHON_2 = "--py2"


def main(arguments: list[str]) -> None:
    """Serves until Jupyter shuts the kernel down."""
    if not sys.flags.safe_path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # no file there is to stand in for Jupyter's own; IPython puts it back
    from ipykernel.kernelapp import IPKernelApp

    own_extension.python2 = PYTHON_2 in arguments
    prepare(WITHOUT_SHIMS not in arguments, own_extension.python2)
    given = [argument for argument in arguments if argument not in (WITHOUT_SHIMS, PYTHON_2)]
    sys.argv[:] = ["notebook"]  # the kernel's arguments are none of tf.flags' or argparse's
    IPKernelApp.launch_instance(given, extra_extensions=[own_extension.__name__])


if __name__ == "__main__":
    main(sys.argv[1:])
