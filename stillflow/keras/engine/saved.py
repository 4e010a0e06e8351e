"""The part of a network that keeps it in files; what does so loads when it is first asked for."""

from __future__ import annotations

from typing import Any

from stillflow.keras.engine.base_layer import Layer


class Saved(Layer):
    """Methods of `Network` whose work `keras.saving` does."""

    def save(
        self,
        filepath: Any,
        overwrite: bool = True,
        include_optimizer: bool = True,
        save_format: str | None = None,
        signatures: Any = None,
    ) -> None:
        """Keeps the model in a file: see `tf.keras.models.save_model`."""
        from stillflow.keras.saving.models import save_model

        save_model(self, filepath, overwrite, include_optimizer, save_format, signatures)

    def save_weights(
        self, filepath: str, overwrite: bool = True, save_format: str | None = None
    ) -> None:
        """Keeps the weights: in HDF5 where the name ends in ".h5", else as a checkpoint.

        Args:
          overwrite: whether a file that is there is written anew without asking.
          save_format: "h5" or "tf", whatever the name.

        Raises:
          ImportError: h5py is not installed, for "h5".
          ValueError: another format, or the name says another.
        """
        from stillflow.keras.saving import weights

        weights.save_weights(self, filepath, overwrite, save_format)

    def load_weights(self, filepath: str, by_name: bool = False) -> Any:
        """Takes weights from a file of `save_weights` or `save`.

        Args:
          by_name: whether layers get what layers of their names had; in HDF5 files alone.

        Returns:
          For a checkpoint what `tf.train.Checkpoint.restore` does; None for HDF5.

        Raises:
          ImportError: h5py is not installed, for an HDF5 file.
          NotImplementedError: `by_name` with a checkpoint.
          ValueError: layers or weights do not fit.
        """
        from stillflow.keras.saving import weights

        return weights.load_weights(self, filepath, by_name)
