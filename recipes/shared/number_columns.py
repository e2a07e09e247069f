"""Which columns of a table hold numbers, for inputs that take nothing else."""

from ..errors import say
from ..tables.judging import judge
from ..tables.table import Table


def columns_of_numbers(table: Table, names: list[str]) -> list[str]:
    """Return those of the columns that hold numbers; print which do not."""
    numeric = [column.name for column in judge(table, names) if column.is_numeric]
    for name in names:
        if name not in numeric:
            say(f"Left out: column {name} (no numbers)")
    return numeric
