"""The Mersenne Twister of C++, `std::mt19937_64`, and what GNU's library draws from it."""

from __future__ import annotations

from typing import Any

_SIZE, _MIDDLE = 312, 156
_MATRIX = 0xB5026F5AA96619E9
_HIGH, _LOW = 0xFFFFFFFF80000000, 0x7FFFFFFF
_MASK = (1 << 64) - 1


class MersenneTwister:
    """A stream of u64 numbers of a seed."""

    def __init__(self, seed: int):
        words = [seed & _MASK]
        for number in range(1, _SIZE):
            last = words[-1]
            words.append((6364136223846793005 * (last ^ last >> 62) + number) & _MASK)
        self._words = words
        self._at = _SIZE

    def next(self) -> int:
        if self._at == _SIZE:
            self._renew()
        x = self._words[self._at]
        self._at += 1
        x ^= x >> 29 & 0x5555555555555555
        x ^= x << 17 & 0x71D67FFFEDA60000
        x ^= x << 37 & 0xFFF7EEE000000000
        return x ^ x >> 43

    def _renew(self) -> None:
        words = self._words
        for at in range(_SIZE):
            x = words[at] & _HIGH | words[(at + 1) % _SIZE] & _LOW
            twist = _MATRIX if x & 1 else 0
            words[at] = words[(at + _MIDDLE) % _SIZE] ^ x >> 1 ^ twist
        self._at = 0

    def below(self, limit: int) -> int:
        """A number below `limit`, as `std::uniform_int_distribution` draws it."""
        scale = _MASK // limit
        while True:
            number = self.next()
            if number < limit * scale:
                return number // scale

    def shuffle(self, items: list[Any]) -> None:
        """Reorders `items` as `std::shuffle` of that time does."""
        for at in range(1, len(items)):
            place = self.below(at + 1)
            items[at], items[place] = items[place], items[at]
