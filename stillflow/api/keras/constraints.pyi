from stillflow.layers.constraints import Constraint as Constraint
from stillflow.layers.constraints import MaxNorm as MaxNorm
from stillflow.layers.constraints import MinMaxNorm as MinMaxNorm
from stillflow.layers.constraints import NonNeg as NonNeg
from stillflow.layers.constraints import RadialConstraint as RadialConstraint
from stillflow.layers.constraints import UnitNorm as UnitNorm
from stillflow.layers.identifiers import constraint_of, deserialize_constraint, serialize_constraint

max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
radial_constraint = RadialConstraint
unit_norm = UnitNorm
deserialize = deserialize_constraint
get = constraint_of
serialize = serialize_constraint
