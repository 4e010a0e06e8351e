"""Models that are ready made: heads, and the linear, deep, combined and baseline estimators."""
