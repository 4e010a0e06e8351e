from stillflow.api.lookup import experimental as experimental
from stillflow.ops.tables.initializers import KeyValueTensorInitializer as KeyValueTensorInitializer
from stillflow.ops.tables.initializers import TextFileIndex as TextFileIndex
from stillflow.ops.tables.initializers import TextFileInitializer as TextFileInitializer
from stillflow.ops.tables.static import StaticHashTable as StaticHashTable
from stillflow.ops.tables.vocabulary import StaticVocabularyTable as StaticVocabularyTable
