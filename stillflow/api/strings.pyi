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
    string_to_hash_bucket,
    string_to_hash_bucket_fast,
    string_to_hash_bucket_strong,
)
from stillflow.ops.strings.joining import reduce_join as reduce_join
from stillflow.ops.strings.joining import string_join
from stillflow.ops.strings.joining import unsorted_segment_join as unsorted_segment_join
from stillflow.ops.strings.n_grams import ngrams as ngrams
from stillflow.ops.strings.numbers import as_string as as_string
from stillflow.ops.strings.numbers import string_to_number
from stillflow.ops.strings.parts import string_length
from stillflow.ops.strings.parts import substr as substr
from stillflow.ops.strings.regex import regex_full_match as regex_full_match
from stillflow.ops.strings.regex import regex_replace as regex_replace
from stillflow.ops.strings.splitting import strings_split
from stillflow.ops.strings.unicode import unicode_script as unicode_script
from stillflow.ops.strings.unicode import unicode_transcode as unicode_transcode

format = string_format
join = string_join
length = string_length
lower = string_lower
split = strings_split
strip = string_strip
to_hash_bucket = string_to_hash_bucket
to_hash_bucket_fast = string_to_hash_bucket_fast
to_hash_bucket_strong = string_to_hash_bucket_strong
to_number = string_to_number
upper = string_upper
