"""What programs with models need beside them: classes as rows, kernels, files."""

import os
import tarfile
import zipfile

import numpy as np
import pytest

import stillflow as tf
from stillflow.keras.utils import files, kernels, nests, several_gpus
from stillflow.keras.utils.kernel_values import exact_gaussian_kernel, exact_laplacian_kernel

utils = tf.keras.utils


def test_classes_as_rows():
    assert utils.to_categorical([0, 2]).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert utils.to_categorical([[1], [0]], 2, dtype="int8").tolist() == [[0, 1], [1, 0]]
    assert utils.to_categorical(np.zeros((2, 3, 1)), 4).shape == (2, 3, 4)
    assert utils.to_categorical(1, 2).tolist() == [0, 1]
    with pytest.raises(IndexError, match="out of bounds"):
        utils.to_categorical([3], num_classes=2)


def test_rows_of_length_one():
    assert utils.normalize(np.array([[3.0, 4], [0, 0]])).tolist() == [[0.6, 0.8], [0, 0]]
    assert utils.normalize(np.array([[3.0], [1.0]]), axis=0, order=1).tolist() == [[0.75], [0.25]]


def test_kernels_are_flipped_in_space():
    kernel = np.arange(12).reshape(2, 3, 1, 2)
    assert kernels.convert_kernel(kernel)[0, 0].tolist() == kernel[1, 2].tolist()
    with pytest.raises(ValueError, match="Invalid kernel shape"):
        kernels.convert_kernel(np.ones((2, 2)))


def test_dense_weights_follow_channels():
    class Dense:
        def get_weights(self):
            return [np.arange(12.0).reshape(12, 1), np.zeros(1)]

        def set_weights(self, weights):
            self.kernel = weights[0]

    pictures = np.arange(12).reshape(2, 3, 2)  # channels last
    dense = Dense()
    kernels.convert_dense_weights_data_format(dense, (2, 2, 3), "channels_first")
    assert dense.kernel[:, 0].tolist() == pictures.transpose(2, 0, 1).ravel().tolist()
    kernels.convert_dense_weights_data_format(dense, (2, 3, 2), "channels_last")
    first = np.arange(12).reshape(2, 2, 3)
    assert dense.kernel[:, 0].tolist() == first.transpose(1, 2, 0).ravel().tolist()


@pytest.mark.parametrize(("padding", "stride"), [("same", 1), ("valid", 2), ("same", 2)])
def test_a_mask_tells_what_is_connected(padding, stride):
    mask = kernels.conv_kernel_mask((4, 3), (2, 3), stride, padding)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [1, 4, 3, 1])
        y = tf.nn.conv2d(x, tf.ones([2, 3, 1, 1]), [1, stride, stride, 1], padding.upper())
        sums = session.run(y, {x: np.ones((1, 4, 3, 1))})[0, :, :, 0]
    if padding == "valid":
        assert mask.sum((0, 1)).tolist() == sums.tolist()
    assert mask.shape[2:] == sums.shape
    pairs = list(kernels.conv_kernel_idxs((4, 3), (2, 3), stride, padding, 2, 1, "channels_first"))
    assert len(pairs) == 2 * mask.sum()


def test_misused_kernels():
    with pytest.raises(NotImplementedError, match="Padding type full not supported"):
        kernels.conv_kernel_mask((4,), 2, 1, "full")
    with pytest.raises(ValueError, match="must all match"):
        kernels.conv_kernel_mask((4,), (2, 2), 1, "same")
    with pytest.raises(ValueError, match="not recignized"):
        next(kernels.conv_kernel_idxs((4,), 2, 1, "same", 1, 1, "last"))


def test_shapes_in_nests():
    shape = tf.TensorShape([2, None])
    assert nests.convert_shapes([shape, {"a": (3, 4)}]) == [(2, None), {"a": (3, 4)}]
    assert nests.convert_shapes((2, None), to_tuples=False).as_list() == [2, None]
    with pytest.raises(ValueError, match="non-atomic and non-sequence"):
        nests.convert_shapes("shape")


def test_a_method_of_shapes():
    class Layer:
        @nests.shape_type_conversion
        def compute_output_shape(self, shape):
            assert isinstance(shape, tuple)
            return (*shape, 1)

    assert isinstance(Layer().compute_output_shape(tf.TensorShape([2])), tf.TensorShape)


class TestRowsOfAFile:
    @pytest.fixture
    def path(self, tmp_path):
        h5py = pytest.importorskip("h5py")
        path = str(tmp_path / "rows.h5")
        with h5py.File(path, "w") as file:
            file["x"] = np.arange(20).reshape(10, 2)
        yield path
        utils.HDF5Matrix.refs.pop(path).close()

    def test_reading(self, path):
        rows = utils.HDF5Matrix(path, "x", start=2, end=8)
        assert (len(rows), rows.shape, rows.ndim, rows.size) == (6, (6, 2), 2, 12)
        assert rows.dtype == np.int64
        assert rows[0].tolist() == [4, 5]
        assert rows[4:].tolist() == [[12, 13], [14, 15]]
        assert rows[[1, 3]].tolist() == rows[np.array([1, 3])].tolist() == [[6, 7], [10, 11]]
        assert utils.HDF5Matrix(path, "x", normalizer=lambda read: -read)[1].tolist() == [-2, -3]

    @pytest.mark.parametrize("key", [6, slice(0, 7), [1, 6], np.array([6])])
    def test_beyond_the_end(self, path, key):
        rows = utils.HDF5Matrix(path, "x", start=2, end=8)
        with pytest.raises(IndexError, match="there are 6 rows"):
            rows[key]


class TestGetFile:
    @pytest.fixture
    def archive(self, tmp_path):
        """The URL of a zip archive of one file, and the cache to put it."""
        path = tmp_path / "there" / "words.zip"
        path.parent.mkdir()
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("words.txt", "one two")
        return path.as_uri(), str(tmp_path)

    def test_it_is_downloaded_once(self, archive, capsys):
        origin, cache = archive
        for _ in range(2):
            path = utils.get_file("words.zip", origin, cache_dir=cache, extract=True)
        assert path == os.path.join(cache, "datasets", "words.zip")
        with open(os.path.join(cache, "datasets", "words.txt")) as file:
            assert file.read() == "one two"
        assert capsys.readouterr().out.count("Downloading data from") == 1

    def test_another_content_is_replaced(self, archive, capsys):
        origin, cache = archive
        path = utils.get_file("words.zip", origin, cache_dir=cache)
        expected = files.hash_of_file(path)
        with open(path, "w") as file:
            file.write("else")
        assert not files.validate_file(path, expected)
        path = utils.get_file("words.zip", origin, file_hash=expected, cache_dir=cache)
        assert files.validate_file(path, expected)
        assert files.validate_file(path, files.hash_of_file(path, "md5"), "md5")
        assert "incomplete or outdated" in capsys.readouterr().out

    def test_tar_archives_hold_what_is_named(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "one").write_text("1")
        with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
            archive.add(tmp_path / "a" / "one", "rows/one")
        origin = (tmp_path / "a.tar.gz").as_uri()
        path = utils.get_file("rows", origin, untar=True, cache_dir=str(tmp_path), cache_subdir="c")
        assert os.listdir(path) == ["one"]

    def test_without_a_network_it_says_where_to_put_the_file(self, tmp_path):
        origin = (tmp_path / "absent").as_uri()
        with pytest.raises(Exception, match=r"(?s)URL fetch failure on file:.*by hand: ") as caught:
            utils.get_file("kept", origin, cache_dir=str(tmp_path))
        assert str(tmp_path / "datasets" / "kept") in str(caught.value)
        assert not (tmp_path / "datasets" / "kept").exists()


class TestSeveralGpus:
    @pytest.fixture(autouse=True)
    def cleared(self):
        yield
        tf.keras.backend.clear_session()

    @pytest.fixture
    def model(self):
        a, b = tf.keras.Input((3,)), tf.keras.Input((2,))
        joined = tf.keras.layers.concatenate([a, b])
        return tf.keras.Model([a, b], [tf.keras.layers.Dense(2)(joined), joined])

    def test_each_gets_a_part_of_the_batch(self, model, monkeypatch):
        names = ["/device:CPU:0", "/device:GPU:0", "/device:GPU:1"]
        monkeypatch.setattr(several_gpus, "available_devices", lambda: names)
        both = utils.multi_gpu_model(model, 2)
        arrays = [np.arange(15.0).reshape(5, 3), np.arange(10.0).reshape(5, 2)]
        for one, other in zip(model.predict(arrays), both.predict(arrays), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6)
        placed = {op.device for op in tf.get_default_graph().get_operations()}
        assert {"/device:GPU:0", "/device:GPU:1"} <= placed
        assert both.output_names == ["dense", "concatenate"]

    def test_there_must_be_as_many(self, model):
        for gpus in (1, [0]):
            with pytest.raises(ValueError, match="For multi-gpu usage to be effective"):
                utils.multi_gpu_model(model, gpus)
        with pytest.raises(ValueError, match="However this machine only has"):
            utils.multi_gpu_model(model, [97, 98])


def test_names_of_outputs_are_distinct():
    assert several_gpus._distinct(["a", "b", "a"]) == ["a_1", "b", "a_2"]


def test_contrib_has_the_same_modules():
    assert tf.contrib.keras.preprocessing.sequence.pad_sequences([[1]]).tolist() == [[1]]
    assert tf.contrib.keras.layers.Dense is tf.keras.layers.Dense


def test_exact_kernels_of_vectors():
    x, y = np.float32([[0, 0], [3, 4]]), np.float32([3, 4])
    with tf.Graph().as_default(), tf.Session() as session:
        gaussian, laplacian = exact_gaussian_kernel(x, y, 5.0), exact_laplacian_kernel(x, y, 7.0)
        found = session.run([gaussian, laplacian])
    np.testing.assert_allclose(found[0], [[np.exp(-0.5)], [1.0]], rtol=1e-6)
    np.testing.assert_allclose(found[1], [[np.exp(-1.0)], [1.0]], rtol=1e-6)
    with pytest.raises(ValueError, match="outermost dimensions of the input tensors should match"):
        exact_gaussian_kernel(x, np.float32([1]), 1.0)
