"""Programs of Python 2, translated as they are imported: `stillflow run --py2`.

`translating` makes Python 3 of a module by fissix, a kept copy of 2to3, and `meaning` gives the
result what translation alone does not: division of integers, `round`, comparisons for sorting.
"""

from stillflow.environment.python2.importing import install as install
from stillflow.environment.python2.translating import compiled as compiled
from stillflow.environment.python2.translating import require as require
