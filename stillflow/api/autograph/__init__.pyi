from stillflow.api.autograph import experimental as experimental
from stillflow.autograph.calling import to_code as to_code
from stillflow.autograph.calling import to_graph as to_graph
from stillflow.autograph.verbosity import set_verbosity as set_verbosity
from stillflow.autograph.verbosity import trace as trace
