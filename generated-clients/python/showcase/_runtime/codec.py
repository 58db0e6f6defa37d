"""The two codecs: values to bytes and back."""

from __future__ import annotations

import json
import math
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Protocol, TypeAlias, cast

from .errors import ProtocolViolation
from .mismatch import Mismatch, WrongValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CodecName: TypeAlias = Literal["json", "messagepack"]
"""The codecs by name."""

WireValue: TypeAlias = (
    "bool | int | float | str | bytes | list[WireValue] | dict[str | int, WireValue] | None"
)
"""What is received, before it is checked. `bytes` and integer keys occur in MessagePack alone."""

Envelope: TypeAlias = dict[str | int, WireValue]
"""A received frame."""


class Wide(int):
    """A signed 128-bit integer on its way out: a number in JSON, 16 bytes in MessagePack."""

    signed = True


class UnsignedWide(Wide):
    """The same without a sign."""

    signed = False


class Codec(Protocol):
    """Turns values into bytes and frame bodies into envelopes."""

    @property
    def name(self) -> CodecName:
        """Which of the two it is."""
        ...

    def encode(self, value: object) -> bytes:
        """Writes one value.

        Raises:
            WrongValue: The codec cannot write it; the path says where it stands.
        """
        ...

    def decode(self, body: bytes) -> Envelope:
        """Reads a frame body.

        Raises:
            ProtocolViolation: It is not one map of this codec.
        """
        ...


def codec_named(name: CodecName) -> Codec:
    """The codec of that name.

    Raises:
        ValueError: There is no codec of that name.
        ImportError: MessagePack was asked for and the `msgpack` package is not installed.
    """
    if name == "json":
        return _Json()
    if name == "messagepack":
        return _MessagePack()
    raise ValueError(f'unknown codec {name!r}: expected "json" or "messagepack"')


class _Json:
    name: CodecName = "json"

    def __init__(self) -> None:
        self._encode = json.JSONEncoder(
            separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_json_form
        ).encode
        decoder = json.JSONDecoder(parse_constant=_refuse_constant)
        self._read: Callable[[str], tuple[Any, int]] = decoder.raw_decode
        self._read_spaced: Callable[[str], Any] = decoder.decode

    def encode(self, value: object) -> bytes:
        try:
            return self._encode(value).encode()
        except ValueError as failure:
            _locate_unwritable(value)
            raise WrongValue(f"cannot be written as JSON: {failure}") from failure

    def decode(self, body: bytes) -> Envelope:
        try:
            text = body.decode()
            if text[:1] == "{":
                value, end = self._read(text)
                if end != len(text):
                    value = self._read_spaced(text)
            else:
                value = self._read_spaced(text)
        except (ValueError, RecursionError) as failure:
            raise ProtocolViolation(f"received a frame that is not JSON: {failure}") from failure
        return _as_envelope(value)


class _MessagePack:
    name: CodecName = "messagepack"

    def __init__(self) -> None:
        try:
            library: Any = import_module("msgpack")
        except ImportError as failure:
            raise ImportError(
                'codec "messagepack" needs the msgpack package: install this one with [msgpack]'
            ) from failure
        self._encode: Callable[..., bytes] = library.packb
        self._decode: Callable[..., Any] = library.unpackb
        self._json = _Json()

    def encode(self, value: object) -> bytes:
        try:
            return self._encode(value, default=_messagepack_form, strict_types=True)
        except ValueError as failure:
            _locate_unwritable(value, finite=False)
            raise WrongValue(f"cannot be written as MessagePack: {failure}") from failure

    def decode(self, body: bytes) -> Envelope:
        if body[:1] == b"{":
            # Refusals of frames whose codec the server could not tell are JSON.
            return self._json.decode(body)
        try:
            value = self._decode(body, strict_map_key=False)
        except (ValueError, TypeError, RecursionError) as failure:
            raise ProtocolViolation(
                f"received a frame that is not MessagePack: {failure}"
            ) from failure
        return _as_envelope(value)


def _as_envelope(value: WireValue) -> Envelope:
    if type(value) is not dict:
        raise ProtocolViolation("received a frame that is not a map")
    return value


def _json_form(value: object) -> object:
    if isinstance(value, bytes):
        return list(value)
    raise TypeError(f"no encoder makes {type(value).__name__}")


def _messagepack_form(value: object) -> object:
    if isinstance(value, Wide):
        return value.to_bytes(16, "big", signed=value.signed)
    raise TypeError(f"no encoder makes {type(value).__name__}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _locate_unwritable(value: object, *, finite: bool = True) -> None:
    """Raises with the path of the first value that the codec cannot write, if it finds one."""
    if isinstance(value, float):
        if finite and not math.isfinite(value):
            raise WrongValue(f"expected a finite number, found {value}")
    elif isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise WrongValue("expected text, found a lone surrogate")
    elif isinstance(value, dict):
        entries = cast("Mapping[object, object]", value)
        for key, entry in entries.items():
            try:
                _locate_unwritable(key, finite=finite)
                _locate_unwritable(entry, finite=finite)
            except Mismatch as failure:
                raise failure.within(str(key)) from None
    elif isinstance(value, list):
        items = cast("Sequence[object]", value)
        for index, entry in enumerate(items):
            try:
                _locate_unwritable(entry, finite=finite)
            except Mismatch as failure:
                raise failure.within_item(index) from None
