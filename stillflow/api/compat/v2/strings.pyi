from stillflow.ops.debug.printing import string_format
from stillflow.ops.strings.changing import string_lower, string_strip, string_upper
from stillflow.ops.strings.characters import bytes_split as bytes_split
from stillflow.ops.strings.characters import unicode_decode as unicode_decode
from stillflow.ops.strings.characters import (
    unicode_decode_with_offsets as unicode_decode_with_offsets,
)
from stillflow.ops.strings.characters import unicode_encode as unicode_encode
from stillflow.ops.strings.characters import unicode_split as unicode_split
from stillflow.ops.strings.characters import (
    unicode_split_with_offsets as unicode_split_with_offsets,
)
from stillflow.ops.strings.hashing import (
    string_to_hash_bucket_fast,
    string_to_hash_bucket_strong,
    string_to_hash_bucket_v2,
)
from stillflow.ops.strings.joining import reduce_join_v2, string_join
from stillflow.ops.strings.joining import unsorted_segment_join as unsorted_segment_join
from stillflow.ops.strings.n_grams import ngrams as ngrams
from stillflow.ops.strings.numbers import as_string as as_string
from stillflow.ops.strings.numbers import string_to_number_v2
from stillflow.ops.strings.parts import string_length_v2, substr_v2
from stillflow.ops.strings.regex import regex_full_match as regex_full_match
from stillflow.ops.strings.regex import regex_replace as regex_replace
from stillflow.ops.strings.splitting import strings_split_v2
from stillflow.ops.strings.unicode import unicode_script as unicode_script
from stillflow.ops.strings.unicode import unicode_transcode as unicode_transcode

format = string_format
join = string_join
length = string_length_v2
lower = string_lower
reduce_join = reduce_join_v2
split = strings_split_v2
strip = string_strip
substr = substr_v2
to_hash_bucket = string_to_hash_bucket_v2
to_hash_bucket_fast = string_to_hash_bucket_fast
to_hash_bucket_strong = string_to_hash_bucket_strong
to_number = string_to_number_v2
upper = string_upper
