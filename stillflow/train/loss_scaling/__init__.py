"""Losses scaled before they are differentiated, for gradients in few bits."""
