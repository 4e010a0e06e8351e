"""`tf.errors`: one exception class for each status code of a run. Re-exports only."""

from stillflow.api import _missing
from stillflow.graph.errors import ABORTED as ABORTED
from stillflow.graph.errors import ALREADY_EXISTS as ALREADY_EXISTS
from stillflow.graph.errors import CANCELLED as CANCELLED
from stillflow.graph.errors import DATA_LOSS as DATA_LOSS
from stillflow.graph.errors import DEADLINE_EXCEEDED as DEADLINE_EXCEEDED
from stillflow.graph.errors import FAILED_PRECONDITION as FAILED_PRECONDITION
from stillflow.graph.errors import INTERNAL as INTERNAL
from stillflow.graph.errors import INVALID_ARGUMENT as INVALID_ARGUMENT
from stillflow.graph.errors import NOT_FOUND as NOT_FOUND
from stillflow.graph.errors import OK as OK
from stillflow.graph.errors import OUT_OF_RANGE as OUT_OF_RANGE
from stillflow.graph.errors import PERMISSION_DENIED as PERMISSION_DENIED
from stillflow.graph.errors import RESOURCE_EXHAUSTED as RESOURCE_EXHAUSTED
from stillflow.graph.errors import UNAUTHENTICATED as UNAUTHENTICATED
from stillflow.graph.errors import UNAVAILABLE as UNAVAILABLE
from stillflow.graph.errors import UNIMPLEMENTED as UNIMPLEMENTED
from stillflow.graph.errors import UNKNOWN as UNKNOWN
from stillflow.graph.errors import AbortedError as AbortedError
from stillflow.graph.errors import AlreadyExistsError as AlreadyExistsError
from stillflow.graph.errors import CancelledError as CancelledError
from stillflow.graph.errors import DataLossError as DataLossError
from stillflow.graph.errors import DeadlineExceededError as DeadlineExceededError
from stillflow.graph.errors import FailedPreconditionError as FailedPreconditionError
from stillflow.graph.errors import InternalError as InternalError
from stillflow.graph.errors import InvalidArgumentError as InvalidArgumentError
from stillflow.graph.errors import NotFoundError as NotFoundError
from stillflow.graph.errors import OpError as OpError
from stillflow.graph.errors import OutOfRangeError as OutOfRangeError
from stillflow.graph.errors import PermissionDeniedError as PermissionDeniedError
from stillflow.graph.errors import ResourceExhaustedError as ResourceExhaustedError
from stillflow.graph.errors import UnauthenticatedError as UnauthenticatedError
from stillflow.graph.errors import UnavailableError as UnavailableError
from stillflow.graph.errors import UnimplementedError as UnimplementedError
from stillflow.graph.errors import UnknownError as UnknownError
from stillflow.graph.errors import error_code_from_exception_type as error_code_from_exception_type
from stillflow.graph.errors import exception_type_from_error_code as exception_type_from_error_code

__getattr__, __dir__ = _missing.fallback(__name__)
