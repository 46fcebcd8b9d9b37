"""Every table as JSON lines, and back: the form in which a desk moves between SQLite and PostgreSQL.

It walks the metadata, so a new table is part of it by itself.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Column, MetaData, Table, TypeDecorator, func, insert, select, text
from sqlmodel import Session

from bot.keeping.bundle import Bundle, Damaged, Writer
from models.inbound import without_ways_back

#: Rows read or written at once.
SOME = 500
#: Python type of a column -> (to JSON, from JSON); every other value is its own JSON.
CODECS: dict[type, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    datetime: (datetime.isoformat, datetime.fromisoformat),
    bytes: (lambda value: b64encode(value).decode(), b64decode),
}


def part_of(table: Table) -> str:
    """Name of the table's part."""
    return f"tables/{table.name}.jsonl"


def is_empty(session: Session, metadata: MetaData) -> bool:
    """Whether no table has a row."""
    return all(session.execute(select(table).limit(1)).first() is None for table in metadata.sorted_tables)


def counts(session: Session, metadata: MetaData) -> dict[str, int]:
    """Table -> rows."""
    return {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def dump(session: Session, metadata: MetaData, writer: Writer) -> None:
    """Write every row of every table, by primary key; the session's transaction is one snapshot."""
    for table in metadata.sorted_tables:
        convert = [(column.name, _codec(column)[0]) for column in table.columns]
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=SOME)
        with writer.entry(part_of(table)) as write:
            for row in session.execute(query):
                values = {name: to(value) for (name, to), value in zip(convert, row, strict=True)}
                write(json.dumps(values, ensure_ascii=False).encode() + b"\n")


def load(session: Session, metadata: MetaData, bundle: Bundle) -> None:
    """Store every row under its id, into empty tables; on PostgreSQL the next ids follow. Raises Damaged."""
    for table in metadata.sorted_tables:
        if part_of(table) not in bundle.manifest.entries:
            raise Damaged(f"{part_of(table)} is missing. Nothing was changed.")
        rows = _rows(table, bundle.lines(part_of(table)))
        stored = 0
        while some := list(islice(rows, SOME)):
            session.execute(insert(table), some)
            stored += len(some)
        if stored != bundle.manifest.counts.get(table.name):
            raise Damaged(f"{part_of(table)} has {stored} rows and not what its manifest says. Nothing was changed.")
    if session.get_bind().dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            _follow(session, table)


def _rows(table: Table, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    convert = {column.name: _codec(column)[1] for column in table.columns}
    for line in lines:
        values = json.loads(line)
        if values.keys() != convert.keys():
            raise Damaged(f"{part_of(table)} has other columns than the table. Nothing was changed.")
        yield {name: convert[name](value) for name, value in values.items()}


def _codec(column: Column[Any]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    kind = column.type
    while isinstance(kind, TypeDecorator):  # which does not tell the Python type of what it decorates
        kind = kind.impl_instance
    to, back = CODECS.get(kind.python_type, (without_ways_back, _same))
    return _unless_none(to), _unless_none(back)


def _same(value: Any) -> Any:
    return value


def _unless_none(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def _follow(session: Session, table: Table) -> None:
    """Let the table's sequence, if it has one, go on after the largest id."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = session.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": f'"{table.name}"', "column": column.name}
    ).scalar_one()
    largest = session.execute(select(func.max(column))).scalar_one()
    if sequence and largest is not None:
        session.execute(text("SELECT setval(:sequence, :largest)"), {"sequence": sequence, "largest": largest})
