"""What runs beside the PBX as long as a test needs it."""

import subprocess
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from dispatch.embedded import process


class Server(ABC):
    @abstractmethod
    def _start(self) -> subprocess.Popen[bytes]: ...

    @abstractmethod
    def _is_ready(self) -> bool: ...

    def __enter__(self) -> Self:
        self._process = self._start()
        what = type(self).__name__
        process.wait_until(self._is_ready, process=self._process, seconds=15, what=what)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process.stop(self._process)
