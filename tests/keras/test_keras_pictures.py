"""Pictures in batches, changed by chance. Numbers are those of keras_preprocessing 1.1.2."""

import os

import numpy as np
import pytest

import stillflow as tf
from stillflow.keras.preprocessing.image import libraries

image = tf.keras.preprocessing.image
pytest.importorskip("PIL")

PICTURE = np.arange(9.0, dtype=np.float32).reshape(3, 3, 1)

CHANGED = [4.7819, 3.6696, 2.1881, 7.9466, 6.8544, 4.9929, 7.9466, 7.3709, 6.6216]
ORDER = [[3, 4], [1, 0], [2], [3, 4]]
STANDARD = [-0.7634, -0.6973, -0.6313, -0.5652, -0.4991, -0.4331, -0.367, -0.301, -0.2349]


def pictures(count, *shape):
    return np.arange(count * np.prod(shape), dtype=np.float32).reshape(count, *shape)


def test_changes_are_drawn_as_before():
    made = image.ImageDataGenerator(
        rotation_range=40,
        width_shift_range=0.3,
        height_shift_range=[1],
        shear_range=15,
        zoom_range=0.2,
        channel_shift_range=2.0,
        horizontal_flip=True,
    )
    changed = made.random_transform(PICTURE, seed=5)
    np.testing.assert_allclose(changed.ravel(), CHANGED, atol=1e-3)


def test_orders_are_drawn_as_before():
    batches = image.ImageDataGenerator().flow(
        pictures(5, 1, 1, 1), np.arange(5), batch_size=2, seed=3
    )
    assert len(batches) == 3
    assert [next(batches)[1].tolist() for _ in range(4)] == ORDER


def test_what_is_learned_of_all_pictures():
    made = image.ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True)
    with pytest.warns(UserWarning, match="hasn't been fit on any training data"):
        made.standardize(PICTURE.copy())
    made.fit(np.stack([PICTURE, 2 * PICTURE, PICTURE * PICTURE]))
    np.testing.assert_allclose(made.standardize(PICTURE.copy()).ravel(), STANDARD, atol=1e-3)


def test_whitened_pictures_are_uncorrelated():
    x = np.random.RandomState(0).rand(50, 2, 2, 1)
    made = image.ImageDataGenerator(zca_whitening=True, featurewise_center=True)
    made.fit(x)
    white = np.stack([made.standardize(each.astype(np.float32)) for each in x]).reshape(50, 4)
    np.testing.assert_allclose(white.T @ white / 50, np.eye(4), atol=1e-2)


def test_further_arrays_and_weights_go_along():
    x, extra = pictures(4, 2, 2, 3), np.arange(4)
    batches = image.ImageDataGenerator(validation_split=0.5).flow(
        (x, extra), extra % 2, sample_weight=extra, shuffle=False, subset="validation"
    )
    (shown, along), labels, weights = batches[0]
    assert shown.tolist() == x[:2].tolist()
    assert (along.tolist(), labels.tolist(), weights.tolist()) == ([0, 1],) * 3


@pytest.fixture
def folder(tmp_path):
    """Two pictures of each of two classes."""
    for name, level in (("cats", 0), ("dogs", 100)):
        (tmp_path / name).mkdir()
        for number in range(2):
            x = np.full((4, 5, 3), level + number)
            image.save_img(str(tmp_path / name / f"{number}.png"), x, scale=False)
    (tmp_path / "cats" / "notes.txt").write_text("no picture")
    return str(tmp_path)


def test_folders_of_classes(folder, capsys):
    made = image.ImageDataGenerator(rescale=0.5)
    batches = made.flow_from_directory(folder, target_size=(4, 5), batch_size=3, shuffle=False)
    assert capsys.readouterr().out == "Found 4 images belonging to 2 classes.\n"
    assert batches.class_indices == {"cats": 0, "dogs": 1}
    assert batches.filenames == [f"{n}{os.sep}{i}.png" for n in ("cats", "dogs") for i in (0, 1)]
    x, y = next(batches)
    assert (x.shape, x[:, 0, 0, 0].tolist()) == ((3, 4, 5, 3), [0, 0.5, 50])
    assert y.tolist() == [[1, 0], [1, 0], [0, 1]]
    numbers = made.flow_from_directory(folder, class_mode="sparse", classes=["dogs"])
    assert next(numbers)[1].tolist() == [0, 0]
    assert made.flow_from_directory(folder, class_mode=None, target_size=(2, 2))[0].shape[:3] == (
        4,
        2,
        2,
    )


def test_changed_pictures_are_written(folder, tmp_path):
    made = image.ImageDataGenerator()
    there = tmp_path / "made"
    there.mkdir()
    next(made.flow_from_directory(folder, save_to_dir=str(there), save_prefix="new"))
    assert len(os.listdir(there)) == 4


def test_tables_of_files(folder):
    pandas = pytest.importorskip("pandas")
    names = ["cats/0.png", "dogs/1.png", "absent.png"]
    table = pandas.DataFrame({"filename": names, "class": ["cat", "dog", "cat"], "age": [1, 2, 3]})
    made = image.ImageDataGenerator()
    with pytest.warns(UserWarning, match="Found 1 invalid image filename"):
        batches = made.flow_from_dataframe(table, folder, shuffle=False)
    assert next(batches)[1].tolist() == [[1, 0], [0, 1]]
    ages = made.flow_from_dataframe(
        table[:2], folder, y_col="age", class_mode="raw", shuffle=False, weight_col="age"
    )
    assert [each.tolist() for each in next(ages)[1:]] == [[1, 2], [1, 2]]
    with pytest.raises(TypeError, match="y_col must be a list"):
        made.flow_from_dataframe(table, folder, class_mode="multi_output")


def test_colours_and_sizes(folder):
    path = os.path.join(folder, "dogs", "1.png")
    assert image.load_img(path, color_mode="grayscale").getpixel((0, 0)) == 101
    assert image.load_img(path, color_mode="rgba", target_size=(2, 3)).size == (3, 2)
    first = image.img_to_array(image.load_img(path), data_format="channels_first")
    assert (first.shape, first.dtype) == ((3, 4, 5), np.float32)
    scaled = image.array_to_img(PICTURE)
    assert (scaled.mode, scaled.getpixel((2, 2)), scaled.getpixel((0, 0))) == ("L", 255, 0)
    assert image.array_to_img(PICTURE * 100, scale=False).mode == "I"


@pytest.mark.parametrize(
    ("misuse", "text"),
    [
        (lambda: image.array_to_img(np.ones((2, 2))), "to have rank 3"),
        (lambda: image.array_to_img(np.ones((2, 2, 2))), "Unsupported channel number: 2"),
        (lambda: image.img_to_array(np.ones(2)), "Unsupported image shape"),
        (lambda: image.ImageDataGenerator(zoom_range=(1, 2, 3)), "`zoom_range` should be"),
        (lambda: image.ImageDataGenerator(validation_split=2), "strictly between 0 and 1"),
        (lambda: image.ImageDataGenerator(data_format="last"), "`data_format` should be"),
        (lambda: image.ImageDataGenerator(brightness_range=3), "`brightness_range should be"),
        (lambda: image.ImageDataGenerator().flow(np.ones((2, 2))), "should have rank 4"),
        (lambda: image.ImageDataGenerator().flow(np.ones((2, 1, 1, 1)), [1]), "same length"),
        (lambda: image.ImageDataGenerator().flow(np.ones((2, 1, 1, 1)))[1], "has length 1"),
        (lambda: image.ImageDataGenerator().fit(np.ones(2)), "should have rank 4"),
        (lambda: image.random_zoom(PICTURE, (1,)), "list of two floats"),
    ],
)
def test_misuse(misuse, text):
    with pytest.raises(ValueError, match=text):
        misuse()


def test_without_the_libraries_it_says_what_to_install():
    with pytest.raises(ImportError, match=r"(?s)`load_img` requires PIL.*stillflow\[image\]"):
        libraries.pillow("Absent", "load_img")
    with pytest.raises(ImportError, match=r"(?s)Install SciPy.*stillflow\[image\]"):
        libraries.scipy("absent", "Image transformations require")
