"""Sessions that initialise, restore, save and stop by themselves, and the hooks on their runs."""
