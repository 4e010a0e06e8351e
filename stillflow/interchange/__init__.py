"""Graphs as files: TensorFlow's GraphDef, MetaGraphDef and SavedModel, read and written.

attributes    a NodeDef's attributes as Python values
nodes         a GraphDef's nodes: their names, what each waits for, an order to build them in
fitting       holding a node to the declaration of its op type
choices       which control flow of a graph can be run, and the refusal of the rest
importer      `tf.import_graph_def`
meta_graph    `tf.train.import_meta_graph`
scoped_meta_graph  parts of graphs, with their variables
freezing      `tf.graph_util`
constants_for_variables  `tf.graph_util.convert_variables_to_constants`
saved_model/  `tf.saved_model`
files         messages read from files
kinds         which message a file holds
"""
