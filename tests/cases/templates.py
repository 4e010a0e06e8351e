"""`tf.make_template` and `tf.variable_creator_scope`."""

from .suite import Suite

suite = Suite("templates")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def scaled(tf):
    """A function that multiplies by a variable of its own."""

    def scale(x, name="w", trainable=True):
        w = tf.get_variable(name, [], initializer=tf.constant_initializer(2.0), trainable=trainable)
        return tf.multiply(x, w, name="product")

    return scale


def names(things):
    return [thing.name for thing in things]


# Templates.


@story
def variables_are_shared(tf, run):
    template = tf.make_template("scale", scaled(tf))
    run.note([template.name, template.variable_scope, template.variable_scope_name])
    run.note(names(template.variables))
    x = tf.constant(3.0)
    first, second = template(x), template(first_of(x))
    run.note([first.name, second.name, template.variable_scope.name, template.variable_scope_name])
    run.note(template.variable_scope.original_name_scope)
    run.note([names(template.variables), names(tf.global_variables())])
    run(tf.global_variables_initializer())
    run([first, second])


def first_of(x):
    return x + 1.0


@story
def names_are_made_unique(tf, run):
    x = tf.constant(1.0)
    one, two = (tf.make_template("scale", scaled(tf)) for _ in range(2))
    outputs = [one(x), two(x), one(x), two(x)]
    with tf.variable_scope("outer"):
        three = tf.make_template("scale", scaled(tf))
        outputs += [three(x), one(x), three(x)]
    with tf.variable_scope("other"):
        outputs += [three(x)]
    run.note([names(outputs), names(tf.global_variables())])


@story
def unique_names_are_taken(tf, run):
    x = tf.constant(1.0)
    one = tf.make_template("scale", scaled(tf), unique_name_="s")
    two = tf.make_template("scale", scaled(tf), unique_name_="s")
    run.note(names([one(x), one(x)]))
    run.refused(lambda: two(x))
    with tf.variable_scope("outer", reuse=tf.AUTO_REUSE):
        three = tf.make_template("scale", scaled(tf), unique_name_="s")
        four = tf.make_template("scale", scaled(tf), unique_name_="s")
        run.note(names([three(x), four(x), three(x)]))
    run.note(names(tf.global_variables()))


@story
def scopes_are_created_at_once(tf, run):
    x = tf.constant(1.0)
    with tf.variable_scope("there", dtype=tf.float64):
        one = tf.make_template("scale", scaled(tf), True)
        two = tf.make_template("scale", scaled(tf), True, unique_name_="own")
    run.note([one.variable_scope.name, one.variable_scope_name, names(one.variables)])
    run.note([two.variable_scope.name, two.variable_scope.original_name_scope])
    with tf.variable_scope("here"):
        run.note(names([one(x), one(x), two(x), two(x)]))
    run.note(names(tf.global_variables()))
    run.note(names(two.variables))


@story
def keyword_arguments_are_bound(tf, run):
    template = tf.make_template("scale", scaled(tf), name="kernel")
    run.note(template.func.__name__)
    run.note(names([template(tf.constant(1.0)), template(x=tf.constant(2.0))]))
    run.note(names(template.weights))


@story
def getters_are_asked(tf, run):
    asked = []

    def own(getter, name, *args, **kwargs):
        asked.append(name)
        return getter(name, *args, **kwargs) * 2.0

    x = tf.constant(1.0)
    later = tf.make_template("later", scaled(tf), custom_getter_=own)
    now = tf.make_template("now", scaled(tf), True, custom_getter_=own)
    outputs = [later(x), later(x), now(x), now(x)]
    run.note([asked, names(outputs)])
    run(tf.global_variables_initializer())
    run(outputs)


@story
def templates_are_nested(tf, run):
    inner = tf.make_template("inner", scaled(tf))
    outer = tf.make_template("outer", lambda x: inner(inner(x)))
    x = tf.constant(1.0)
    run.note(names([outer(x), outer(x)]))
    made_inside = tf.make_template("o", lambda x: tf.make_template("i", scaled(tf))(x))
    run.note(names([made_inside(x), made_inside(x), inner(x)]))
    run.note([names(tf.global_variables()), names(outer.variables), names(inner.variables)])


@story
def kinds_of_variables(tf, run):
    def build():
        tf.get_variable("a", [])
        tf.get_variable("b", [], trainable=False)
        tf.get_local_variable("c", [])

    template = tf.make_template("t", build)
    kinds = ("variables", "global_variables", "local_variables")
    kinds += ("trainable_variables", "non_trainable_variables")
    kinds += ("weights", "trainable_weights", "non_trainable_weights")
    run.note([names(getattr(template, kind)) for kind in kinds])
    template()
    template()
    run.note([names(getattr(template, kind)) for kind in kinds])


@story
def misused_templates(tf, run):
    run.refused(lambda: tf.make_template(None, scaled(tf)))
    trains = tf.make_template("trains", lambda: tf.Variable(1.0))
    trains()
    run.refused(trains)
    counts = tf.make_template("counts", lambda: tf.Variable(1, trainable=False))
    run.note(names([counts(), counts()]))
    named = tf.make_template("named", scaled(tf))
    named(1.0)
    run.refused(lambda: named(1.0, "v"))

    def fails():
        tf.get_variable("a", [])
        raise RuntimeError("no")

    run.refused(tf.make_template("fails", fails))
    tries = []

    def fails_once():
        tries.append(tf.get_variable("first" if not tries else "second", []))
        if len(tries) == 1:
            raise ValueError("once")

    again = tf.make_template("again", fails_once)
    run.refused(again)
    run.note(names(again.variables))
    again()
    run.note(names(again.variables))


# Creators.


def noting(notes, mark):
    """A creator that notes what it is asked for."""

    def creator(next_creator, **kwargs):
        given = sorted(key for key in kwargs if kwargs[key] is not None)
        notes.append([mark, str(kwargs["name"]), given, sorted(kwargs)])
        return next_creator(**kwargs)

    return creator


@story
def creators_are_asked(tf, run):
    notes = []
    with tf.variable_creator_scope(noting(notes, "outer")):
        with tf.variable_creator_scope(noting(notes, "inner")):
            a = tf.Variable(1.0, True, name="a")
            with tf.variable_scope("s"):
                tf.get_variable("b", [2], trainable=False, constraint=tf.abs)
        tf.Variable(2.0, aggregation=None)
    tf.Variable(3.0)
    run.note([notes, a.name, names(tf.global_variables())])


@story
def creators_change_what_is_made(tf, run):
    def doubled(next_creator, **kwargs):
        kwargs["initial_value"] = 7.0
        kwargs["name"] = "renamed"
        kwargs["trainable"] = False
        return next_creator(**kwargs)

    def replaced(next_creator, **kwargs):
        return tf.constant(5.0, name="instead")

    with tf.variable_creator_scope(doubled):
        run.note([tf.Variable(1.0).name, tf.get_variable("x", []).name])
    with tf.variable_creator_scope(replaced):
        y = tf.Variable(1.0)
        z = tf.get_variable("z", [])
        with tf.variable_scope("", reuse=True):
            run.note([y.name, z.name, tf.get_variable("z", []) is z])
    run.note([names(tf.global_variables()), names(tf.trainable_variables())])


@story
def creators_have_priorities(tf, run):
    notes = []
    graph = tf.get_default_graph()
    with graph._variable_creator_scope(noting(notes, "high"), priority=200):
        low = graph._variable_creator_scope(noting(notes, "low"), priority=50)
        with tf.variable_creator_scope(noting(notes, "usual")), low:
            tf.Variable(1.0, name="v")
    run.note([note[0] for note in notes])

    def crossed():
        one = graph._variable_creator_scope(noting(notes, "one"))
        two = graph._variable_creator_scope(noting(notes, "two"))
        one.__enter__()
        two.__enter__()
        try:
            one.__exit__(None, None, None)
        finally:
            two.__exit__(None, None, None)

    run.refused(crossed)


@story
def a_creator_gives_what_it_likes(tf, run):
    notes = []
    with tf.variable_creator_scope(noting(notes, "any")):
        with tf.variable_creator_scope(lambda next_creator, **kwargs: [next_creator(**kwargs)]):
            made = tf.Variable(1.0, name="w")
        tf.Variable(1.0, name="v")
    run.note([len(notes), [v.name for v in made]])
