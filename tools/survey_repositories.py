"""`survey_repositories.py FOLDER ...`: the part of tools.survey about repositories, alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.survey.__main__ import main

if __name__ == "__main__":
    folder, *rest = sys.argv[1:]
    sys.argv[1:] = ["repositories", "--sources", folder, *rest]
    main()
