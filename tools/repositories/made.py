"""Small data for other people's programs: each function fills a copy of a repository."""

import gzip
import json
import pickle
from pathlib import Path

import numpy as np
from PIL import Image

import stillflow

MNIST = Path(stillflow.__file__).parent / "data" / "files"
WORDS = Path(__file__).with_name("words.txt").read_text("utf-8").split()


def rng(seed=0):
    return np.random.RandomState(seed)


def sentences(count, longest=12, seed=0):
    """Lines of words, drawn so that a word tells something of the next."""
    random, lines = rng(seed), []
    for _ in range(count):
        at, words = random.randint(len(WORDS)), []
        for _ in range(random.randint(4, longest + 1)):
            words.append(WORDS[at])
            at = (at * 7 + random.randint(3)) % len(WORDS)
        lines.append(" ".join(words))
    return lines


def write(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def pictures(folder, count, size, suffix="png", seed=0):
    """Pictures of soft shapes: u8[size, size, 3] each."""
    random = rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    y, x = np.mgrid[0:size, 0:size] / size
    for i in range(count):
        a, b, c = random.uniform(1, 6, 3)
        picture = np.stack([np.sin(a * x + b * y), np.cos(b * x * y), np.sin(c * (x - y))], -1)
        pixels = ((picture + 1) * 127.5).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{i:04}.{suffix}")


def mnist(folder, unpacked=False):
    """MNIST's four files."""
    folder.mkdir(parents=True, exist_ok=True)
    for packed in MNIST.glob("*.gz"):
        if unpacked:
            (folder / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
        else:
            (folder / packed.name).write_bytes(packed.read_bytes())


def pickled(path, data):
    """Pickles arrays so that NumPy 1 reads them too."""
    path.write_bytes(pickle.dumps(data, protocol=2).replace(b"numpy._core", b"numpy.core"))


def stand_in(root, path, text):
    """A module of another package, which a program imports and hardly uses."""
    file = root / "stand_ins" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    for folder in file.parents:
        if folder == root / "stand_ins":
            break
        (folder / "__init__.py").touch()
    file.write_text(text, "utf-8")


def vocabulary():
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return [*marks, *sorted(set(WORDS)), *"abcdefghijklmnopqrstuvwxyz", *".,"]


def documents(root, count=30):
    """Documents of eight sentences, an empty line between them."""
    lines = sentences(8 * count)
    parts = [[*lines[i : i + 8], ""] for i in range(0, len(lines), 8)]
    write(root / "made" / "text.txt", [line for part in parts for line in part])


def dcgan(root):
    mnist(root / "data" / "mnist", unpacked=True)


def gpt2(root):
    """A small model with random weights; a token prints as its number."""
    folder = root / "models" / "made"
    sizes = {"n_vocab": 257, "n_ctx": 64, "n_embd": 64, "n_head": 4, "n_layer": 2}
    write(folder / "hparams.json", [json.dumps(sizes)])
    names = {f"{i}Ġ": i for i in range(256)} | {"<|endoftext|>": 256}
    write(folder / "encoder.json", [json.dumps(names)])
    write(folder / "vocab.bpe", ["#version: 0.2", "1 2"])
    random, width = rng(), sizes["n_embd"]
    shapes = {"wpe": (64, width), "wte": (257, width), "ln_f/g": (width,), "ln_f/b": (width,)}
    for layer in range(sizes["n_layer"]):
        for norm in ("ln_1", "ln_2"):
            shapes |= {f"h{layer}/{norm}/g": (width,), f"h{layer}/{norm}/b": (width,)}
        for name, (rows, columns) in {
            "attn/c_attn": (width, 3 * width),
            "attn/c_proj": (width, width),
            "mlp/c_fc": (width, 4 * width),
            "mlp/c_proj": (4 * width, width),
        }.items():
            shapes[f"h{layer}/{name}/w"] = (1, rows, columns)
            shapes[f"h{layer}/{name}/b"] = (columns,)
    tf = stillflow
    with tf.Graph().as_default(), tf.Session() as session:
        for name, shape in shapes.items():
            value = random.standard_normal(shape).astype(np.float32) * 0.2
            value += name.endswith("/g")
            tf.get_variable(f"model/{name}", initializer=value)
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(folder / "model.ckpt"))


def bert_ordered(root):
    """In the repository's optimizer the step is counted after the update, not beside it."""
    bert(root)
    path = root / "optimization.py"
    lines = path.read_text("utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if "global_step.assign(" in line)
    after = "  with tf.control_dependencies([train_op]):"
    lines[at : at + 1] = [after, "    train_op = global_step.assign(new_global_step)"]
    write(path, lines)


def bert(root):
    documents(root)
    write(root / "made" / "vocab.txt", vocabulary())
    config = {
        "vocab_size": len(vocabulary()),
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 128,
        "max_position_embeddings": 64,
        "type_vocab_size": 2,
    }
    write(root / "made" / "config.json", [json.dumps(config)])
    for name, count, seed in (("train", 160, 1), ("dev", 40, 2)):
        lines = sentences(count, seed=seed)
        rows = [f"x\t{len(line.split()) % 2}\t\t{line}" for line in lines]
        write(root / "made" / "cola" / f"{name}.tsv", rows)


def electra(root):
    lines = sentences(240)
    write(
        root / "made" / "corpus" / "text.txt",
        [" ".join(lines[i : i + 6]) for i in range(0, 240, 6)],
    )
    write(root / "made" / "vocab.txt", vocabulary())


def tagging(root):
    """Sentences with tags, and word vectors for them."""
    random, lines = rng(), []
    for sentence in sentences(120):
        lines += [f"{word} {'B-PER' if len(word) > 4 else 'O'}" for word in sentence.split()]
        lines += [". O", ""]
    write(root / "data" / "test.txt", lines)
    vectors = [
        " ".join([word, *(f"{x:.4f}" for x in random.standard_normal(300))])
        for word in [*sorted(set(WORDS)), "."]
    ]
    write(root / "data" / "glove.6B" / "glove.6B.300d.txt", vectors)
    write(root / "sort_vocabularies.py", SORT_VOCABULARIES.splitlines())


SORT_VOCABULARIES = """
from model.config import Config
from model.data_utils import export_trimmed_glove_vectors, load_vocab, write_vocab
config = Config(load=False)
for name in (config.filename_words, config.filename_tags, config.filename_chars):
    write_vocab(sorted(load_vocab(name)), name)
words = load_vocab(config.filename_words)
export_trimmed_glove_vectors(
    words, config.filename_glove, config.filename_trimmed, config.dim_word)
"""


def graphsage(root):
    """A graph of 300 nodes in five classes; neighbours are mostly of a node's own."""
    random, count = rng(), 300
    classes = random.randint(0, 5, count)
    nodes = [
        {"id": i, "val": bool(i % 10 == 0), "test": bool(i % 10 == 1), "label": int(classes[i])}
        for i in range(count)
    ]
    links = []
    for i in range(count):
        same = np.flatnonzero(classes == classes[i])
        for other in [*random.choice(same, 4), random.randint(count)]:
            if int(other) != i:
                links.append({"source": i, "target": int(other)})
    graph = {"directed": False, "graph": {}, "multigraph": False, "nodes": nodes, "links": links}
    folder = root / "example_data"
    write(folder / "made-G.json", [json.dumps(graph)])
    write(folder / "made-id_map.json", [json.dumps({str(i): i for i in range(count)})])
    one_hot = np.eye(5, dtype=int)[classes]
    write(
        folder / "made-class_map.json",
        [json.dumps({str(i): one_hot[i].tolist() for i in range(count)})],
    )
    np.save(folder / "made-feats.npy", random.standard_normal((count, 20)) + classes[:, None])
    walks = [f"{link['source']}\t{link['target']}" for link in links]
    write(folder / "made-walks.txt", walks)


def neural_style(root):
    """Two pictures, and VGG-19 in MatConvNet's layout with random weights and few channels."""
    import scipy.io

    pictures(root / "made", 2, 64, "jpg")
    random, layers, depth = rng(), [], 3
    for block, (count, width) in enumerate([(2, 8), (2, 8), (4, 16), (4, 16), (4, 16)]):
        for _ in range(count):
            kernel = random.standard_normal((3, 3, depth, width)).astype(np.float32)
            kernel *= np.sqrt(2 / (9 * depth))
            weights = np.empty((1, 2), object)
            weights[0, 0], weights[0, 1] = kernel, np.zeros((1, width), np.float32)
            layers += [{"weights": weights}, {"type": "relu"}]
            depth = width
        if block < 4:
            layers.append({"type": "pool"})
    row = np.empty((1, len(layers)), object)
    row[0] = layers
    mean = {"averageImage": np.full((4, 4, 3), [123.68, 116.78, 103.94])}
    scipy.io.savemat(root / "made" / "vgg.mat", {"layers": row, "normalization": mean})


def ugatit(root):
    for i, name in enumerate(("trainA", "trainB", "testA", "testB")):
        pictures(root / "dataset" / "made" / name, 4, 64, "jpg", seed=i)


def ngcf(root):
    """100 users and 150 things, with what each user took."""
    random = rng()
    folder = root / "Data" / "made"
    taken = [random.choice(150, 14, replace=False).tolist() for _ in range(100)]
    taken[0][:2] = [149, 148]
    write(folder / "train.txt", [" ".join(map(str, [u, *t[:10]])) for u, t in enumerate(taken)])
    write(folder / "test.txt", [" ".join(map(str, [u, *t[10:]])) for u, t in enumerate(taken)])
    for name in ("train.txt", "test.txt"):
        path = folder / name
        path.write_text(path.read_text().strip("\n"))


def molecules(root):
    """Graphs of five to nine atoms."""
    random = rng()
    for name, count in (("train", 200), ("valid", 60)):
        graphs = []
        for _ in range(count):
            size = random.randint(5, 10)
            edges = [[i, int(random.randint(1, 5)), i + 1] for i in range(size - 1)]
            kinds = np.eye(5, dtype=int)[random.randint(0, 5, size)]
            target = float(kinds[:, 0].sum() - size / 5)
            graphs.append({"graph": edges, "node_features": kinds.tolist(), "targets": [[target]]})
        write(root / f"molecules_{name}.json", [json.dumps(graphs)])


def mnist_challenge(root):
    mnist(root / "MNIST_data")
    path = root / "config.json"
    config = json.loads(path.read_text())
    config |= {"max_num_training_steps": 12, "num_output_steps": 1, "num_checkpoint_steps": 6}
    path.write_text(json.dumps(config))


def translation(root):
    """Sentences and the same with the words turned round."""
    folder = root / "iwslt2016"
    for name, count, seed in (("train", 64, 1), ("eval", 16, 2), ("test", 16, 3)):
        lines = sentences(count, 8, seed)
        turned = [" ".join(reversed(line.split())) for line in lines]
        marked = [[" ".join("▁" + w for w in x.split()) for x in y] for y in (lines, turned)]
        write(folder / "segmented" / f"{name}.de.bpe", marked[0])
        write(folder / "segmented" / f"{name}.en.bpe", marked[1])
        write(folder / "prepro" / f"{name}.en", turned)
    words = ["<pad>", "<unk>", "<s>", "</s>", *("▁" + w for w in sorted(set(WORDS)))]
    write(folder / "segmented" / "bpe.vocab", [f"{word}\t{-i}" for i, word in enumerate(words)])


def strokes(root):
    """Handwriting: 60 lines of pen movements."""
    random = rng()
    lines = []
    for _ in range(60):
        moves = random.randint(-20, 20, (80, 2))
        lines.append(np.hstack([moves, random.randint(0, 10, (80, 1)) == 0]).astype(np.int16))
    folder = root / "data"
    folder.mkdir()
    pickled(folder / "strokes_training_data.cpkl", lines)
    stand_in(root, "IPython/display.py", "SVG = display = print\n")
    stand_in(root, "svgwrite.py", "")


def pixel_cnn(root):
    """Sixteen small pictures to learn from and four others."""
    folder = root / "made" / "small_imagenet"
    for name in ("train_32x32", "valid_32x32"):
        (folder / name).mkdir(parents=True)
    pixels = rng().randint(0, 256, (20, 8, 8, 3)).repeat(4, 1).repeat(4, 2).astype(np.uint8)
    np.savez(folder / "imgnet_32x32.npz", trainx=pixels[:16], testx=pixels[16:])


def same_svd(root):
    """Which sign a singular vector has is LAPACK's affair, and changes with its versions."""
    package = root / "baselines" / "__init__.py"
    package.write_text(package.read_text("utf-8") + FIXED_SIGNS, "utf-8")


FIXED_SIGNS = """
import numpy
def _with_fixed_signs(a, full_matrices=True, _svd=numpy.linalg.svd):
    u, s, v = _svd(a, full_matrices=full_matrices)
    rows = v[: len(s)]
    signs = numpy.sign(rows[range(len(s)), abs(rows).argmax(1)])
    u[:, : len(s)] *= signs
    rows *= signs[:, None]
    return u, s, v
numpy.linalg.svd = _with_fixed_signs
"""


def glow(root):
    """One process in place of Horovod's many, and Keras's two helpers for data."""
    stand_in(root, "horovod/tensorflow.py", ONE_PROCESS)
    stand_in(root, "keras/datasets/mnist.py", MADE_DIGITS)
    stand_in(root, "keras/preprocessing/image.py", PLAIN_BATCHES)


ONE_PROCESS = """
def init(): pass
def rank(): return 0
def local_rank(): return 0
def size(): return 1
def allreduce(tensor, *args, **kwargs): return tensor
def broadcast_global_variables(root):
    import tensorflow as tf
    return tf.no_op()
"""
MADE_DIGITS = """
import numpy as np
def load_data():
    random = np.random.RandomState(0)
    def part(count):
        small = random.randint(0, 256, (count, 7, 7)).astype(np.uint8)
        return small.repeat(4, 1).repeat(4, 2), random.randint(0, 10, count)
    return part(256), part(64)
"""
PLAIN_BATCHES = """
import itertools
class ImageDataGenerator:
    def __init__(self, **kwargs): pass
    def fit(self, x): pass
    def flow(self, x, y, size, shuffle=True):
        return Flow(x, y, size)
class Flow:
    def __init__(self, x, y, size):
        self.rows = itertools.cycle((x[i:i + size], y[i:i + size]) for i in range(0, len(x), size))
    def next(self):
        return next(self.rows)
"""


def nmt(root):
    """The repository's own hundred sentences, as all three parts."""
    for language in ("vi", "en"):
        text = root / "nmt" / "testdata" / f"iwslt15.tst2013.100.{language}"
        for part in ("train", "dev", "test"):
            write(root / "made" / f"{part}.{language}", text.read_text("utf-8").splitlines())


def turing(root):
    (root / "head_logs").mkdir(exist_ok=True)


def char_rnn(root):
    write(root / "made" / "input.txt", sentences(600))


def polarity(root):
    for seed, name in enumerate(("pos", "neg"), 1):
        words = [f"{line} {'time' if seed == 1 else 'first'}" for line in sentences(120, seed=seed)]
        write(root / "made" / f"{name}.txt", words)


def wavenet(root):
    """Four seconds of tones, and a small network."""
    import scipy.io.wavfile

    folder = root / "made"
    folder.mkdir()
    times = np.arange(4000) / 2000
    for i in range(4):
        tone = np.sin(2 * np.pi * (50 + 20 * i) * times) * 0.5
        scipy.io.wavfile.write(folder / f"{i}.wav", 2000, (tone * 32767).astype(np.int16))
    sizes = {
        "filter_width": 2,
        "sample_rate": 2000,
        "dilations": [1, 2, 4, 8] * 2,
        "residual_channels": 8,
        "dilation_channels": 8,
        "quantization_channels": 32,
        "skip_channels": 16,
        "use_biases": True,
        "scalar_input": False,
        "initial_filter_width": 4,
    }
    write(folder / "params.json", [json.dumps(sizes)])
    stand_in(root, "librosa.py", READ_SOUND)


READ_SOUND = """
import numpy as np, scipy.io.wavfile
def load(path, sr=None, mono=True):
    rate, sound = scipy.io.wavfile.read(path)
    return sound.astype(np.float32) / 32768, rate
"""


def pairs(root):
    """Pictures of 256 x 512: an image and what it is to become."""
    pictures(root / "made" / "halves", 8, 256)
    for i in range(4):
        halves = [Image.open(root / "made" / "halves" / f"{2 * i + j:04}.png") for j in (0, 1)]
        both = np.concatenate([np.asarray(half) for half in halves], 1)
        (root / "made" / "pairs").mkdir(exist_ok=True)
        Image.fromarray(both).save(root / "made" / "pairs" / f"{i}.png")


def cycle_gan(root):
    for seed, name in enumerate(("a", "b")):
        pictures(root / "made" / name, 6, 64, "jpg", seed)


def collections_of_gans(root):
    mnist(root / "data" / "mnist")


def transformer_xl(root):
    for seed, (name, count) in enumerate((("train", 400), ("valid", 60), ("test", 60))):
        write(root / "tf" / "made" / f"{name}.txt", sentences(count, seed=seed))


def albert(root):
    bert(root)
    (root / "stand_ins").mkdir()
    (root / "stand_ins" / "albert").symlink_to(root)
    config = json.loads((root / "made" / "config.json").read_text())
    config |= {"embedding_size": 32, "num_hidden_groups": 1, "inner_group_num": 1}
    config |= {
        "net_structure_type": 0,
        "gap_size": 0,
        "num_memory_blocks": 0,
        "down_scale_factor": 1,
    }
    config |= {"hidden_act": "gelu", "hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0}
    write(root / "made" / "config.json", [json.dumps(config)])
