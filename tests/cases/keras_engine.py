"""Models of tf.keras by call: names, nodes, masks, losses, configurations, tables, refusals."""

import json

import numpy as np

from .arrays import unit
from .suite import Suite

suite = Suite("keras_engine")

X = unit(2, 4)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def classes(tf):
    """Layers as programs write them, by the names that configurations give them."""

    class Full(tf.keras.layers.Layer):
        def __init__(self, units=2, **kwargs):
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape):
            self.kernel = self.add_weight(
                "kernel", [int(input_shape[-1]), self.units], initializer="ones"
            )
            self.bias = self.add_weight("bias", [self.units], initializer="zeros", trainable=False)

        def call(self, inputs):
            return tf.matmul(inputs, self.kernel) + self.bias

        def compute_output_shape(self, input_shape):
            return tf.TensorShape([input_shape[0], self.units])

        def get_config(self):
            return dict(super().get_config(), units=self.units)

    class Both(tf.keras.layers.Layer):
        def call(self, inputs, other=None, training=None):
            total = tf.add_n(list(inputs)) + (0.0 if other is None else other)
            return [total, total * 2.0]

    class Scaled(tf.keras.layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight("scale", [], initializer="ones")

        def call(self, inputs):
            return inputs * self.scale

    return {"Full": Full, "Both": Both, "Scaled": Scaled}


def told(run, model):
    """Logs what a model says of itself."""
    lines = []
    if model.built:
        model.summary(print_fn=lines.append)
    run.note(
        [
            lines,
            [layer.name for layer in model.layers],
            [weight.name for weight in model.weights],
            [weight.name for weight in model.trainable_weights],
            [weight.name for weight in model.non_trainable_weights],
            [dependency.name for dependency in model._checkpoint_dependencies],
            [str(tensor.shape) for tensor in model.inputs or []],
        ]
    )


def how_refused(build):
    try:
        build()
    except Exception as error:
        return type(error).__name__
    raise AssertionError("it was not refused")


def as_text(config):
    return json.dumps(config, sort_keys=True, default=str)


@story
def functional(tf, run):
    own = classes(tf)
    inputs = tf.keras.Input((4,))
    hidden = own["Full"](3)(inputs)
    shared = own["Full"](3, name="shared")
    model = tf.keras.Model(inputs, shared(shared(hidden)), name="one")
    told(run, model)
    run.note([model.input_names, model.output_names, model.count_params()])
    run.note([str(model.input_shape), str(model.output_shape)])
    run.note([str(shared.get_input_shape_at(1)), len(shared.inbound_nodes)])
    run.refused(lambda: shared.get_output_at(2))
    run(tf.global_variables_initializer())
    run(model(tf.constant(X)))
    run(model.weights)
    run.note(as_text(model.get_config()))
    run.note(as_text(json.loads(model.to_json())))
    run.note([str(model.compute_output_shape((7, 4)))])


@story
def made_of_configurations(tf, run):
    own = classes(tf)
    a, b = tf.keras.Input((4,), name="a"), tf.keras.Input((4,), name="b", dtype="float32")
    first, second = own["Both"]()([a, b])
    inner_input = tf.keras.Input((4,))
    inner = tf.keras.Model(inner_input, own["Full"](2)(inner_input), name="inner")
    outputs = {"x": inner(first), "y": own["Both"](name="late")([second, a], other=b)[1]}
    model = tf.keras.Model([a, b], outputs, name="two")
    told(run, model)
    config = model.get_config()
    run.note(as_text(config))
    other = tf.keras.models.model_from_json(model.to_json(), custom_objects=own)
    told(run, other)
    run.note(as_text(other.get_config()) == as_text(config))
    third = tf.keras.Model.from_config(config, custom_objects=own)
    run(tf.global_variables_initializer())
    run(third([tf.constant(X), tf.constant(X)]))


@story
def plain_ops(tf, run):
    own = classes(tf)
    inputs = tf.keras.Input((4,))
    hidden = tf.nn.relu(own["Scaled"]()(inputs)) * 2.0
    halves = tf.split(tf.concat([hidden, hidden], 1), 2, axis=1)
    model = tf.keras.Model(inputs, tf.reduce_sum(halves[1] - 1.0, 1))
    told(run, model)
    run(tf.global_variables_initializer())
    run(model(tf.constant(X)))
    config = model.get_config()
    run.note(as_text(config))
    other = tf.keras.Model.from_config(config, custom_objects=own)
    run(tf.global_variables_initializer())
    run(other(tf.constant(X)))


@story
def stacks(tf, run):
    own = classes(tf)
    model = tf.keras.Sequential([own["Full"](3, input_shape=(4,)), own["Full"](2)])
    told(run, model)
    model.add(own["Full"](1))
    run.note(as_text(model.get_config()))
    model.pop()
    told(run, model)
    run(tf.global_variables_initializer())
    run(model(tf.constant(X)))
    late = tf.keras.Sequential(name="late")
    late.add(own["Full"](3))
    run.note(late.built)
    run.refused(lambda: late.weights)
    late.build((None, 4))
    told(run, late)
    run.note(as_text(late.get_config()))
    again = tf.keras.Sequential.from_config(late.get_config(), custom_objects=own)
    told(run, again)
    of_input = tf.keras.Sequential([tf.keras.layers.InputLayer((4,)), own["Full"](2)])
    told(run, of_input)
    inputs = tf.keras.Input((4,), batch_size=2)
    outer = tf.keras.Sequential([tf.keras.Sequential([own["Full"](4)]), own["Full"](1)])
    run.note(str(outer(inputs).shape))
    told(run, outer)


@story
def subclassed(tf, run):
    own = classes(tf)

    class Net(tf.keras.Model):
        def __init__(self):
            super().__init__(name="net")
            self.first = own["Full"](3)
            self.blocks = [own["Full"](3), own["Full"](2)]
            self.heads = {"a": own["Full"](1)}
            self.scale = tf.Variable(2.0, name="scale")
            self.pair = (tf.Variable(1.0, trainable=False, name="kept"), 3)

        def call(self, inputs, training=None):
            x = self.first(inputs)
            for block in self.blocks:
                x = block(x)
            return self.heads["a"](x) * self.scale

    net = Net()
    told(run, net)
    outputs = net(tf.constant(X))
    run.note(outputs.name)
    told(run, net)
    run(tf.global_variables_initializer())
    run(outputs)
    run.note([how_refused(net.get_config), how_refused(net.to_json)])
    built = Net()
    built.build((2, 4))
    told(run, built)
    built.trainable = False
    run.note([len(built.trainable_weights), len(built.non_trainable_weights)])
    run.note([layer.trainable for layer in built.layers])


@story
def attributes(tf, run):
    own = classes(tf)

    class Holder(tf.keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.one = own["Full"](2)
            self.again = self.one
            self.several = [own["Full"](2), {"deep": own["Full"](2)}]

        def call(self, inputs):
            return self.several[0](self.one(inputs))

    holder = Holder()
    holder(tf.constant(X))
    run.note([weight.name for weight in holder.weights])
    run.note(len(holder._layers))
    del holder.again
    run.note([weight.name for weight in holder.weights])
    holder.one = None
    run.note([weight.name for weight in holder.weights])
    holder.kept = tf.Variable(1.0, name="kept")
    run.note([weight.name for weight in holder.weights])
    holder.kept = 3
    run.note([weight.name for weight in holder.weights])
    run.note([dependency.name for dependency in holder._checkpoint_dependencies])
    run.note(len(holder.submodules))

    def set_property():
        holder.weights = 3

    run.refused(set_property)


@story
def masks(tf, run):
    class Masked(tf.keras.layers.Layer):
        supports_masking = True

        def call(self, inputs, mask=None):
            run.note(mask is not None)
            return inputs if mask is None else inputs * tf.cast(mask, inputs.dtype)[:, tf.newaxis]

    class Making(tf.keras.layers.Layer):
        def compute_mask(self, inputs, mask=None):
            return tf.not_equal(inputs[:, 0], 0.0)

    class Not(tf.keras.layers.Layer):
        def call(self, inputs):
            return inputs * 2.0

    inputs = tf.keras.Input((4,))
    made = Making()(inputs)
    kept = Masked()(made)
    run.note([made._keras_mask.name, str(kept._keras_mask is None)])
    run.note(str(Not()(kept)._keras_mask))
    model = tf.keras.Model(inputs, kept)
    out = model(tf.constant(X))
    run([out])
    plain = Masked()
    plain.supports_masking = True
    run.note(plain(made)._keras_mask is made._keras_mask)


@story
def losses_and_updates(tf, run):
    class Adding(tf.keras.layers.Layer):
        def build(self, input_shape):
            self.count = self.add_weight("count", (), initializer="zeros", trainable=False)
            self.kernel = self.add_weight(
                "kernel", (4,), initializer="ones", regularizer=lambda w: 0.5 * tf.reduce_sum(w)
            )

        def call(self, inputs, training=None):
            self.add_update(self.count.assign_add(1.0))
            self.add_update(self.count.assign_add(tf.reduce_sum(inputs)))
            self.add_loss(tf.reduce_mean(inputs), inputs=inputs)
            self.add_loss(tf.constant(3.0))
            return inputs * self.kernel

    inputs = tf.keras.Input((4,))
    layer = Adding(activity_regularizer=tf.reduce_sum)
    model = tf.keras.Model(inputs, layer(layer(inputs)))
    run.note([loss.name for loss in model.losses])
    run.note([update.name for update in model.updates])
    run.note([loss.name for loss in model.get_losses_for(inputs)])
    run.note(len(model.get_losses_for(None)))
    run.note([update.name for update in model.get_updates_for(inputs)])
    run.note([update.name for update in model.get_updates_for(None)])
    model.add_loss(tf.reduce_sum(model.outputs[0]))
    run.note([each.name for each in model.layers])
    run.note(len(model.losses))
    other = model(tf.constant(X))
    run.note(len(model.losses))
    run(tf.global_variables_initializer())
    run(other)
    layer.trainable = False
    run.note([len(model.updates), len(model.trainable_weights)])


@story
def arguments_of_calls(tf, run):
    class Asked(tf.keras.layers.Layer):
        def call(self, inputs, scale=1.0, training=None):
            run.note([str(scale), str(training)])
            return inputs * scale

    class Outer(tf.keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Asked()

        def call(self, inputs, training=None):
            return self.inner(inputs)

    class Silent(tf.keras.layers.Layer):
        def call(self, inputs):
            return Asked()(inputs)

    x = tf.constant(X)
    Outer()(x)
    Outer()(x, training=True)
    Silent()(x, training=False)
    inputs = tf.keras.Input((4,))
    scaled = Asked()(inputs, 2.0)
    model = tf.keras.Model(inputs, Asked()(scaled, scale=scaled))
    run(model(x, training=True))
    run(model(x))
    config = model.get_config()
    run.note(as_text(config))


@story
def clones(tf, run):
    own = classes(tf)
    inputs = tf.keras.Input((4,))
    hidden = own["Scaled"]()(inputs)
    model = tf.keras.Model(inputs, own["Both"]()([hidden, inputs]))
    model.add_loss(tf.reduce_sum(hidden))
    clone = tf.keras.models.clone_model(model)
    told(run, clone)
    on_tensor = tf.keras.models.clone_model(model, tf.constant(X))
    told(run, on_tensor)
    stack = tf.keras.Sequential([own["Full"](3, input_shape=(4,)), own["Full"](2)])
    told(run, tf.keras.models.clone_model(stack, clone_function=lambda layer: layer))
    told(run, tf.keras.models.clone_model(stack))
    run.refused(lambda: tf.keras.models.clone_model(stack, [tf.constant(X), tf.constant(X)]))


@story
def weights_as_arrays(tf, run):
    own = classes(tf)
    layer = own["Scaled"](weights=[np.float64(2.0)])
    out = layer(tf.constant(X))
    run(out)
    run.note(layer.get_weights())
    layer.set_weights([np.float32(3.0)])
    run(out)
    run.refused(lambda: layer.set_weights([np.ones([]), np.zeros([3])]))
    run.refused(lambda: layer.set_weights([np.ones([3, 3])]))


@story
def inputs(tf, run):
    run.note([tf.keras.Input((4,)).name, tf.keras.Input((2,), name="named").name])
    run.note(str(tf.keras.Input(batch_shape=(3, 2), dtype="int32")))
    wrapped = tf.keras.Input(tensor=tf.constant(X))
    run.note([wrapped.name, as_text(wrapped._keras_history.layer.get_config())])
    sparse = tf.keras.Input((5,), sparse=True)
    run.note([type(sparse).__name__, sparse.indices.name])
    ragged = tf.keras.Input((None, 2), ragged=True, name="r")
    run.note([type(ragged).__name__, ragged.ragged_rank])
    run.note(as_text(tf.keras.layers.InputLayer((3,)).get_config()))
    run.refused(lambda: tf.keras.Input())
    run.refused(lambda: tf.keras.Input((3,), batch_shape=(2, 3)))
    run.refused(lambda: tf.keras.Input((3,), what=2))
    run.refused(lambda: tf.keras.layers.InputLayer((3,), batch_input_shape=(2, 3)))
    run.refused(lambda: tf.keras.Input(tensor=tf.constant(X), dtype="int32"))
    run.refused(lambda: tf.keras.Input((3,), sparse=True, ragged=True))


@story
def refusals(tf, run):
    own = classes(tf)
    keras = tf.keras
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    full = own["Full"](3, name="full")
    y = full(a)
    run.refused(lambda: keras.Model(a, own["Both"]()([y, full(b)])))
    run.refused(lambda: keras.Model([a, a], y))
    run.refused(lambda: keras.Model(tf.constant(X), y))
    run.refused(lambda: keras.Model(a, own["Full"](3, name="full")(y)))
    run.refused(lambda: keras.Model(a, y, dtype="float32"))
    run.refused(lambda: keras.Model(a, y).get_layer("none"))
    run.refused(lambda: keras.Model(a, y).get_layer(index=5))
    run.refused(lambda: keras.Model(a, y).get_layer())
    run.refused(lambda: keras.Model().call(a))
    run.refused(lambda: keras.Sequential([3]))
    run.refused(lambda: keras.Sequential().pop())
    run.refused(lambda: keras.Sequential([own["Full"]()]).summary())
    run.refused(lambda: keras.Sequential([own["Full"]()]).build())
    run.refused(lambda: keras.Sequential([own["Both"](input_shape=(4,))]))
    run.refused(lambda: keras.Sequential([tf.layers.Dense(3)]))
    run.refused(lambda: keras.layers.Layer(what=3))
    run.refused(lambda: keras.layers.Layer().input)
    run.refused(lambda: keras.layers.Layer().output)
    run.refused(lambda: keras.layers.Layer().input_shape)
    run.refused(lambda: keras.layers.Layer().get_input_at(0))
    run.refused(lambda: keras.layers.Layer().count_params())
    run.refused(lambda: keras.layers.Layer().add_metric(a, aggregation="sum", name="m"))
    run.refused(lambda: keras.layers.Layer().add_metric(a))
    run.refused(lambda: own["Full"]().add_weight("w", what=2))

    class Nothing(keras.layers.Layer):
        def call(self, inputs):
            return None

    class Truth(keras.layers.Layer):
        def call(self, inputs):
            return bool(inputs)

    class Undescribed(keras.layers.Layer):
        def __init__(self, size, **kwargs):
            super().__init__(**kwargs)

    class Early(keras.Model):
        def __init__(self):
            self.layer = own["Full"]()

    run.refused(lambda: Nothing()(a))
    run.refused(lambda: Truth()(a))
    run.refused(lambda: Undescribed(3).get_config())
    run.refused(Early)
    spec = own["Full"]()
    spec.input_spec = keras.layers.InputSpec(ndim=3)
    run.refused(lambda: spec(a))


@story
def dynamic_layers(tf, run):
    class Dynamic(tf.keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(dynamic=True, **kwargs)

        def call(self, inputs):
            return inputs if bool(inputs) else -inputs

        def compute_output_shape(self, input_shape):
            return input_shape

    inputs = tf.keras.Input((4,))
    outputs = Dynamic()(inputs)
    model = tf.keras.Model(inputs, outputs)
    run.note([outputs.name, str(outputs.shape), model.dynamic])
    run.note(as_text(model.get_config()))


@story
def layers_of_tf_layers(tf, run):
    inputs = tf.keras.Input((4,))
    dense = tf.layers.Dense(3, kernel_initializer=tf.ones_initializer())
    outputs = dense(inputs)
    run.note([outputs.name, len(dense.inbound_nodes), str(dense.input_shape)])
    run.note(isinstance(dense, tf.keras.layers.Layer))
    run.refused(lambda: tf.keras.Model(inputs, outputs))


@story
def names(tf, run):
    own = classes(tf)

    class HTTPLayer2D(tf.keras.layers.Layer):
        pass

    class _Hidden(tf.keras.layers.Layer):
        pass

    run.note([HTTPLayer2D().name, HTTPLayer2D().name, _Hidden().name, own["Full"]().name])
    with tf.Graph().as_default():
        run.note([HTTPLayer2D().name, tf.keras.Model().name, tf.keras.Sequential().name])
    run.note([tf.keras.Model().name, tf.keras.Model().name, tf.keras.Input((1,)).name])
    with tf.name_scope("outer"):
        out = own["Full"](2)(tf.constant(X))
        run.note([out.name, tf.keras.Input((2,)).name])


@story
def weights_read_in_another_type(tf, run):
    own = classes(tf)
    policy = tf.keras.mixed_precision.experimental.Policy("mixed_float16", loss_scale=None)
    inputs = tf.keras.Input((4,), dtype="float16")
    layer = own["Full"](3, dtype=policy)
    outputs = layer(inputs)
    normal = tf.keras.layers.BatchNormalization(dtype=policy)
    outputs = normal(tf.keras.layers.Dense(2, dtype=policy)(outputs))
    run.note([str(outputs.dtype), layer.dtype, str(layer.weights), str(layer.kernel.dtype)])
    gradients = tf.gradients(outputs, tf.keras.Model(inputs, outputs).trainable_weights)
    run.note([str(gradient.dtype) for gradient in gradients])
    run(tf.global_variables_initializer())
    run(layer(tf.ones([2, 4], tf.float16)))
    run.note(repr(policy))
    run.refused(lambda: tf.keras.mixed_precision.experimental.Policy(tf.float16))
    run.refused(lambda: tf.keras.mixed_precision.experimental.Policy(3))
    run.refused(lambda: tf.keras.mixed_precision.experimental.Policy("fast"))
    run.refused(lambda: tf.keras.mixed_precision.experimental.set_policy("float16"))
