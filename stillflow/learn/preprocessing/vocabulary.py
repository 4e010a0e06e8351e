"""Categories and their numbers."""

from __future__ import annotations

import collections
from collections.abc import Hashable

from stillflow.platform.deprecation import deprecated


class CategoricalVocabulary:
    """Gives categories numbers, in the order in which they come; 0 is for unknown ones.

    Args:
      unknown_token: what 0 stands for.
      support_reverse: whether `reverse` is wanted.
    """

    @deprecated(None, "Please use tensorflow/transform or tf.data.")
    def __init__(self, unknown_token: str = "<UNK>", support_reverse: bool = True):
        self._unknown_token = unknown_token
        self._support_reverse = support_reverse
        self._freq: dict[Hashable, int] = collections.defaultdict(int)
        self._freeze = False
        self._clear()

    def _clear(self) -> None:
        self._mapping: dict[Hashable, int] = {self._unknown_token: 0}
        if self._support_reverse:
            self._reverse_mapping: list[Hashable] = [self._unknown_token]

    def __len__(self) -> int:
        return len(self._mapping)

    def freeze(self, freeze: bool = True) -> None:
        """From now on new categories are unknown ones, or with False get numbers again."""
        self._freeze = freeze

    def get(self, category: Hashable) -> int:
        """The number of a category: a new one if it has none, or 0 when frozen."""
        known = self._mapping.get(category)
        if known is not None:
            return known
        return 0 if self._freeze else self._append(category)

    def _append(self, category: Hashable) -> int:
        number = self._mapping[category] = len(self._mapping)
        if self._support_reverse:
            self._reverse_mapping.append(category)
        return number

    def add(self, category: Hashable, count: int = 1) -> None:
        """Counts a category, unless it is unknown."""
        if self.get(category) > 0:
            self._freq[category] += count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Keeps what was counted more than `min_frequency` times, numbered from the most frequent.

        With a positive `max_frequency`, what was counted as often as that is dropped too.
        """
        by_name = sorted(
            self._freq.items(),
            key=lambda entry: (isinstance(entry[0], str), entry[0]),
        )
        ranked = sorted(by_name, key=lambda entry: entry[1], reverse=True)
        self._clear()
        for category, count in ranked:
            if count <= min_frequency:
                break
            if max_frequency <= 0 or count < max_frequency:
                self._append(category)
        # As many counts as categories are kept: the most frequent ones, dropped or not.
        self._freq = dict(ranked[: len(self._mapping) - 1])

    def reverse(self, class_id: int) -> Hashable:
        """The category of a number; ValueError unless that is supported."""
        if not self._support_reverse:
            raise ValueError(
                "This vocabulary wasn't initialized with support_reverse to support reverse() "
                "function."
            )
        return self._reverse_mapping[class_id]
