"""What the cells of a table say, in SQL; and what they look like."""

import glob
import re
from collections import Counter
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
    if kind in ("plain", "number"):
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


MOST_ROWS = 100  # below a row, that tell what columns hold
MOST_COLUMNS = 200  # from all over the row
SIGN = r"[$€£¥₹%]|[A-Z]{3}"
NUMBER = re.compile(
    rf"[<>~]?\s*\(?[-+−]?\s*(?:{SIGN})?\s*[-+−]?(?:\d[\d.,' \u00a0\u202f]*|\.\d+)"
    rf"(?:[eE][-+]?\d+)?\s*(?:{SIGN}|[kKM])?\)?-?"
)
YEAR = re.compile(r"(?:19|20)\d\d")
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d\d.*)?|\d{1,2}:\d\d(?::\d\d.*)?"
)


def kind_of(cell: str) -> str:
    """Return number, date or text; an empty string where a value is missing."""
    cell = cell.strip()
    if cell in MISSING or cell in ("-", ".", "--"):
        return ""
    if DATE.fullmatch(cell):
        return "date"
    return "number" if NUMBER.fullmatch(cell) else "text"


def votes(row: list[str], below: list[list[str]]) -> tuple[int, int]:
    """Return how many cells are unlike those below, as names are, and how many alike.

    Text is alike where it occurs again; otherwise it is unlike numbers and dates. A year
    is a name above other numbers: unlike decimals, and may be one of whole numbers.
    """
    unlike = alike = 0
    for place in range(0, len(row), -(-len(row) // MOST_COLUMNS)) if row else ():
        cell, kind = row[place], kind_of(row[place])
        column, kinds = cells_below(place, below)
        if not kind or not kinds:
            continue
        usual, count = kinds.most_common(1)[0]
        if usual == "text" or count < 0.8 * kinds.total():
            alike += cell in column
        elif YEAR.fullmatch(cell) and not any(map(YEAR.fullmatch, column)):
            unlike += any(mark in other for mark in ".," for other in column)
        elif kind == usual or column.count(cell) > 1:
            alike += 1
        else:
            unlike += 1
    return unlike, alike


def cells_below(place: int, below: list[list[str]]) -> tuple[list[str], Counter[str]]:
    """Return the first cells of a column, and how many are of each kind."""
    column = [row[place] for row in below[:MOST_ROWS] if place < len(row)]
    return column, Counter(filter(None, map(kind_of, column)))


def is_header(row: list[str], below: list[list[str]]) -> bool:
    """Tell whether cells are unlike those below, and none is alike."""
    unlike, alike = votes(row, [other for other in below if other != row])
    return unlike > 0 and not alike


def is_second_header(row: list[str], below: list[list[str]]) -> bool:
    """Tell whether a row below the header is one, too, also where some cells are alike.

    It has text in all columns of numbers that it fills, and not the same; or one text
    in most cells, which occurs in no other row: Response, Response, Open-Ended Response.
    """
    if is_header(row, below):
        return True
    texts, numbers = set(), 0
    for place, cell in enumerate(row):
        _, kinds = cells_below(place, below)
        if cell.strip() and kinds and kinds["text"] < 0.2 * kinds.total():
            if kind_of(cell) == "text":
                texts.add(cell.strip())
            else:
                numbers += 1
    return len(texts) > 1 and not numbers or caption_of(row, below) != ""


def caption_of(row: list[str], below: list[list[str]]) -> str:
    """Return the text that most cells of a row have, and no other row; else nothing."""
    filled = Counter(cell.strip() for cell in row if cell.strip())
    text, count = filled.most_common(1)[0] if filled else ("", 0)
    is_usual = count > 2 and 2 * count >= filled.total() and kind_of(text) == "text"
    is_there = any(text in other for other in below[:MOST_ROWS])
    return text if is_usual and not is_there else ""


def is_data(row: list[str], below: list[list[str]]) -> bool:
    """Tell whether the first row is like the others, so that there is no header."""
    others = [other for other in below if other != row]
    unlike, alike = votes(row, others)
    filled = sum(kind_of(cell) != "" for cell in row)
    return alike > 0 and not unlike and 2 * alike >= filled and not counts_up(row)


def counts_up(row: list[str]) -> bool:
    """Tell whether numbers in a row go up, as those of years do that are names."""
    numbers = [cell.strip() for cell in row if kind_of(cell) == "number"]
    try:
        values = [float(number) for number in numbers]
    except ValueError:
        return False
    steps = {after - before for before, after in zip(values, values[1:], strict=False)}
    return len(values) > 1 and (steps == {1} or len(values) > 3 and min(steps) > 0)
