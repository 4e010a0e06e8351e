from stillflow.platform.files import Copy as Copy
from stillflow.platform.files import DeleteRecursively as DeleteRecursively
from stillflow.platform.files import Exists as Exists
from stillflow.platform.files import GFile as GFile
from stillflow.platform.files import Glob as Glob
from stillflow.platform.files import IsDirectory as IsDirectory
from stillflow.platform.files import ListDirectory as ListDirectory
from stillflow.platform.files import MakeDirs as MakeDirs
from stillflow.platform.files import MkDir as MkDir
from stillflow.platform.files import Remove as Remove
from stillflow.platform.files import Rename as Rename
from stillflow.platform.files import Stat as Stat
from stillflow.platform.files import Walk as Walk

FastGFile = GFile
Open = GFile
