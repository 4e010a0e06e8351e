"""Programs with Savers, which run under TensorFlow 1.15 (Python 3.7) and under Stillflow alike.

GRAPHS build a Saver, whose nodes are compared; FAILURES raise, and what they raise is compared.
"""

import os


def one(tf):
    """A variable to save, where it does not matter which."""
    return tf.Variable(tf.zeros([2, 3]), name="w")


def session(tf):
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    return sess


def parts(tf, whole="whole"):
    """The two rows of a matrix as variables of their own."""
    rows = []
    for start in range(2):
        row = tf.Variable(tf.zeros([1, 3]) + float(start), name=f"row_{start}")
        row._set_save_slice_info(tf.Variable.SaveSliceInfo(whole, [2, 3], [start, 0], [1, 3]))
        rows.append(row)
    return rows


def graph_default(tf):
    tf.Variable(tf.zeros([3]), name="b")
    tf.Variable(1, name="a", trainable=False)
    return tf.train.Saver()


def graph_names(tf):
    b = tf.Variable(tf.zeros([3]), name="b")
    a = tf.Variable(1, name="a")
    return tf.train.Saver({"z": a, "c": b}, max_to_keep=None, keep_checkpoint_every_n_hours=0.5)


def graph_list(tf):
    b = tf.Variable(tf.zeros([3]), name="b")
    one(tf)
    a = tf.Variable(1, name="a")
    return tf.train.Saver([b, a], name="mine", filename="given", max_to_keep=2)


def graph_reshape(tf):
    tf.Variable(tf.placeholder(tf.float32), validate_shape=False, name="b")
    tf.Variable(tf.zeros([2, 3]), name="a")
    return tf.train.Saver(reshape=True)


def graph_unknown_shape(tf):
    tf.Variable(tf.placeholder(tf.float32), validate_shape=False, name="b")
    return tf.train.Saver(restore_sequentially=True)


def graph_in_scopes(tf):
    one(tf)
    with tf.name_scope("scope"), tf.control_dependencies([tf.no_op(name="first")]):
        return tf.train.Saver()


def graph_two_savers(tf):
    w = one(tf)
    tf.train.Saver()
    tf.Variable(2.0, name="later")
    return tf.train.Saver([w])


def graph_sharded(tf):
    with tf.device("/cpu:1"):
        tf.Variable(tf.zeros([3]), name="b")
    tf.Variable(1, name="a")
    return tf.train.Saver(sharded=True)


def graph_sharded_on_one_device(tf):
    one(tf)
    tf.Variable(1, name="a")
    return tf.train.Saver(sharded=True)


def graph_first_format(tf):
    one(tf)
    tf.Variable(1, name="a")
    return tf.train.Saver(write_version=tf.train.SaverDef.V1)


def graph_first_format_sharded(tf):
    with tf.device("/cpu:1"):
        one(tf)
    tf.Variable(1, name="a")
    return tf.train.Saver(sharded=True, write_version=tf.train.SaverDef.V1)


def graph_parts(tf):
    parts(tf)
    one(tf)
    return tf.train.Saver()


def graph_parts_by_name(tf):
    return tf.train.Saver({"w": one(tf), "other": parts(tf)})


def graph_parts_first_format(tf):
    parts(tf)
    return tf.train.Saver(write_version=tf.train.SaverDef.V1)


def graph_optimizer_slots(tf):
    w = one(tf)
    step = tf.Variable(0, trainable=False, name="step")
    loss = tf.reduce_sum(tf.square(w))
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss, global_step=step)
    return tf.train.Saver()


def graph_seeds_after(tf):
    """An op's seed is the number of nodes before it, those of a Saver included."""
    tf.set_random_seed(1)
    one(tf)
    saver = tf.train.Saver()
    tf.random_normal([2], name="after")
    return saver


def meta_graph(tf):
    """Returns the MetaGraphDef of a graph with collections of every kind."""
    w = one(tf)
    tf.Variable(0, trainable=False, name="step")
    doubled = tf.add(w, w, name="doubled")
    for name, value in [
        ("a_variable", w),
        ("a_tensor", doubled),
        ("an_operation", doubled.op),
        ("a_number", 3),
        ("a_float", 1.5),
        ("a_text", "text"),
        ("not_to_be_stored", [1]),
    ]:
        tf.add_to_collection(name, value)
    return tf.train.Saver().export_meta_graph()


def fail_no_variables(tf):
    tf.train.Saver()


def fail_deferred_with_variables(tf):
    tf.train.Saver([one(tf)], defer_build=True)


def fail_not_built(tf):
    one(tf)
    tf.train.Saver(defer_build=True).save(session(tf), "m/c")


def fail_not_a_list(tf):
    tf.train.Saver(one(tf))


def fail_not_a_variable(tf):
    one(tf)
    tf.train.Saver([tf.constant(1.0, name="c")])


def fail_dict_of_no_variable(tf):
    one(tf)
    tf.train.Saver({"c": tf.constant(1.0, name="c")})


def fail_name_is_no_string(tf):
    tf.train.Saver({1: one(tf)})


def fail_variable_twice(tf):
    w = one(tf)
    tf.train.Saver([w, w])


def fail_one_variable_two_names(tf):
    w = one(tf)
    tf.train.Saver({"a": w, "b": w})


def fail_part_named_as_a_whole(tf):
    one(tf)
    parts(tf, "w")
    tf.train.Saver()


def fail_parts_are_whole(tf):
    tf.train.Saver({"w": [one(tf)]})


def fail_parts_of_two(tf):
    tf.train.Saver({"w": parts(tf, "a") + parts(tf, "b")})


def fail_session_is_no_session(tf):
    one(tf)
    tf.train.Saver().save("sess", "m/c")


def fail_uninitialized(tf):
    one(tf)
    os.mkdir("m")
    tf.train.Saver().save(tf.Session(), "m/c")


def fail_no_parent(tf):
    one(tf)
    tf.train.Saver().save(session(tf), "no/such/c")


def fail_parent_is_a_file(tf):
    one(tf)
    open("file", "w").close()
    tf.train.Saver().save(session(tf), "file/c")


def fail_latest_filename_has_a_folder(tf):
    one(tf)
    tf.train.Saver().save(session(tf), "m/c", latest_filename="m/latest")


def fail_latest_filename_collides(tf):
    one(tf)
    tf.train.Saver().save(session(tf), "m/checkpoint")


def fail_restore_none(tf):
    one(tf)
    tf.train.Saver().restore(session(tf), None)


def fail_restore_nothing(tf):
    one(tf)
    os.mkdir("m")
    tf.train.Saver().restore(session(tf), "m/none")


def saved(tf, **tensors):
    with tf.Graph().as_default():
        for name, value in tensors.items():
            tf.Variable(value, name=name)
        return tf.train.Saver().save(session(tf), "m/c", write_meta_graph=False)


def fail_restore_missing_key(tf):
    path = saved(tf, other=1.0)
    one(tf)
    tf.train.Saver().restore(session(tf), path)


def fail_restore_other_shape(tf):
    path = saved(tf, w=[[1.0, 2.0, 3.0]])
    one(tf)
    tf.train.Saver().restore(session(tf), path)


def fail_restore_other_type(tf):
    path = saved(tf, w=[[1, 2, 3], [4, 5, 6]])
    one(tf)
    tf.train.Saver().restore(session(tf), path)


def fail_restore_other_size_reshaped(tf):
    path = saved(tf, w=[1.0, 2.0])
    one(tf)
    tf.train.Saver(reshape=True).restore(session(tf), path)


def fail_restore_an_index(tf):
    path = saved(tf, w=[1.0])
    one(tf)
    tf.train.Saver().restore(session(tf), path + ".index")


def fail_restore_damaged(tf):
    path = saved(tf, w=[[1.0, 2.0, 3.0]] * 2)
    with open(path + ".data-00000-of-00001", "r+b") as file:
        file.write(b"damage")
    one(tf)
    tf.train.Saver().restore(session(tf), path)


def variables_to_initialize(tf):
    """Saves variables in scopes, then builds others in other scopes; returns the checkpoint."""
    with tf.Graph().as_default():
        for name, size in [("old/a", 2), ("old/b", 3), ("old/deep/d", 1), ("c", 1)]:
            tf.get_variable(name, [size])
        path = tf.train.Saver().save(session(tf), "m/c", write_meta_graph=False)
    with tf.variable_scope("new"):
        tf.get_variable("a", [2])
        tf.get_variable("b", [3])
        tf.get_variable("deep/d", [1])
    tf.get_variable("c", [1])
    tf.get_variable("wrong", [7])
    tf.Variable([1.0], name="plain")
    return path


def initialize_scope(tf, path):
    tf.train.init_from_checkpoint(path, {"old/": "new/"})


def initialize_by_names(tf, path):
    tf.train.init_from_checkpoint(path, {"old/a": "new/a", "c": "c"})


def initialize_variable(tf, path):
    tf.train.init_from_checkpoint(path, {"c": tf.global_variables()[-1]})


def initialize_in_folder(tf, path):
    tf.train.init_from_checkpoint("m", {"c": "c"})


def initialize_parts(tf, path):
    rows = []
    for start in range(3):
        row = tf.Variable([0.0], name=f"row_{start}")
        row._set_save_slice_info(tf.Variable.SaveSliceInfo("whole", [3], [start], [1]))
        rows.append(row)
    tf.train.init_from_checkpoint(path, {"old/b": rows})


def initialize_nothing(tf, path):
    tf.train.init_from_checkpoint(path, {"old/": "nowhere/"})
    tf.train.init_from_checkpoint(path, {})


def initialize_warm_start(tf, path):
    tf.train.warm_start(path, "c")


def initialize_warm_start_renamed(tf, path):
    tf.train.warm_start(path, ["new/a", "plain"], None, {"new/a": "old/a", "plain": "c"})


def initialize_warm_start_none(tf, path):
    tf.train.warm_start(path, None)


def initialize_assign_from_checkpoint(tf, path):
    tf.contrib.framework.assign_from_checkpoint(path, {"c": tf.global_variables()[-1]})


def initialize_assign_from_values(tf, path):
    import numpy as np

    tf.contrib.framework.assign_from_values({"new/a": np.zeros([2, 1]), "c": np.ones(1)})


def reject_scope_without_slash(tf, path):
    tf.train.init_from_checkpoint(path, {"old/": "new"})


def reject_scope_to_name(tf, path):
    tf.train.init_from_checkpoint(path, {"old": "new/"})


def reject_unknown_variable(tf, path):
    tf.train.init_from_checkpoint(path, {"c": "plain"})


def reject_root(tf, path):
    tf.train.init_from_checkpoint(path, {"/": "/"})


def reject_root_to_scope(tf, path):
    tf.train.init_from_checkpoint(path, {"/": "new/"})


def reject_missing(tf, path):
    tf.train.init_from_checkpoint(path, {"none": "new/a"})


def reject_shape(tf, path):
    tf.train.init_from_checkpoint(path, {"old/a": "wrong"})


def reject_no_checkpoint(tf, path):
    tf.train.init_from_checkpoint("m/none", {"c": "c"})


def reject_warm_start_unused(tf, path):
    tf.train.warm_start(path, ["c"], None, {"new/a": "old/a"})


def reject_warm_start_missing(tf, path):
    tf.train.warm_start(path, ["plain"])


def reject_warm_start_number(tf, path):
    tf.train.warm_start(path, 3)


def reject_warm_start_mixed(tf, path):
    tf.train.warm_start(path, ["c", 3])


def reject_assign_missing(tf, path):
    tf.contrib.framework.assign_from_checkpoint(path, tf.global_variables())


def reject_assign_shape(tf, path):
    tf.contrib.framework.assign_from_checkpoint(path, {"old/a": tf.global_variables()[-1]})


def reject_assign_unknown(tf, path):
    tf.contrib.framework.assign_from_values({"none": 1})


def reject_restore_nothing(tf, path):
    tf.contrib.framework.assign_from_checkpoint_fn(path, [])


def reject_include(tf, path):
    tf.contrib.framework.get_variables_to_restore(include="new")


def named(prefix):
    return {
        name.replace(prefix, "", 1): function
        for name, function in sorted(globals().items())
        if name.startswith(prefix)
    }


GRAPHS = named("graph_")
FAILURES = named("fail_")
INITIALIZATIONS = named("initialize_")
REJECTIONS = named("reject_")
