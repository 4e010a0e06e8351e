"""Pictures of what was learned, drawn with matplotlib. `style` says how all of them look."""
