"""A detector of the usual build, as published ones are: TensorFlow 1.15 exports it frozen.

Pictures are prepared one by one (map_fn), which asserts say are pictures; a small network gives
boxes and scores for a grid of anchors; what overlaps is suppressed picture by picture and class by
class (map_fn of several arrays), sorted and padded; a loop adds up how much of each is covered.
"""

import os

import numpy as np

GRID, SIZES, KEPT = 8, (4.0, 9.0, 14.0), 6
INPUTS = ("image_tensor:0",)
OUTPUTS = (
    "detection_boxes:0",
    "detection_scores:0",
    "detection_classes:0",
    "num_detections:0",
    "covered:0",
)


def pictures(count, size=32):
    """u8[count, size, size, 3]: bright squares on noise."""
    random = np.random.RandomState(count)
    noise = random.randint(0, 96, size=(count, size, size, 3))
    for picture in noise:
        for _ in range(2):
            row, column = random.randint(0, size - 10, size=2)
            picture[row : row + 9, column : column + 9] += random.randint(80, 160, size=3)
    return noise.astype(np.uint8)


def build(tf):
    """The graph, from image_tensor, u8[batch, height, width, 3], to OUTPUTS."""
    tf.set_random_seed(5)
    images = tf.placeholder(tf.uint8, [None, None, None, 3], name="image_tensor")
    with tf.variable_scope("Preprocessor"):
        inputs = preprocessed(tf, images)
    with tf.variable_scope("FeatureExtractor"):
        features = extracted(tf, inputs)
    with tf.variable_scope("BoxPredictor"):
        offsets, logits = predicted(tf, features)
    with tf.variable_scope("Postprocessor"):
        boxes = decoded(tf, offsets)
        scores = tf.sigmoid(logits, name="convert_scores")
        results = suppressed(tf, boxes, scores)
    results = [*results, covered(tf, results[0], results[3])]
    for i, name in enumerate(OUTPUTS):
        tf.identity(results[i], name=name[:-2])


def preprocessed(tf, images):
    """f32[batch, 24, 24, 3] in [-1, 1], from the middle of each picture."""
    floats = tf.to_float(images)
    shape = tf.shape(floats)
    is_picture = tf.Assert(
        tf.reduce_all(tf.greater_equal(shape[1:3], 24)), ["pictures are too small:", shape]
    )
    with tf.control_dependencies([is_picture]):
        floats = tf.identity(floats)

    def prepared(picture):
        size = tf.shape(picture)
        start = tf.stack([(size[0] - 24) // 2, (size[1] - 24) // 2, 0])
        middle = tf.slice(picture, start, [24, 24, 3])
        bright = tf.cond(
            tf.reduce_max(middle) > 200.0, lambda: middle * (200.0 / 255.0), lambda: middle
        )
        return bright * (2.0 / 255.0) - 1.0

    return tf.map_fn(prepared, floats, dtype=tf.float32, parallel_iterations=32)


def extracted(tf, inputs):
    """f32[batch, 8, 8, 16]."""
    net = normal(tf, tf.nn.conv2d(inputs, weights(tf, "first", 3, 3, 3, 8), [1, 3, 3, 1], "SAME"))
    net = tf.nn.depthwise_conv2d(net, weights(tf, "depthwise", 3, 3, 8, 1), [1] * 4, "SAME")
    net = normal(tf, net)
    return normal(tf, tf.nn.conv2d(net, weights(tf, "pointwise", 1, 1, 8, 16), [1] * 4, "SAME"))


def weights(tf, name, *shape):
    random = np.random.RandomState(sum(map(ord, name)))
    values = random.randn(*shape) * (2.0 / np.prod(shape[:3])) ** 0.5
    return tf.get_variable(name, initializer=values.astype(np.float32))


def normal(tf, net):
    depth = net.shape.as_list()[3]
    ones, zeros = tf.ones([depth]), tf.zeros([depth])
    net, _, _ = tf.nn.fused_batch_norm(net, ones, zeros, zeros, ones, is_training=False)
    return tf.nn.relu6(net)


def predicted(tf, features):
    """f32[batch, anchors, 4], f32[batch, anchors, 3]: nothing, and two classes."""
    count = tf.shape(features)[0]
    results = []
    for name, biases in (("offsets", [0.0] * 4), ("scores", [0.0, 0.5, 0.0])):
        depth = len(biases)
        kernel = weights(tf, name, 1, 1, 16, len(SIZES) * depth)
        net = tf.nn.bias_add(
            tf.nn.conv2d(features, kernel, [1] * 4, "SAME"), tf.constant(biases * len(SIZES))
        )
        results.append(tf.reshape(net, [count, GRID * GRID * len(SIZES), depth]))
    return results


def decoded(tf, offsets):
    """f32[batch, anchors, 1, 4]: the anchors moved and stretched by `offsets`."""
    places = tf.to_float(tf.range(GRID)) * 3.0 + 1.5
    y, x = tf.meshgrid(places, places, indexing="ij")
    centres = tf.tile(tf.stack([y, x], axis=-1)[:, :, None], [1, 1, len(SIZES), 1])
    sides = tf.tile(tf.constant(SIZES)[None, None, :, None], [GRID, GRID, 1, 2])
    centres, sides = tf.reshape(centres, [-1, 2]), tf.reshape(sides, [-1, 2])
    moved, stretched = tf.split(offsets, 2, axis=2)
    middle = moved / 4.0 * sides + centres
    half = tf.exp(stretched / 5.0) * sides / 2.0
    return tf.expand_dims(tf.concat([middle - half, middle + half], axis=2) / 24.0, 2)


def suppressed(tf, boxes, scores):
    """Boxes f32[batch, KEPT, 4], scores and classes f32[batch, KEPT], how many f32[batch]."""
    with tf.name_scope("BatchMultiClassNonMaxSuppression"):
        counts = tf.fill([tf.shape(boxes)[0]], tf.shape(boxes)[1])
        return tf.map_fn(
            lambda given: of_one_picture(tf, *given),
            (boxes, scores[:, :, 1:], counts),
            dtype=(tf.float32, tf.float32, tf.float32, tf.float32),
            parallel_iterations=32,
        )


def of_one_picture(tf, boxes, scores, count):
    boxes = tf.slice(boxes, [0, 0, 0], tf.stack([count, 1, 4]))
    kept_boxes, kept_scores, kept_classes = [], [], []
    for kind, class_scores in enumerate(tf.unstack(scores, axis=1)):
        class_boxes = boxes[:, 0]
        likely = tf.reshape(tf.where(class_scores > 0.64), [-1])
        class_boxes = tf.gather(class_boxes, likely)
        class_scores = tf.gather(class_scores, likely)
        most = tf.minimum(tf.shape(class_boxes)[0], KEPT)
        kept = tf.image.non_max_suppression(class_boxes, class_scores, most, iou_threshold=0.4)
        kept_boxes.append(tf.gather(class_boxes, kept))
        kept_scores.append(tf.gather(class_scores, kept))
        kept_classes.append(tf.zeros_like(kept_scores[-1]) + kind)
    boxes, scores = tf.concat(kept_boxes, 0), tf.concat(kept_scores, 0)
    classes = tf.concat(kept_classes, 0)
    count = tf.minimum(tf.shape(scores)[0], KEPT)
    scores, order = tf.nn.top_k(scores, count)
    boxes, classes = tf.gather(boxes, order), tf.gather(classes, order)
    more = tf.maximum(KEPT - count, 0)
    boxes = tf.clip_by_value(tf.pad(boxes, [[0, more], [0, 0]]), 0.0, 1.0)
    boxes.set_shape([KEPT, 4])
    scores = tf.reshape(tf.pad(scores, [[0, more]]), [KEPT])
    classes = tf.reshape(tf.pad(classes, [[0, more]]), [KEPT])
    return boxes, scores, classes, tf.to_float(count)


def covered(tf, boxes, counts):
    """f32[batch]: the areas of what was found, added up in a loop of the batch's own length."""
    most = tf.to_int32(tf.reduce_max(counts))

    def turn(i, total, areas):
        box = boxes[:, i]
        area = (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
        return i + 1, total + area, areas.write(i, area)

    areas = tf.TensorArray(tf.float32, size=0, dynamic_size=True, element_shape=[None])
    _, total, areas = tf.while_loop(
        lambda i, *_: i < most, turn, (0, tf.zeros_like(counts), areas), parallel_iterations=1
    )
    valid = tf.Assert(tf.equal(areas.size(), most), ["areas are missing:", areas.size()])
    with tf.control_dependencies([valid]):
        return tf.identity(total)


def export(tf, folder):
    """Writes the frozen graph."""
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        build(tf)
        sess.run(tf.global_variables_initializer())
        names = [name[:-2] for name in OUTPUTS]
        frozen = tf.graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), names)
        tf.train.write_graph(frozen, folder, "detector.pb", as_text=False)


def use(tf, folder):
    """What the frozen graph finds in batches of several lengths and sizes, and what it refuses."""
    with open(os.path.join(folder, "detector.pb"), "rb") as file:
        graph_def = tf.GraphDef.FromString(file.read())
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.import_graph_def(graph_def, name="")
        found = {}
        for count, size in ((1, 32), (3, 32), (2, 40)):
            results = sess.run(list(OUTPUTS), {INPUTS[0]: pictures(count, size)})
            for i, name in enumerate(OUTPUTS):
                numbers = np.asarray(results[i], float).ravel().tolist()
                found[f"{count} of {size}: {name}"] = numbers
        try:
            sess.run(list(OUTPUTS), {INPUTS[0]: pictures(1, 16)})
        except tf.errors.InvalidArgumentError as error:
            # Which of the checks that fail is reported, their order in a run decides.
            found["too small"] = type(error).__name__
        return found
