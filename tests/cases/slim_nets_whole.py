"""Networks of `tf.contrib.slim.nets` as they are meant: graphs, and logits of small images."""

from .slim_nets import images, net, pictures, tell
from .suite import Suite

suite = Suite("slim_nets_whole")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    why = "a sum over many layers, in another order"
    suite.case(fn.__name__, fn, grad=False, rtol=1e-3, atol=1e-4, why=why)
    return fn


def run_once(tf, run, x, outputs, size):
    run(tf.global_variables_initializer())
    run(outputs, {x: pictures(size)})


@story
def inception_v1(tf, run):
    tf.set_random_seed(3)
    module, x = net(tf, "inception"), images(tf, 224)
    with tf.contrib.slim.arg_scope(module.inception_v1_arg_scope()):
        logits, end_points = module.inception_v1(x, 5, is_training=False)
    tell(run, logits, end_points)
    run_once(tf, run, x, [logits, end_points["Predictions"]], 224)


@story
def inception_v2(tf, run):
    tf.set_random_seed(3)
    module, x = net(tf, "inception"), images(tf, 96)
    with tf.contrib.slim.arg_scope(module.inception_v2_arg_scope()):
        logits, end_points = module.inception_v2(x, 5, False, depth_multiplier=0.25)
    tell(run, logits, end_points)
    run_once(tf, run, x, [logits, end_points["Predictions"]], 96)


@story
def inception_v3(tf, run):
    tf.set_random_seed(3)
    module, x = net(tf, "inception"), images(tf, 139)
    with tf.contrib.slim.arg_scope(module.inception_v3_arg_scope()):
        logits, end_points = module.inception_v3(x, 5, False, depth_multiplier=0.25)
    tell(run, logits, end_points)
    run_once(tf, run, x, [logits, end_points["AuxLogits"]], 139)


@story
def resnet_v1_50(tf, run):
    tf.set_random_seed(3)
    module, x = net(tf, "resnet_v1"), images(tf, 64)
    with tf.contrib.slim.arg_scope(module.resnet_arg_scope()):
        logits, end_points = module.resnet_v1_50(x, 5)
    tell(run, logits, end_points)
    run_once(tf, run, x, logits, 64)


@story
def resnet_v1_101_dilated(tf, run):
    module = net(tf, "resnet_v1")
    with tf.contrib.slim.arg_scope(module.resnet_arg_scope()):
        features, end_points = module.resnet_v1_101(
            images(tf, 65), global_pool=False, output_stride=8, is_training=False
        )
    tell(run, features, end_points)


@story
def resnet_v2_50(tf, run):
    tf.set_random_seed(3)
    module, x = net(tf, "resnet_v2"), images(tf, 64)
    with tf.contrib.slim.arg_scope(module.resnet_arg_scope()):
        logits, end_points = module.resnet_v2_50(x, 5)
    tell(run, logits, end_points)
    run_once(tf, run, x, logits, 64)
