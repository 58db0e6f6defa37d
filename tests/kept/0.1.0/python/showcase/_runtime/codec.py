"""The two codecs: values to bytes and back."""

from __future__ import annotations

import json
import math
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Protocol, TypeAlias, cast

from .depth import CUT, cut, on_own_stack
from .errors import ProtocolError
from .mismatch import MismatchError, WrongValueError

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
            WrongValueError: The codec cannot write it; the path says where it stands.
        """
        ...

    def decode(self, body: bytes) -> Envelope:
        """Reads a frame body.

        Raises:
            ProtocolError: It is not one map of this codec.
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
        self._read: Callable[[str], tuple[WireValue, int]] = decoder.raw_decode
        self._read_spaced: Callable[[str], WireValue] = decoder.decode

    def encode(self, value: object) -> bytes:
        try:
            try:
                return self._encode(value).encode()
            except RecursionError:
                return on_own_stack(self._encode, value).encode()
        except ValueError as failure:
            _locate_unwritable(value)
            raise WrongValueError(f"cannot be written as JSON: {failure}") from failure

    def decode(self, body: bytes) -> Envelope:
        try:
            text = body.decode()
            try:
                value = self._value(text)
            except RecursionError:
                # What is cut is refused by whoever waits for it; the connection goes on.
                value = on_own_stack(self._value, cut(body).decode())
        except (ValueError, RecursionError) as failure:
            raise ProtocolError(f"received a frame that is not JSON: {failure}") from failure
        return _as_envelope(value)

    def _value(self, text: str) -> WireValue:
        if text[:1] == "{":
            value, end = self._read(text)
            if end == len(text):
                return value
        return self._read_spaced(text)


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
        self._decode: Callable[..., WireValue] = library.unpackb
        self._unpacker: Callable[..., Any] = library.Unpacker
        self._too_nested: type[Exception] = library.StackError
        self._unfinished: type[Exception] = library.OutOfData
        self._json = _Json()

    def encode(self, value: object) -> bytes:
        try:
            try:
                return self._pack(value)
            except RecursionError:
                return on_own_stack(self._pack, value)
        except ValueError as failure:
            _locate_unwritable(value, finite=False)
            raise WrongValueError(f"cannot be written as MessagePack: {failure}") from failure

    def decode(self, body: bytes) -> Envelope:
        if body[:1] == b"{":
            # Refusals of frames whose codec the server could not tell are JSON.
            return self._json.decode(body)
        try:
            try:
                value = self._value(body)
            except (self._too_nested, RecursionError):
                # What is cut is refused by whoever waits for it; the connection goes on.
                value = on_own_stack(self._shallow, body)
        except (ValueError, TypeError, RecursionError, self._unfinished) as failure:
            raise ProtocolError(f"received a frame that is not MessagePack: {failure}") from failure
        return _as_envelope(value)

    def _pack(self, value: object) -> bytes:
        return self._encode(value, default=_messagepack_form, strict_types=True)

    def _value(self, body: bytes) -> WireValue:
        return self._decode(body, strict_map_key=False)

    def _shallow(self, body: bytes) -> Envelope:
        """The entries up to the one that nests too deep for the library, which is nothing else."""
        unpacker = self._unpacker(strict_map_key=False, max_buffer_size=len(body))
        unpacker.feed(body)
        envelope: Envelope = {}
        for _ in range(unpacker.read_map_header()):
            key = unpacker.unpack()
            try:
                envelope[key] = unpacker.unpack()
            except (self._too_nested, RecursionError):
                envelope[key] = _nested(CUT)
                break
        return envelope


def _as_envelope(value: WireValue) -> Envelope:
    if type(value) is not dict:
        raise ProtocolError("received a frame that is not a map")
    return value


def _nested(levels: int) -> WireValue:
    value: WireValue = None
    for _ in range(levels):
        value = [value]
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
            raise WrongValueError(f"expected a finite number, found {value}")
    elif isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise WrongValueError("expected text, found a lone surrogate")
    elif isinstance(value, dict):
        entries = cast("Mapping[object, object]", value)
        for key, entry in entries.items():
            try:
                _locate_unwritable(key, finite=finite)
                _locate_unwritable(entry, finite=finite)
            except MismatchError as failure:
                raise failure.within(str(key)) from None
    elif isinstance(value, list):
        items = cast("Sequence[object]", value)
        for index, entry in enumerate(items):
            try:
                _locate_unwritable(entry, finite=finite)
            except MismatchError as failure:
                raise failure.within_item(index) from None
