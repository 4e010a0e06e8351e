"""What a program would lack under `stillflow run`, found by reading it.

Nothing of a program is run or imported, nor is JAX. `check` reads a file, a notebook or a folder
and gives a Report. Knows Python's syntax, and of Stillflow stubs and tables alone.
"""

from stillflow.checking.checks import check as check
from stillflow.checking.findings import Finding as Finding
from stillflow.checking.findings import Report as Report
