from stillflow.api.compat.v2 import data as data
from stillflow.api.compat.v2 import image as image
from stillflow.api.compat.v2 import strings as strings
from stillflow.ops.array.selecting import where_v2
from stillflow.ops.variables.variable_v2 import VariableV2

Variable = VariableV2
where = where_v2
