"""The loss of connectionist temporal classification over dense labels, with its own derivative."""
