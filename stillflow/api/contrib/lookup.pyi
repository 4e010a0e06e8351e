from stillflow.ops.tables.by_index import index_table_from_file as index_table_from_file
from stillflow.ops.tables.by_index import (
    index_to_string_table_from_file as index_to_string_table_from_file,
)
from stillflow.ops.tables.initializers import KeyValueTensorInitializer as KeyValueTensorInitializer
from stillflow.ops.tables.initializers import TableInitializerBase as TableInitializerBase
from stillflow.ops.tables.initializers import (
    TextFileIdTableInitializer as TextFileIdTableInitializer,
)
from stillflow.ops.tables.initializers import TextFileIndex as TextFileIndex
from stillflow.ops.tables.initializers import TextFileInitializer as TextFileInitializer
from stillflow.ops.tables.initializers import (
    TextFileStringTableInitializer as TextFileStringTableInitializer,
)
from stillflow.ops.tables.interface import (
    InitializableLookupTableBaseV1,
)
from stillflow.ops.tables.interface import LookupInterface as LookupInterface
from stillflow.ops.tables.mutable import DenseHashTable
from stillflow.ops.tables.mutable import MutableHashTable as MutableHashTable
from stillflow.ops.tables.older import index_table_from_tensor as index_table_from_tensor
from stillflow.ops.tables.older import index_to_string as index_to_string
from stillflow.ops.tables.older import (
    index_to_string_table_from_tensor as index_to_string_table_from_tensor,
)
from stillflow.ops.tables.older import string_to_index as string_to_index
from stillflow.ops.tables.older import (
    string_to_index_table_from_file as string_to_index_table_from_file,
)
from stillflow.ops.tables.older import (
    string_to_index_table_from_tensor as string_to_index_table_from_tensor,
)
from stillflow.ops.tables.static import HashTable as HashTable
from stillflow.ops.tables.vocabulary import FastHashSpec as FastHashSpec
from stillflow.ops.tables.vocabulary import HasherSpec as HasherSpec
from stillflow.ops.tables.vocabulary import IdTableWithHashBuckets as IdTableWithHashBuckets
from stillflow.ops.tables.vocabulary import StrongHashSpec as StrongHashSpec

InitializableLookupTableBase = InitializableLookupTableBaseV1
MutableDenseHashTable = DenseHashTable
