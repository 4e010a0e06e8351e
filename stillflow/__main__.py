"""`python -m stillflow`, the same as the `stillflow` command."""

from stillflow.cli import main

main()
