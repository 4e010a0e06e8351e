from stillflow.ops.debug.printing import string_format
from stillflow.ops.strings.joining import string_join
from stillflow.ops.strings.parts import substr as substr

format = string_format
join = string_join
