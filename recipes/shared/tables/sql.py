"""Pieces of SQL: quoted texts and names, cells, and what means that a value is missing."""

import glob
from pathlib import Path

EMPTY = ["", "?"]  # text is missing: a class may be called None or NA
MISSING = [*EMPTY, *"NA N/A #N/A n/a nan NaN NULL null None #DIV/0! #VALUE!".split()]
# Among numbers and dates these are missing values as well; among names they are names.
MARKS = (
    "-|:|--|---|–|—|.|..|...|*|x|na|n.a.|n.a|n. a.|n/a|<na>|#n/a|#na|nil|none|null|(null)"
    "|<null>|\\n|nd|n.d.|n.d|n. d.|n/d|nv|n.v.|nr|n.r.|tbd|tba|missing|unknown|unk"
    "|undefined"
    "|not available|not applicable|not known|not recorded|no data|no value|no answer"
    "|blank|(blank)|empty|refused|don't know|#ref!|#name?|#num!|#null!|#error!"
    "|k.a.|k. a.|k.a|k/a|ka|keine angabe|keine angaben|keine daten|unbekannt|fehlt|leer"
    "|entfällt|sin dato|sin datos|s/d|s.d.|desconocido|no disponible|no aplica|nc|n.c."
    "|inconnu|non disponible|non renseigné|nr.|sans objet|s.o.|manquant|sconosciuto"
    "|non disponibile|nessun dato|não informado|não disponível|desconhecido|sem dados"
    "|ignorado|sem informação|brak|brak danych|onbekend|geen|okänd|saknas|ukendt|ukjent"
    "|неизвестно|нет данных|нет|н/д|不明|未知|无|暂无|なし|欠測|0000-00-00|00.00.0000|00/00/0000"
    "|0000-00-00 00:00:00"
).split("|")

BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
PLAIN = "[!-~](.*[!-~])?"  # as nearly all cells are; to trim takes long
# Minus signs, blanks, apostrophes and digits that look alike, and what they are alike.
LIKE = (
    "−–—‑－△▼\xa0\u2009\u202f\u2007’´"
    + "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９"
    + "٫．，"
)
ALIKE = "-------    ''" + 4 * "0123456789" + "..,"


def quoted(text: str, quote: str = "'") -> str:
    """Return a text, or with double quotes a name, in SQL."""
    return quote + text.replace(quote, 2 * quote) + quote


def cells_of(names: list[str]) -> list[str]:
    """Return names of columns for DuckDB, for which A and a are the same."""
    return [f"cell{number}" for number in range(len(names))]


def file_in_sql(path: Path) -> str:
    """Return the name of a file in SQL; no character in it is a wildcard."""
    return quoted(glob.escape(f"{path.absolute()}"))


def cell_sql(kind: str, cell: str, is_numeric: bool) -> str:
    """Return the SQL of a cell of text, or of a number, as Table calls it."""
    if kind == "cell":
        return cell
    if is_numeric:
        text = rf"regexp_replace({cell}::varchar, '\.0$', '')"  # 7, not 7.0
        value = text if kind in ("text", "known") else f"{cell}::double"
        return f"case when {cell}::double <= 'inf' then {value} end"  # NaN is above it
    if kind == "plain":
        return f"try_cast({cell} as double)"
    return text_sql(cell, EMPTY if kind == "text" else MISSING)


def text_sql(cell: str, missing: list[str]) -> str:
    """Return the SQL of a cell without blanks around it; NULL where it is missing."""
    marks = ", ".join(map(quoted, missing))
    trimmed = f"trim({cell}, '{BLANKS}')"
    return (
        f"case when regexp_full_match({cell}, '{PLAIN}')"
        f" then case when {cell} not in ({marks}) then {cell} end"
        f" else case when {trimmed} not in ({marks}) then {trimmed} end end"
    )


def name_sql(text: str) -> str:
    """Return the SQL of a name, the same however it is spelled: Yes, YES, 7.0 and 7."""
    one = rf"regexp_replace({text}, '^(-?\d+)\.0+$', '\1')"
    one = rf"regexp_replace(nfc_normalize({one}), '\s+', ' ', 'g')"
    dotted = rf"regexp_replace({one}, '(..)\.$', '\1')"  # <=50K. is <=50K
    return f"lower(case when ends_with({text}, '.') then {dotted} else {one} end)"


def let(value: str, result: str) -> str:
    """Return the SQL of a result in which m stands for a value, which is found once."""
    return f"list_transform([{value}], lambda m: {result})[1]"


def struct(**parts: str) -> str:
    """Return the SQL of values by name."""
    return "{" + ", ".join(f"'{name}': {sql}" for name, sql in parts.items()) + "}"


def words(text: str) -> str:
    """Return words as they stand in a list of SQL."""
    return ", ".join(map(quoted, text.split()))
