"""`tf.errors`: one exception class for each status code of a TensorFlow run.

OpError
├── CancelledError             ├── PermissionDeniedError    ├── OutOfRangeError
├── UnknownError               ├── UnauthenticatedError     ├── UnimplementedError
├── InvalidArgumentError       ├── ResourceExhaustedError   ├── InternalError
├── DeadlineExceededError      ├── FailedPreconditionError  ├── UnavailableError
├── NotFoundError              ├── AbortedError             └── DataLossError
└── AlreadyExistsError
"""

from __future__ import annotations

from typing import Any

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """A run failed; `op` is the operation at fault, or None."""

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int):
        super().__init__(node_def, op, message)
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code

    @property
    def message(self) -> str:
        return self._message

    @property
    def op(self) -> Any:
        return self._op

    @property
    def error_code(self) -> int:
        return self._error_code

    @property
    def node_def(self) -> Any:
        return self._op.node_def if self._node_def is None and self._op else self._node_def

    def __str__(self) -> str:
        if self._op is None or not getattr(self._op, "built_at", None):
            return self._message
        return f"{self._message}\n  {self._op.type} {self._op.name!r} was {self._op.built_at}."

    def __reduce__(self):
        # An operation cannot cross a process boundary; its message can.
        return type(self), (None, None, str(self))


class _CodedError(OpError):
    """An OpError whose class alone gives the code."""

    code = UNKNOWN

    def __init__(self, node_def: Any, op: Any, message: str):
        super().__init__(node_def, op, message, self.code)


class CancelledError(_CodedError):
    """A run was cancelled, or the session was closed."""

    code = CANCELLED


class UnknownError(_CodedError):
    """The cause is not known."""

    code = UNKNOWN

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int = UNKNOWN):
        OpError.__init__(self, node_def, op, message, error_code)


class InvalidArgumentError(_CodedError):
    """An operation received an input that it does not accept."""

    code = INVALID_ARGUMENT


class DeadlineExceededError(_CodedError):
    """A deadline passed before the run ended."""

    code = DEADLINE_EXCEEDED


class NotFoundError(_CodedError):
    """A file, a checkpoint entry or a resource does not exist."""

    code = NOT_FOUND


class AlreadyExistsError(_CodedError):
    """What was to be created exists."""

    code = ALREADY_EXISTS


class PermissionDeniedError(_CodedError):
    """The caller may not do this."""

    code = PERMISSION_DENIED


class UnauthenticatedError(_CodedError):
    """The caller did not identify itself."""

    code = UNAUTHENTICATED


class ResourceExhaustedError(_CodedError):
    """Memory or disk ran out."""

    code = RESOURCE_EXHAUSTED


class FailedPreconditionError(_CodedError):
    """The system is in the wrong state: an uninitialised variable was read, say."""

    code = FAILED_PRECONDITION


class AbortedError(_CodedError):
    """A run was aborted by a conflicting one."""

    code = ABORTED


class OutOfRangeError(_CodedError):
    """Input ended, or a counter reached its limit."""

    code = OUT_OF_RANGE


class UnimplementedError(_CodedError):
    """The operation is not available."""

    code = UNIMPLEMENTED


class InternalError(_CodedError):
    """An invariant of the runtime is broken."""

    code = INTERNAL


class UnavailableError(_CodedError):
    """The runtime is not available at the moment."""

    code = UNAVAILABLE


class DataLossError(_CodedError):
    """Stored data is damaged beyond recovery."""

    code = DATA_LOSS


class OperatorNotAllowedInGraphError(TypeError):
    """A Python operation that would need a tensor's value: `if tensor:`, `for x in tensor:`."""


class InaccessibleTensorError(ValueError):
    """A tensor was used where it cannot be reached."""


_CLASSES: dict[int, type[_CodedError]] = {cls.code: cls for cls in _CodedError.__subclasses__()}


def exception_type_from_error_code(error_code: int) -> type[_CodedError]:
    """Returns the class for a status code; KeyError when there is none."""
    return _CLASSES[error_code]


def error_code_from_exception_type(cls: type[OpError]) -> int:
    """Returns the status code of an exception class; KeyError when it has none."""
    codes: dict[type[OpError], int] = {known: code for code, known in _CLASSES.items()}
    return codes[cls]
