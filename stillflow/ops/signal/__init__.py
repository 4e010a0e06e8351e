"""Signals: Fourier transforms, frames and windows, spectrograms, mel scales, cosine transforms."""
