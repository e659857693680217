"""Records as columns: an Arrow schema that follows a record's own definition, and the way there and back.

What is closed in a record becomes nested columns with the names of its fields: a record is a struct, a tuple
a list. What is open, a `dict` whose keys a domain chooses, becomes a string of JSON: a struct would
fix the keys of all domains for ever, and two data sets with different ones could not be merged. So whoever
opens a shard with pyarrow, DuckDB or `datasets` reads texts, labels and lists as they are, and
parses JSON only for states, aims and evidence. Such columns say so in their metadata (`json`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa

__all__ = ["arrays_of", "raw_shape", "records_of", "schema_of"]

T = TypeVar("T", bound=msgspec.Struct)

_JSON = {"json": "1"}
_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


@functools.cache
def schema_of(shape: type[msgspec.Struct]) -> pa.Schema:
    """Return the columns for records of a shape.

    >>> class Point(msgspec.Struct):
    ...     at: tuple[float, ...]
    ...     about: dict[str, str]
    >>> [str(field) for field in schema_of(Point)]
    ['pyarrow.Field<at: list<item: double not null> not null>', 'pyarrow.Field<about: string not null>']
    """
    return pa.schema(_fields(shape))


@functools.cache
def raw_shape(shape: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return the same record with everything open left as the JSON text it was read from.

    Decoding that is several times faster, and it keeps the text to the byte.
    """
    hints = get_type_hints(shape)
    fields: list[Any] = []
    for about in msgspec.structs.fields(shape):
        kind = _raw(hints[about.name])
        if about.required:
            fields.append((about.name, kind))
        elif about.default_factory is dict:
            fields.append((about.name, kind, msgspec.Raw(b"{}")))
        else:
            fields.append((about.name, kind, about.default))
    return msgspec.defstruct(
        f"Raw{shape.__name__}",
        fields,
        kw_only=True,
        gc=False,  # nothing in a row refers to itself: the collector need not look at it
        forbid_unknown_fields=bool(shape.__struct_config__.forbid_unknown_fields),
    )


def arrays_of(records: Sequence[msgspec.Struct], schema: pa.Schema) -> list[pa.Array]:
    """Return the columns of some records: raw ones, or ones in which nothing is open.

    Raises:
        pyarrow.ArrowInvalid, OverflowError: a value does not fit its column, such as a number beyond 64 bits.
    """
    return [_array(field.type, list(map(attrgetter(field.name), records))) for field in schema]


def records_of(batch: pa.RecordBatch, shape: type[T]) -> Iterator[T]:
    """Yield the records of a shape that some rows hold; a column that is not there has its default.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: a row is none.
    """
    fields = [field for field in schema_of(shape) if field.name in batch.schema.names]
    names = [field.name for field in fields]
    columns = [_values(field, batch.column(field.name)) for field in fields]
    for row in zip(*columns, strict=True):
        yield msgspec.convert(dict(zip(names, row, strict=True)), shape)


def _fields(shape: type[msgspec.Struct], *, absent: bool = False) -> list[pa.Field]:
    """Return the fields of a record; of one that may be absent, nothing below it need be there."""
    hints = get_type_hints(shape)
    return [_field(name, hints[name], absent=absent) for name in shape.__struct_fields__]


def _field(name: str, kind: Any, *, absent: bool = False) -> pa.Field:
    kind, optional = _without_none(kind)
    if _is_open(kind):
        return pa.field(name, pa.string(), nullable=optional or absent, metadata=_JSON)
    return pa.field(name, _arrow(kind, absent=optional), nullable=optional or absent)


def _arrow(kind: Any, *, absent: bool) -> pa.DataType:
    if get_origin(kind) is tuple:
        return pa.list_(_field("item", get_args(kind)[0]))
    if get_origin(kind) is Literal:
        return _SCALARS[type(get_args(kind)[0])]
    if kind in _SCALARS:
        return _SCALARS[kind]
    return pa.struct(_fields(kind, absent=absent))


def _raw(kind: Any) -> Any:
    inner, optional = _without_none(kind)
    if _is_open(inner):
        inner = msgspec.Raw
    elif get_origin(inner) is tuple:
        inner = list[_raw(get_args(inner)[0])]  # type: ignore[misc] # a type made while running
    elif get_origin(inner) is not Literal and inner not in _SCALARS:
        inner = raw_shape(inner)
    return inner | None if optional else inner


def _is_open(kind: Any) -> bool:
    return get_origin(kind) is dict


def _without_none(kind: Any) -> tuple[Any, bool]:
    """Return a type without `None`, and whether that was in it."""
    if get_origin(kind) in {Union, UnionType}:
        rest = [one for one in get_args(kind) if one is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return kind, False


def _array(kind: pa.DataType, values: list[Any]) -> pa.Array:
    if pa.types.is_list(kind):
        offsets = pa.array([0, *accumulate(map(len, values))], pa.int32())
        flat = _array(kind.value_type, list(chain.from_iterable(values)))
        return pa.ListArray.from_arrays(offsets, flat, type=kind)
    if pa.types.is_struct(kind):
        absent = [value is None for value in values]
        if any(absent):
            there = [value for value in values if value is not None]
            # Built of those that are there, then spread out: an absent struct has no values below it either.
            places = iter(range(len(there)))
            taken = pa.array([None if gone else next(places) for gone in absent], pa.int64())
            return _array(kind, there).take(taken)
        children = [_array(field.type, list(map(attrgetter(field.name), values))) for field in kind]
        return pa.StructArray.from_arrays(children, fields=list(kind))
    if values and isinstance(values[0], msgspec.Raw):
        values = list(map(bytes, values))
    return pa.array(values, kind)


def _values(field: pa.Field, array: pa.Array) -> list[Any]:
    kind = field.type
    if pa.types.is_list(kind):
        offsets = array.offsets.to_pylist()
        first = offsets[0]  # `values` are those of the whole array that this one may be a slice of
        flat = _values(kind.value_field, array.values.slice(first, offsets[-1] - first))
        return _absent([flat[start - first : end - first] for start, end in pairwise(offsets)], array)
    if pa.types.is_struct(kind):
        names = [child.name for child in kind]
        columns = [_values(child, array.field(number)) for number, child in enumerate(kind)]
        return _absent([dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)], array)
    if pa.types.is_string(kind):
        if (field.metadata or {}).get(b"json"):
            return _absent(_texts(array, msgspec.json.decode, b"null"), array)
        return _absent(_texts(array, _decoded, b""), array)
    plain: list[Any] = array.to_pylist()
    return plain


def _texts(array: pa.StringArray, decode: Callable[[bytes], Any], empty: bytes) -> list[Any]:
    """Return what each text says, cut out of the array's memory: `to_pylist` takes three times as long."""
    _, offsets, data = array.buffers()
    if data is None:
        return [decode(empty)] * len(array)
    places = memoryview(offsets).cast("i")[array.offset : array.offset + len(array) + 1].tolist()
    first = places[0]
    whole = data.slice(first, places[-1] - first).to_pybytes()
    return [decode(whole[start - first : end - first] or empty) for start, end in pairwise(places)]


def _decoded(text: bytes) -> str:
    return text.decode()


def _absent(values: list[Any], array: pa.Array) -> list[Any]:
    if not array.null_count:
        return values
    return [
        value if there else None for value, there in zip(values, array.is_valid().to_pylist(), strict=True)
    ]
