"""What all tables share: the naming of constraints, so that migrations are the same on SQLite and PostgreSQL."""

import secrets
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: An amount in minor units: a month in IDR or VND is more than 32 bits hold. SQLite's integers have 64 anyway.
MONEY = BigInteger().with_variant(Integer(), "sqlite")


class Numbered(SQLModel):
    """A row that other rows and members name by its number."""

    id: int | None = Field(default=None, primary_key=True)

    @property
    def number(self) -> int:
        """The id of a stored row."""
        assert self.id is not None, "it is stored"
        return self.id


def one_of(column: str, words: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """A CHECK that the column holds one of the words; enums are stored as text so that a word is easily added."""
    allowed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def while_in(state: str, name: str, *columns: str, unique: bool = False) -> Index:
    """An index over the rows in one state only, so that its size is what is under way, not what is stored."""
    where = text(f"state = '{state}'")
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def new_key() -> str:
    """A random key, unguessable and unique: 32 hexadecimal digits."""
    return secrets.token_hex(16)
