from stillflow.ops.strings.hashing import string_to_hash_bucket_v2
from stillflow.ops.strings.joining import reduce_join_v2
from stillflow.ops.strings.numbers import string_to_number_v2
from stillflow.ops.strings.parts import string_length_v2, substr_v2
from stillflow.ops.strings.splitting import strings_split_v2

length = string_length_v2
reduce_join = reduce_join_v2
split = strings_split_v2
substr = substr_v2
to_hash_bucket = string_to_hash_bucket_v2
to_number = string_to_number_v2
