from stillflow.autograph.calling import do_not_convert as do_not_convert
from stillflow.autograph.directives import set_element_type as set_element_type
from stillflow.autograph.directives import set_loop_options as set_loop_options
from stillflow.autograph.options import Feature as Feature
