"""Numbers as quantised networks will see them."""
