"""`distutils`, gone in Python 3.12: what programs take from it that is not about building."""
