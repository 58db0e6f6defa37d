"""The errors that the contracts declare, as exceptions that carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._runtime.errors import ContractError

if TYPE_CHECKING:
    from . import models as _models

__all__ = ["ImporterError", "ListError", "MathError", "OrderError", "SourceError"]


class ImporterError(ContractError):
    """Why an import ended early."""

    def __init__(self, error: _models.ImporterErrorDetail, text: str = "") -> None:
        """Carries the declared error and the server's text for it."""
        super().__init__(text or repr(error))
        self.error = error


class ListError(ContractError):
    """Why there is no list."""

    def __init__(self, error: _models.ListErrorDetail, text: str = "") -> None:
        """Carries the declared error and the server's text for it."""
        super().__init__(text or repr(error))
        self.error = error


class MathError(ContractError):
    """Why there is no result."""

    def __init__(self, error: _models.MathErrorDetail, text: str = "") -> None:
        """Carries the declared error and the server's text for it."""
        super().__init__(text or repr(error))
        self.error = error


class OrderError(ContractError):
    """Why an order was not taken."""

    def __init__(self, error: _models.OrderErrorDetail, text: str = "") -> None:
        """Carries the declared error and the server's text for it."""
        super().__init__(text or repr(error))
        self.error = error


class SourceError(ContractError):
    """Why a source gives nothing in place of a row."""

    def __init__(self, error: _models.SourceErrorDetail, text: str = "") -> None:
        """Carries the declared error and the server's text for it."""
        super().__init__(text or repr(error))
        self.error = error
