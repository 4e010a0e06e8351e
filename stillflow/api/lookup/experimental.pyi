from stillflow.ops.tables.mutable import DenseHashTable as DenseHashTable
