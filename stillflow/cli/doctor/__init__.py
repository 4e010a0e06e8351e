"""`stillflow doctor`: what is installed and set on this machine, and whether programs run."""
