"""Networks of `tf.contrib.slim.nets` that are small enough to be built, and run, in no time."""

import importlib

import numpy as np

from .suite import Suite

suite = Suite("slim_nets")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    why = "a sum over many layers, in another order"
    suite.case(fn.__name__, fn, grad=False, rtol=1e-4, atol=1e-5, why=why)
    return fn


def net(tf, name):
    """A module of the networks, which TensorFlow has to be asked for."""
    if tf.__name__ == "stillflow":
        return getattr(tf.contrib.slim.nets, name)
    return importlib.import_module(f"tensorflow.contrib.slim.python.slim.nets.{name}")


def images(tf, size, count=2):
    return tf.placeholder(tf.float32, [count, size, size, 3], name="images")


def pictures(size, count=2):
    return np.random.RandomState(1).uniform(-1.0, 1.0, [count, size, size, 3]).astype(np.float32)


def tell(run, net, end_points):
    """Logs shapes of a network and of its end points, by name."""
    run.note([net.name, str(net.shape)])
    run.note([[name, end_points[name].name] for name in sorted(end_points)])


@story
def alexnet(tf, run):
    module = net(tf, "alexnet")
    with tf.contrib.slim.arg_scope(module.alexnet_v2_arg_scope()):
        tell(run, *module.alexnet_v2(images(tf, 224), 5))
    run.note(module.alexnet_v2.default_image_size)


@story
def overfeat(tf, run):
    module = net(tf, "overfeat")
    with tf.contrib.slim.arg_scope(module.overfeat_arg_scope()):
        tell(run, *module.overfeat(images(tf, 281), 5, is_training=False, spatial_squeeze=False))


@story
def vgg_a(tf, run):
    module = net(tf, "vgg")
    with tf.variable_scope("within"), tf.contrib.slim.arg_scope(module.vgg_arg_scope()):
        tell(run, *module.vgg_a(images(tf, 224), 5))


@story
def vgg_19(tf, run):
    module = net(tf, "vgg")
    run.note([module.vgg_d is module.vgg_16, module.vgg_e is module.vgg_19])
    tell(run, *module.vgg_19(images(tf, 224), 5, dropout_keep_prob=0.7))


@story
def first_stages_of_inception(tf, run):
    module = net(tf, "inception")
    tf.set_random_seed(3)
    x = images(tf, 32)
    with tf.contrib.slim.arg_scope(module.inception_v1_arg_scope(use_batch_norm=False)):
        first, end_points = module.inception_v1_base(x, "Mixed_3b")
    tell(run, first, end_points)
    sizes = {"min_depth": 2, "depth_multiplier": 0.1}
    with tf.contrib.slim.arg_scope(module.inception_v2_arg_scope()):
        second, end_points = module.inception_v2_base(x, "Mixed_3b", **sizes)
    tell(run, second, end_points)
    run(tf.global_variables_initializer())
    run([first, second], {x: pictures(32)})
    run.refused(lambda: module.inception_v1_base(x, "Mixed_9z"))
    run.refused(lambda: module.inception_v2_base(x, depth_multiplier=0))


def blocks(tf, module, version):
    block = getattr(module, f"resnet_v{version}_block")
    return [
        block("block1", base_depth=1, num_units=2, stride=2),
        block("block2", base_depth=2, num_units=2, stride=1),
    ]


def small_resnet(tf, run, version):
    module = net(tf, f"resnet_v{version}")
    tf.set_random_seed(3)
    x = images(tf, 16)
    labels = tf.constant([0, 1])
    with tf.contrib.slim.arg_scope(module.resnet_arg_scope(weight_decay=0.01)):
        made = getattr(module, f"resnet_v{version}")
        logits, end_points = made(x, blocks(tf, module, version), 3, scope="small")
        wide, _ = made(
            x,
            blocks(tf, module, version),
            is_training=False,
            global_pool=False,
            output_stride=4,
            reuse=True,
            scope="small",
        )
        run.refused(lambda: made(x, blocks(tf, module, version), output_stride=6))
        run.refused(lambda: made(x, blocks(tf, module, version), output_stride=16))
    tell(run, logits, end_points)
    tf.losses.sparse_softmax_cross_entropy(labels, tf.squeeze(logits, [1, 2]))
    train = tf.contrib.slim.learning.create_train_op(
        tf.losses.get_total_loss(), tf.train.MomentumOptimizer(0.01, 0.9)
    )
    run.note(len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)))
    run(tf.global_variables_initializer())
    for _ in range(2):
        run(train.op, {x: pictures(16)})
    run([wide, end_points["predictions"]], {x: pictures(16)})


@story
def small_resnet_v1(tf, run):
    small_resnet(tf, run, 1)


@story
def small_resnet_v2(tf, run):
    small_resnet(tf, run, 2)
