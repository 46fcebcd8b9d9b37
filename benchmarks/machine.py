"""The machine that we measured on, in words; figures mean nothing without it."""

import os
import platform  # noqa: TID251 -- the standard library's, for the kernel and Python
import shutil
import sqlite3
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import needs
from benchmarks.common import postgres_version

LIBRARIES = (
    "slack-bolt", "starlette", "uvicorn", "aiohttp", "sqlalchemy", "psycopg", "requests", "procrastinate",
    "apscheduler", "celery", "redis",
)  # fmt: skip


def description() -> dict[str, str]:
    """What was there, by name."""
    memory = next(line for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    processor = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if "model name" in line), "?")
    return {
        "processor": f"{processor}, {os.cpu_count()} cores",
        "memory": f"{int(memory.split()[1]) / 1024 / 1024:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": f"{sqlite3.sqlite_version}, WAL, synchronous=FULL",
        "PostgreSQL": _postgresql(),
        "Redis": _redis(),
        "libraries": ", ".join(f"{name} {_version(name)}" for name in LIBRARIES),
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _postgresql() -> str:
    try:
        return f"{postgres_version()}, settings as delivered, on the same machine"
    except needs.Absent:
        return "not on this machine"


def _redis() -> str:
    program = shutil.which("redis-server")
    if program is None:
        return "not on this machine"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return next(word.removeprefix("v=") for word in said.split() if word.startswith("v="))
