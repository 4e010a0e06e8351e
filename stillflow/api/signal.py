"""`tf.signal`: Fourier and cosine transforms, frames, mel scales. signal.pyi lists the names."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
