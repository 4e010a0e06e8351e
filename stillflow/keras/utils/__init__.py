"""What programs with models need beside them."""
