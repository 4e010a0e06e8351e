"""Lists of tensors: what their operations give, refuse and know, and their gradients."""

from .suite import Suite, internal_module

suite = Suite("tensor_lists")


def story(fn):
    """Adds `fn(tf, lists, run)` as a case, under its own name."""

    def with_lists(tf, run):
        return fn(tf, internal_module(tf, "python.ops.list_ops"), run)

    suite.case(fn.__name__, with_lists, grad=False)
    return fn


def _pushed(tf, lists, *values, shape=None, most=None):
    made = lists.empty_tensor_list(shape, tf.float32, max_num_elements=most)
    for value in values:
        made = lists.tensor_list_push_back(made, value)
    return made


@story
def pushed_and_popped(tf, lists, run):
    made = _pushed(tf, lists, 1.0, [2.0, 3.0])
    shorter, last = lists.tensor_list_pop_back(made, element_dtype=tf.float32)
    both = lists.tensor_list_length(made), lists.tensor_list_length(shorter)
    run([last, *both, lists.tensor_list_stack(shorter, tf.float32)])
    run.note([str(last.shape), made.op.type, shorter.op.name])


@story
def left_as_it_was(tf, lists, run):
    made = lists.tensor_list_from_tensor([[1.0, 2.0], [3.0, 4.0]], [2])
    changed = lists.tensor_list_set_item(made, 1, [5.0, 6.0])
    run([lists.tensor_list_stack(each, tf.float32) for each in (made, changed)])
    run(lists.tensor_list_stack(lists.tensor_list_resize(changed, 3), tf.float32))
    run(lists.tensor_list_gather(changed, [1, 0, 1], tf.float32))


@story
def shapes_known(tf, lists, run):
    made = lists.tensor_list_from_tensor([[1.0, 2.0], [3.0, 4.0]], [2])
    run.note([str(lists.tensor_list_stack(made, tf.float32, num_elements=2).shape)])
    run.note([str(lists.tensor_list_get_item(made, 0, tf.float32).shape)])
    run.note([str(lists.tensor_list_concat(_pushed(tf, lists), tf.float32).shape)])
    run.note([str(lists.tensor_list_element_shape(made, tf.int32).shape)])
    unknown = _pushed(tf, lists, shape=[None, 2])
    run([lists.tensor_list_element_shape(each, tf.int64) for each in (made, unknown)])
    run(lists.tensor_list_element_shape(_pushed(tf, lists), tf.int32))


@story
def cut_and_joined(tf, lists, run):
    parts = lists.tensor_list_split([[1.0], [2.0], [3.0]], [None, 1], [2, 1])
    run(lists.tensor_list_get_item(parts, 0, tf.float32))
    run(lists.tensor_list_concat(parts, tf.float32))
    placed = lists.tensor_list_scatter([1.0, 2.0], [2, 0], [])
    run(lists.tensor_list_stack(placed, tf.float32))
    placed = lists.tensor_list_scatter([7.0], [3], input_handle=placed)
    run(lists.tensor_list_stack(placed, tf.float32))
    twice = lists.tensor_list_concat_lists(placed, placed, element_dtype=tf.float32)
    run(lists.tensor_list_stack(twice, tf.float32))


@story
def strings(tf, lists, run):
    made = lists.tensor_list_reserve([2], 2, tf.string)
    made = lists.tensor_list_set_item(made, 0, ["a", "b"])
    run(lists.tensor_list_stack(made, tf.string))


@story
def gradients(tf, lists, run):
    x = tf.placeholder(tf.float32, [3])
    made = lists.tensor_list_from_tensor(x, [])
    made = lists.tensor_list_set_item(made, 1, x[0] * x[2])
    parts = [
        lists.tensor_list_stack(made, tf.float32),
        lists.tensor_list_gather(made, [2, 1], tf.float32),
        lists.tensor_list_get_item(made, 0, tf.float32),
        lists.tensor_list_concat(lists.tensor_list_split(x, None, [2, 1]), tf.float32),
        lists.tensor_list_pop_back(made, tf.float32)[1],
    ]
    for part in parts:
        run(tf.gradients(part * part, x), {x: [2.0, 3.0, 5.0]})
    placed = lists.tensor_list_stack(lists.tensor_list_scatter(x, [2, 0, 1], []), tf.float32)
    run(tf.gradients(placed * [1.0, 2.0, 3.0], x), {x: [2.0, 3.0, 5.0]})


@story
def sums(tf, lists, run):
    made = lists.tensor_list_from_tensor([1.0, 2.0], [])
    run(lists.tensor_list_stack(tf.add_n([made, made, made]), tf.float32))
    run(lists.tensor_list_stack(tf.zeros_like(made), tf.float32))


@story
def loops(tf, lists, run):
    x = tf.placeholder(tf.float32, [])
    body = lambda i, made: (i + 1, lists.tensor_list_push_back(made, tf.cast(i, tf.float32) * x))
    _, made = tf.while_loop(lambda i, _: i < 4, body, [0, _pushed(tf, lists, shape=[])])
    run(lists.tensor_list_stack(made, tf.float32), {x: 3.0})


@story
def refused_while_running(tf, lists, run):
    size = tf.placeholder(tf.int32, [])
    made = lists.tensor_list_from_tensor([1.0, 2.0], [])
    for refused in (
        lists.tensor_list_pop_back(_pushed(tf, lists, shape=[]), tf.float32)[1],
        lists.tensor_list_length(_pushed(tf, lists, 1.0, 2.0, shape=[], most=1)),
        lists.tensor_list_get_item(made, size, tf.float32),
        lists.tensor_list_length(lists.tensor_list_set_item(made, 2, 1.0)),
        lists.tensor_list_length(lists.tensor_list_resize(made, -1)),
        lists.tensor_list_length(_pushed(tf, lists, [1.0], shape=[2])),
        lists.tensor_list_stack(_pushed(tf, lists), tf.float32),
        lists.tensor_list_stack(_pushed(tf, lists, [1.0], [1.0, 2.0]), tf.float32),
        lists.tensor_list_stack(made, tf.float32, num_elements=3),
        lists.tensor_list_stack(lists.tensor_list_reserve(None, 1, tf.float32), tf.float32),
        lists.tensor_list_concat(_pushed(tf, lists, 1.0), tf.float32),
        lists.tensor_list_length(lists.tensor_list_split([1.0, 2.0], None, [1])),
        lists.tensor_list_length(lists.tensor_list_scatter([1.0], [-1], [])),
        lists.tensor_list_length(tf.add_n([made, lists.tensor_list_from_tensor([1.0], [])])),
    ):
        run.refused(lambda refused=refused: run.session.run(refused, {size: 2}))


@story
def refused_while_building(tf, lists, run):
    made = _pushed(tf, lists, 1.0)
    run.refused(lambda: lists.tensor_list_stack(made, tf.int32))
    run.refused(lambda: lists.tensor_list_get_item(made, 0, tf.int32))
    run.refused(lambda: lists.tensor_list_push_back(made, 1))
    run.refused(lambda: lists.tensor_list_from_tensor([[1.0, 2.0]], [3]))
    run.refused(lambda: lists.tensor_list_split([1.0], [], [1]))


@story
def of_older_versions(tf, lists, run):
    scalar = tf.constant([], tf.int32)
    placed = tf.raw_ops.TensorListScatter(tensor=[1.0, 2.0], indices=[1, 0], element_shape=scalar)
    run(lists.tensor_list_stack(placed, tf.float32))
    parts = lists.tensor_list_from_tensor([[1.0, 2.0], [3.0, 4.0]], [2])
    joined = tf.raw_ops.TensorListConcat(
        input_handle=parts, element_dtype=tf.float32, element_shape=[2]
    )
    run(list(joined))


@story
def pushed_to_several(tf, lists, run):
    both = tf.stack([_pushed(tf, lists, 1.0), _pushed(tf, lists, 2.0, 3.0)])
    longer = tf.raw_ops.TensorListPushBackBatch(input_handles=both, tensor=[4.0, 5.0])
    run([lists.tensor_list_stack(each, tf.float32) for each in tf.unstack(longer)])
