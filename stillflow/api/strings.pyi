from stillflow.ops.debug.printing import string_format
from stillflow.ops.strings.joining import string_join

format = string_format
join = string_join
