"""The commands of `stillflow digits`, one module each."""
