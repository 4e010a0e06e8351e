"""Small pictures, boxes and points for other people's programs that see."""

import numpy as np

import stillflow as tf

from .made import mnist, pictures, rng, write


def yolo(root):
    """Pictures of two boxes each; training sizes and epochs as the configuration offers them."""
    pictures(root / "made", 4, 96, "jpg")
    lines = [f"made/{i:04}.jpg 10,12,50,60,{i} 40,30,90,80,{i + 1}" for i in range(4)]
    write(root / "data" / "dataset" / "voc_train.txt", lines)
    write(root / "data" / "dataset" / "voc_test.txt", lines[:2])
    config = root / "core" / "config.py"
    with config.open("a", encoding="utf-8") as file:
        file.write("__C.TRAIN.INPUT_SIZE = [64, 96]\n__C.TRAIN.BATCH_SIZE = 2\n")
        file.write("__C.TEST.INPUT_SIZE = 96\n__C.TRAIN.FISRT_STAGE_EPOCHS = 0\n")
        file.write("__C.TRAIN.SECOND_STAGE_EPOCHS = 2\n")
    (root / "checkpoint").mkdir(exist_ok=True)


def points(root):
    """Clouds of points in HDF5, named as those of ModelNet40."""
    import h5py

    folder = root / "data" / "modelnet40_ply_hdf5_2048"
    folder.mkdir(parents=True)
    random = rng()
    for name, count in (("train", 24), ("test", 8)):
        with h5py.File(folder / f"{name}.h5", "w") as file:
            file["data"] = random.uniform(-1, 1, (count, 2048, 3)).astype(np.float32)
            file["label"] = random.randint(0, 40, (count, 1)).astype(np.uint8)
        write(folder / f"{name}_files.txt", [f"data/modelnet40_ply_hdf5_2048/{name}.h5"])


def mnist_beside(root):
    """Where programs below a folder of their own look for MNIST: ../../MNIST_data."""
    mnist(root / "MNIST_data")
    for folder in root.glob("*"):
        if folder.is_dir():
            mnist(folder / "MNIST_data")


def faces_of_stars(root):
    """Pictures and their attributes; the program sets the first 2,000 of its list aside."""
    folder = root / "dataset" / "celebA"
    pictures(folder / "train", 24, 48, "png")
    names = ["Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young"]
    marks = rng().choice(["1", "-1"], (2040, 5))
    lines = [f"{i % 24:04}.png " + " ".join(row) for i, row in enumerate(marks)]
    write(folder / "list_attr_celeba.txt", [str(len(lines)), " ".join(names), *lines])


def detections(root):
    """Records of pictures with two boxes, as the converter of Pascal VOC writes them."""
    import io

    from PIL import Image

    pictures(root / "made" / "pictures", 4, 96, "jpg")

    def floats(values):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    def ints(values):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    def texts(values):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))

    with tf.python_io.TFRecordWriter(str(root / "made" / "voc_2007_train_000.tfrecord")) as writer:
        for i, file in enumerate(sorted((root / "made" / "pictures").iterdir())):
            image = io.BytesIO(file.read_bytes())
            width, height = Image.open(image).size
            feature = {
                "image/height": ints([height]),
                "image/width": ints([width]),
                "image/channels": ints([3]),
                "image/shape": ints([height, width, 3]),
                "image/object/bbox/xmin": floats([0.1, 0.4]),
                "image/object/bbox/xmax": floats([0.5, 0.9]),
                "image/object/bbox/ymin": floats([0.2, 0.3]),
                "image/object/bbox/ymax": floats([0.6, 0.95]),
                "image/object/bbox/label": ints([i + 1, i + 2]),
                "image/object/bbox/label_text": texts([b"a", b"b"]),
                "image/object/bbox/difficult": ints([0, 0]),
                "image/object/bbox/truncated": ints([0, 0]),
                "image/format": texts([b"JPEG"]),
                "image/encoded": texts([file.read_bytes()]),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString())


def digits(root):
    mnist(root / "data")
