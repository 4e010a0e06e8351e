"""Partitioned variables: how they are made, found, read, changed, trained, saved and restored."""

import hashlib
import os
import tempfile

from .suite import Suite

suite = Suite("parts")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def names(things):
    return [thing.name for thing in things]


def divided(tf, name="v", shape=(5, 2), count=2, axis=0, **options):
    """A variable in `count` parts, which counts up from 0."""
    size = 1
    for length in shape:
        size *= length
    value = tf.reshape(tf.range(size, dtype=tf.float32), shape, name=f"{name}_values")
    partitioner = tf.fixed_size_partitioner(count, axis)
    return tf.get_variable(name, initializer=value, partitioner=partitioner, **options)


# Making and finding.


@story
def parts_are_variables(tf, run):
    v = divided(tf)
    run.note([v.name, str(v.shape), v.dtype.name, len(v), names(v)])
    run.note([str(part.shape) for part in v])
    run.note([part._get_save_slice_info().spec for part in v])
    run.note([names(tf.global_variables()), names(tf.trainable_variables())])
    run(tf.global_variables_initializer())
    run(list(v))
    run(v.as_tensor())


@story
def reading_joins_them(tf, run):
    v = divided(tf, axis=1, count=2)
    with tf.control_dependencies([tf.constant(1.0)]), tf.name_scope("inside"):
        run.note([v.as_tensor().name, v._concat().name, tf.identity(v).name])
    run.note(tf.convert_to_tensor(v, tf.float32).name)
    run.refused(lambda: tf.convert_to_tensor(v, tf.int32))
    run(tf.global_variables_initializer())
    run([v.as_tensor(), tf.reduce_sum(v), tf.matmul(v, v, transpose_b=True)])


@story
def one_part_is_read_alone(tf, run):
    v = divided(tf, count=1)
    run.note([names(v), v.as_tensor().name, len(v)])


@story
def initializers_are_called_for_each_part(tf, run):
    tf.set_random_seed(3)
    with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(3)):
        made = [
            tf.get_variable("default", [7, 4]),
            tf.get_variable("vector", [4]),
            tf.get_variable("whole", []),
            tf.get_variable("numbers", [4], dtype=tf.int32),
            tf.get_variable("filled", [4], initializer=tf.constant_initializer(2.0)),
            tf.get_variable("eye", [4, 4], initializer=tf.initializers.identity(2.0)),
            tf.get_variable("he", [4, 4], initializer=tf.initializers.he_normal()),
            tf.get_variable("unit", [4, 4], initializer=tf.uniform_unit_scaling_initializer()),
            tf.get_variable("listed", initializer=tf.constant([1.0, 2.0, 3.0, 4.0])),
        ]
    run(tf.global_variables_initializer())
    run([tf.convert_to_tensor(variable) for variable in made])


@story
def initializers_are_told_which_part(tf, run):
    told = []

    def initializer(shape, dtype=None, partition_info=None):
        told.append([shape, partition_info.full_shape, partition_info.var_offset])
        told.append(partition_info.single_offset(shape))
        told.append(partition_info.single_slice_dim(shape))
        return tf.zeros(shape, dtype)

    partitioner = tf.fixed_size_partitioner(2, axis=1)
    tf.get_variable("v", [3, 5], initializer=initializer, partitioner=partitioner)
    run.note(told)


@story
def regularizers_are_called_for_each_part(tf, run):
    divided(tf, regularizer=lambda part: tf.reduce_sum(part, name="total"))
    run.note(names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)))


@story
def they_are_found_again(tf, run):
    by_two = tf.fixed_size_partitioner(2)
    with tf.variable_scope("s", partitioner=by_two):
        v = tf.get_variable("v", [4])
    with tf.variable_scope("s", reuse=True):
        run.note(tf.get_variable("v", [4]) is v)
        run.note(tf.get_variable("v/part_0", [2]) is next(iter(v)))
        run.note(tf.get_variable("v", [4], partitioner=by_two) is v)
        run.refused(lambda: tf.get_variable("v", [5], partitioner=by_two))
        run.refused(lambda: tf.get_variable("v", [4], tf.int32, partitioner=by_two))
        by_three = tf.fixed_size_partitioner(3)
        run.refused(lambda: tf.get_variable("v", [4], partitioner=by_three))
        run.refused(lambda: tf.get_variable("w", [4], partitioner=by_three))
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE, partitioner=by_two):
        run.note(tf.get_variable("v", [4]) is v)
    with tf.variable_scope("s"):
        run.refused(lambda: tf.get_variable("v", [4], partitioner=by_two))
        run.refused(lambda: tf.get_variable("v", [4]))
        tf.get_variable("whole", [4])
        run.refused(lambda: tf.get_variable("whole", [4], partitioner=by_two))


@story
def parts_that_are_there_already(tf, run):
    for name in ("v/part_0", "v/part_1"):
        tf.get_variable(name, [2])
    by = tf.fixed_size_partitioner
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        run.refused(lambda: tf.get_variable("v", [6], partitioner=by(3)))
        run.refused(lambda: tf.get_variable("v", [2], partitioner=by(1)))
        run.note(names(tf.get_variable("v", [4], partitioner=by(2))))


@story
def partitioners_that_do_not_fit(tf, run):
    def by(partitioner, shape=(4, 4)):
        run.refused(lambda: tf.get_variable("v", shape, partitioner=partitioner))

    by(3)
    by(lambda shape, dtype: 2)
    by(lambda shape, dtype: [2])
    by(lambda shape, dtype: [2, 0])
    by(lambda shape, dtype: [2, 2])
    by(lambda shape, dtype: [2, 1], [None, 4])
    by(tf.min_max_variable_partitioner(2, axis=2))
    run.refused(lambda: tf.variable_axis_size_partitioner(0))
    run.refused(lambda: tf.variable_axis_size_partitioner(1, max_shards=-1))
    run.refused(lambda: tf.variable_axis_size_partitioner(9)([4], tf.float32))


@story
def partitioners(tf, run):
    def parts(partitioner, shape, dtype=tf.float32):
        return list(partitioner(shape=tf.TensorShape(shape), dtype=dtype))

    fixed, sized = tf.fixed_size_partitioner, tf.variable_axis_size_partitioner
    bounded = tf.min_max_variable_partitioner
    run.note([parts(fixed(3), [7, 2]), parts(fixed(3, 1), [7, 2]), parts(fixed(9), [7])])
    run.note([parts(sized(64), [4, 8]), parts(sized(65), [4, 8]), parts(sized(7), [4, 8])])
    run.note([parts(sized(64, 1), [4, 8]), parts(sized(64, max_shards=2), [9, 16])])
    run.note([parts(sized(64), [8, 2], tf.string), parts(sized(64), [8, 2], tf.float64)])
    run.note(parts(sized(64, bytes_per_string_element=8), [8, 2], tf.string))
    run.note([parts(bounded(), [9]), parts(bounded(16), [1024, 1024])])
    run.note([parts(bounded(100), [1024, 1024]), parts(bounded(3, 1, 4), [2, 2])])
    run.note(parts(bounded(9, 0, 16, 4), [6, 2], tf.string))


@story
def getters_make_parts(tf, run):
    def own(getter, name, *args, **kwargs):
        run.note([name, kwargs["partitioner"] is not None])
        return tf.identity(getter(name, *args, **kwargs), name="own")

    partitioner = tf.fixed_size_partitioner(2)
    with tf.variable_scope("s", custom_getter=own, partitioner=partitioner):
        run.note(tf.get_variable("v", [4]).name)


class Getter:
    """A custom getter that makes nothing."""

    def __call__(self, getter, *args, **kwargs):
        return None

    def __repr__(self):
        return "Getter()"


@story
def created_by_their_own_function(tf, run):
    create = tf.create_partitioned_variables
    run.note(names(create([4, 2], [2, 1], tf.zeros_initializer())))
    run.note(names(create([2, 4], [1, 3], tf.ones([2, 4]), name="named")))
    run.note(names(create([4], [2], tf.zeros_initializer(), tf.int32, False, name="named_too")))
    run.note(names(create([4, 2], [2, 1], tf.zeros_initializer())))
    with tf.variable_scope("s"):
        first = create([4], [2], tf.zeros_initializer(), name="v")
        run.note(create([4], [2], tf.zeros_initializer(), name="v", reuse=True) == first)
        run.refused(lambda: create([4], [4], tf.zeros_initializer(), name="v", reuse=True))
    run.refused(lambda: create([4], [2, 1], tf.zeros_initializer()))
    run.refused(lambda: create([], [], tf.zeros_initializer()))
    run.refused(lambda: create([4, 4], [2, 2], tf.zeros_initializer()))
    with tf.variable_scope("t", custom_getter=Getter()):
        run.refused(lambda: create([4], [2], tf.zeros_initializer(), name="v"))


# Using.


@story
def assigning_to_all_parts(tf, run):
    v, w = divided(tf, "v"), divided(tf, "w")
    ones = tf.ones([5, 2])
    changes = [v.assign(ones), v.assign_add(ones, name="add"), v.assign_sub(2.0 * ones, True)]
    changes += [v.assign(w), v.assign_add([tf.ones([3, 2]), tf.ones([2, 2])])]
    run(tf.global_variables_initializer())
    for change in changes:
        run(change)
        run(v.as_tensor())


@story
def rows_are_looked_up(tf, run):
    v = divided(tf, shape=(7, 2), count=3)
    ids = tf.placeholder_with_default([[6, 0], [3, 3], [2, 5]], [None, 2])
    by_blocks = tf.nn.embedding_lookup(v, ids, partition_strategy="div")
    in_turn = tf.nn.embedding_lookup(v, tf.placeholder_with_default([0, 5], [2]))
    alone = tf.nn.embedding_lookup(divided(tf, "w", count=1), [1, 0])
    shortened = tf.nn.embedding_lookup(v, ids, partition_strategy="div", max_norm=2.0)
    gradients = tf.gradients(tf.square(by_blocks), list(v))
    run(tf.global_variables_initializer())
    run([by_blocks, in_turn, alone, shortened])
    run(gradients)


def trained(tf, run, optimizer):
    v = divided(tf, shape=(3, 2))
    loss = tf.reduce_sum(tf.square(v))
    step = optimizer.minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(2):
        run([loss, step])
    run(v.as_tensor())
    slots = [optimizer.get_slot(part, name) for name in optimizer.get_slot_names() for part in v]
    places = [slot._get_save_slice_info() for slot in slots]
    run.note([[place.full_name, place.spec] for place in places])


@story
def parts_are_trained(tf, run):
    trained(tf, run, tf.train.GradientDescentOptimizer(0.25))


@story
def parts_are_trained_with_slots(tf, run):
    trained(tf, run, tf.train.MomentumOptimizer(0.25, 0.5))


@story
def parts_are_trained_by_adam(tf, run):
    trained(tf, run, tf.train.AdamOptimizer(0.25))


@story
def a_wrapper_of_ones_own(tf, run):
    parts = [tf.Variable([1.0, 2.0], name="a"), tf.Variable([3.0], name="b")]
    for i, (offset, size) in enumerate([(0, 2), (2, 1)]):
        parts[i]._set_save_slice_info(tf.Variable.SaveSliceInfo("v", [3], [offset], [size]))
    kind = type(divided(tf, "made"))
    run.note(names(kind("v", [3], tf.float32, parts[::-1], [2])))
    run.refused(lambda: kind("v", [3], tf.float32, parts[0], [2]))
    run.refused(lambda: kind("v", [3], tf.float32, parts, 2))
    run.refused(lambda: kind("v", [3], tf.float32, parts, [0]))
    run.refused(lambda: kind("v", [3], tf.float32, [], [2]))
    run.refused(lambda: kind("v", [3], tf.float32, parts, [2, 1]))
    run.refused(lambda: kind("v", [4], tf.float32, parts, [2]))
    run.refused(lambda: kind("v", [1], tf.float32, [tf.Variable([1.0], name="c")], [1]))


@story
def wrapped_along_two_axes(tf, run):
    parts = []
    for i in range(2):
        for j in range(2):
            part = tf.Variable([[1.0]], name="part")
            part._set_save_slice_info(tf.Variable.SaveSliceInfo("v", [2, 2], [i, j], [1, 1]))
            parts.append(part)
    v = type(divided(tf, "made"))("v", [2, 2], tf.float32, parts, [2, 2])
    run.refused(lambda: len(v))
    run.refused(v.as_tensor)
    run.refused(lambda: v.assign(tf.ones([2, 2])))


# Files.


def digests(prefix):
    """What the files of a checkpoint hold."""
    found = {}
    for suffix in (".index", ".data-00000-of-00001"):
        with open(prefix + suffix, "rb") as file:
            found[suffix] = hashlib.sha1(file.read()).hexdigest()
    return found


@story
def files_hold_slices(tf, run):
    v = divided(tf, shape=(7, 2), count=3)
    tf.get_variable("whole", initializer=tf.constant([1.0, 2.0]))
    saver = tf.train.Saver()
    run(tf.global_variables_initializer())
    with tempfile.TemporaryDirectory() as folder:
        prefix = os.path.join(folder, "m")
        saver.save(run.session, prefix)
        run.note(digests(prefix))
        reader = tf.train.load_checkpoint(prefix)
        run.note(reader.get_variable_to_shape_map())
        run.note(reader.get_tensor("v"))
        run(v.assign(tf.zeros([7, 2])))
        saver.restore(run.session, prefix)
    run(v.as_tensor())


@story
def restored_into_other_parts(tf, run):
    v = divided(tf, "one/v", (7, 3), 3)
    two = divided(tf, "two/v", (7, 3), 2, axis=1)
    whole = tf.get_variable("three/v", [7, 3])
    run(tf.global_variables_initializer())
    with tempfile.TemporaryDirectory() as folder:
        prefix = os.path.join(folder, "m")
        tf.train.Saver({"v": v}, name="a").save(run.session, prefix)
        run([v.assign(tf.zeros([7, 3])), two.assign(tf.zeros([7, 3]))])
        for name, target in (("b", two), ("c", whole), ("d", list(v))):
            tf.train.Saver({"v": target}, name=name).restore(run.session, prefix)
        run([v.as_tensor(), two.as_tensor(), whole])
        tf.train.Saver({"v": whole}, name="e").save(run.session, prefix)
        run(v.assign(tf.zeros([7, 3])))
        tf.train.Saver({"v": v}, name="f").restore(run.session, prefix)
        run(v.as_tensor())


@story
def started_from_a_checkpoint(tf, run):
    v = divided(tf, "from/v", (4, 2), 2)
    run(tf.global_variables_initializer())
    with tempfile.TemporaryDirectory() as folder:
        prefix = os.path.join(folder, "m")
        tf.train.Saver().save(run.session, prefix)
        with tf.Graph().as_default(), tf.Session() as session:  # whose nodes hold the folder's name
            by_three = tf.fixed_size_partitioner(3)
            with tf.variable_scope("to", partitioner=by_three):
                named, listed = (tf.get_variable(name, [4, 2]) for name in ("named", "listed"))
            with tf.variable_scope("scope"):
                below = tf.get_variable("v", [4, 2], partitioner=by_three)
            tf.train.init_from_checkpoint(prefix, {"from/v": list(listed)})
            tf.train.init_from_checkpoint(prefix, {"from/v": "to/named"})
            tf.train.init_from_checkpoint(prefix, {"from/": "scope/"})
            session.run(tf.global_variables_initializer())
            run.note(session.run([part.as_tensor() for part in (named, listed, below)]))
    run.note(len(v))


@story
def what_cannot_be_saved(tf, run):
    v = divided(tf)
    other = divided(tf, "other")
    run.refused(lambda: tf.train.Saver({"v": [*v, tf.Variable(1.0)]}))
    run.refused(lambda: tf.train.Saver({"v": [next(iter(v)), next(iter(other))]}))
    run.refused(lambda: tf.train.Saver([v, *v]))


@story
def in_a_meta_graph(tf, run):
    v = divided(tf)
    tf.add_to_collection("wholes", v)
    tf.train.Saver()
    run.note(tf.get_default_graph().get_operation_by_name("v").type)
    meta_graph = tf.train.export_meta_graph()
    run.note(list(meta_graph.collection_def["wholes"].node_list.value))
    with tf.Graph().as_default():
        tf.train.import_meta_graph(meta_graph)
        run.note(names(tf.get_collection("wholes")))
        parts = tf.global_variables()
        run.note([[part.name, part._get_save_slice_info().spec] for part in parts])


@story
def assigned_as_a_whole(tf, run):
    v = divided(tf)
    value = tf.ones(v.shape)
    run([part.initializer for part in v])
    run.note(names(tf.assign(v, value, name="set")))
    run(tf.assign(v, value, validate_shape=False, use_locking=False))
    run(tf.assign_add(v, value, name="added"))
    run(tf.assign_sub(v, value, use_locking=True))
    run.refused(lambda: tf.assign(v, value[:3]))
