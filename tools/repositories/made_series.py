"""Small sentences, sounds and tables for other people's programs that read or reckon."""

import numpy as np

from .made import rng, sentences, stand_in, write


def insurance(root):
    """A table of drivers; an optimizer that is not asked for is stood in for."""
    columns = [
        "ps_reg_01",
        "ps_reg_02",
        "ps_reg_03",
        "ps_car_12",
        "ps_car_13",
        "ps_car_14",
        "ps_car_15",
        "ps_ind_01",
        "ps_ind_02_cat",
        "ps_ind_06_bin",
        "ps_calc_01",
        "ps_calc_15_bin",
    ]
    random = rng()
    for name, count in (("train", 600), ("test", 60)):
        lines = [",".join(["id", *(["target"] if name == "train" else []), *columns])]
        for i in range(count):
            row = random.uniform(0, 1, 7).round(3).tolist() + random.randint(0, 4, 5).tolist()
            target = [int(row[0] + row[3] > 1)] if name == "train" else []
            lines.append(",".join(map(str, [i, *target, *row])))
        write(root / "example" / "data" / f"{name}.csv", lines)
    (root / "example" / "output").mkdir(exist_ok=True)
    (root / "example" / "fig").mkdir(exist_ok=True)
    stand_in(root, "yellowfin.py", "YFOptimizer = None\n")


def traffic(root):
    """Speeds at eight stations on 44 days, and how far these are from each other."""
    random, count = rng(), 8
    places = random.uniform(0, 10000, (count, 2))
    far = np.linalg.norm(places[:, None] - places[None], axis=-1).round(1)
    write(root / "dataset" / f"PeMSD7_W_{count}.csv", [",".join(map(str, row)) for row in far])
    hours = np.arange(44 * 288)[:, None] / 288 * 2 * np.pi
    speeds = 50 + 10 * np.sin(hours + np.arange(count)) + random.standard_normal((44 * 288, count))
    rows = [",".join(map(str, row)) for row in speeds.round(1)]
    write(root / "dataset" / f"PeMSD7_V_{count}.csv", rows)


def speeches(root):
    """Spectrograms of made sentences; librosa, which only writes sounds here, is stood in for."""
    random, folder = rng(), root / "made" / "training"
    folder.mkdir(parents=True)
    lines = []
    for i, text in enumerate(sentences(8, 5)):
        frames = int(random.randint(10, 20))
        mel, linear = random.uniform(0, 1, (frames, 80)), random.uniform(0, 1, (frames, 1025))
        np.save(folder / f"mel-{i}.npy", mel.astype(np.float32))
        np.save(folder / f"linear-{i}.npy", linear.astype(np.float32))
        lines.append(f"linear-{i}.npy|mel-{i}.npy|{frames}|{text}")
    write(folder / "train.txt", lines)
    stand_in(root, "librosa/filters.py", "")


def pieces(root):
    """Text, and a model of its pieces that sentencepiece makes as its own instructions say."""
    import sentencepiece

    lines = sentences(160)
    parts = [[*lines[i : i + 8], ""] for i in range(0, len(lines), 8)]
    text = root / "made" / "text.txt"
    write(text, [line for part in parts for line in part])
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(root / "made" / "pieces"),
        vocab_size=100,
        model_type="unigram",
        control_symbols="<cls>,<sep>,<pad>,<mask>,<eod>",
        user_defined_symbols="<eop>,.,(,),-",
        hard_vocab_limit=False,
        minloglevel=2,
    )


def imputation(root):
    stand_in(root, "keras/datasets.py", "mnist = None\n")


def burgers(root):
    """Places that are drawn evenly, for which the program asks a library."""
    stand_in(
        root,
        "pyDOE.py",
        "import numpy as np\n\n\ndef lhs(n, samples):\n"
        "    rows = [np.random.permutation(samples) for _ in range(n)]\n"
        "    return (np.array(rows).T + np.random.rand(samples, n)) / samples\n",
    )
