"""What is recorded of a case: the graph that it builds, and the Summary or how it fails."""

import base64

from cases import observe


def observed(tf, fn):
    """{"graph": ..., "summary": base64}, or {"error": class name, "sentence": its first}."""
    with tf.Graph().as_default() as graph:
        try:
            summary = fn(tf)
            built = observe.graph_of(graph)
            with tf.Session() as session:
                serialized = session.run(summary)
        except Exception as error:
            sentence = observe.first_sentence(str(error))
            return {"error": type(error).__name__, "sentence": sentence}
    return {"graph": built, "summary": base64.b64encode(serialized).decode()}
