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
    InitializableLookupTableBaseV1 as InitializableLookupTableBase,
)
from stillflow.ops.tables.interface import LookupInterface as LookupInterface
from stillflow.ops.tables.mutable import MutableHashTable as MutableHashTable
from stillflow.ops.tables.static import HashTable as HashTable
