"""RE2's regular expressions: read, and put in the words of Python's."""
