"""Variables: their nodes, scopes, initial values and updates."""
