"""What stands in and around a date, in SQL: brackets, words, times in other forms."""

from .sql import ALIKE, LIKE, quoted

# What programs write around a date: datetime.date(2024, 2, 8), {"$date": "2024-02-08"}.
CALL = r"^(?:new )?[a-z_.]*(?:date|time|timestamp)_?\((.*)\)$"
RECORD = r"""^\{"\$?[a-z]+": ?(.*)\}$"""
QUOTES = r"""^['"#\[(]+(.*?)['"#\])]*$"""
INTRODUCED = (
    r"^(?:as of|as at|week (?:of|ending|commencing)|w/[ec]|since|from|until|on|the|le|el"
    r"|am|den|vom|seit|ngày)[: ]+"
)
AROUND_TIME = (
    r"[ ,]+(?:à|a las|às|alle(?: ore)?|ore|um|kl[.]?|klo|om|в|lúc) (\d{1,2}\D?\d)"
)
TO = r" ?(?:-|to|bis|until|au|al|a|до|~|/|→|[.][.]+) ?"
DAY = r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
CHINESE_DAY = (
    r"[(（][月火水木金土日一二三四五六天화수목금토](?:曜日|요일)?[)）]"
    r"|(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日|[월화수목금토일]요일"
)

# From, to: each works on what the others before it have left.
REWRITTEN = [
    (CALL, r"\1"),
    (RECORD, r"\1"),
    (QUOTES, r"\1"),
    (r"^(\d{4}(?:, ?\d\d?){3}), ?(\d)\b", r"\1, 0\2"),
    (r"^(\d{4}), ?(\d\d?), ?(\d\d?), ?(\d\d?), ?(\d\d)(?:,.*)?$", r"\1-\2-\3 \4:\5"),
    (
        r"^(\d{4})[-_:.](\d\d)[-_:.](\d\d)[-_ td:](\d\d)[-_:.](\d\d)[-_:.](\d\d)",
        r"\1-\2-\3 \4:\5:\6",
    ),
    (rf"^{DAY}{TO}{DAY}$", r"\1"),  # of a range its start
    (INTRODUCED, ""),
    (AROUND_TIME, r" \1"),
    (r"[ ,]*(?:uhr|hrs|hs|klo)[.]?$", ""),
    (r"(上午|午前|오전) ?(\d{1,2}:\d\d(?::\d\d)?)", r" \2 am"),
    (r"(下午|午後|오후|晚上) ?(\d{1,2}:\d\d(?::\d\d)?)", r" \2 pm"),
    (r"([ap])[.] m[.]?", r"\1m"),
    (
        r"([日일 ])(\d\d?) ?(?:h|时|時|點|点|시) ?(\d\d)(?: ?(?:분|分|min|m))?",
        r"\1 \2:\3",
    ),
    (r"([日일 ])(\d\d?) ?(?:时|時|點|点|시) ?(\d)(?:분|分)", r"\1 \2:0\3"),
    (r" (\d\d?) ?([ap]m)$", r" \1:00 \2"),
    (r"^(\d{4}-\d\d-\d\d)[ t](\d\d)$", r"\1 \2:00"),
    (r"^(\d{8})[-_](\d\d)(\d\d)(\d\d)$", r"\1 \2:\3:\4"),
    (r"^(\d{8})[-_](\d\d)(\d\d)$", r"\1 \2:\3"),
    (r"\[[a-z]+\]$", ""),
    (CHINESE_DAY, " "),
]
MILLISECONDS_IN = r'(?i)(?:date\(|"\$date": ?)(-?\d{9,13})(?:[-+]\d{4})?[)}]'
# Most dates; the others take much longer.
USUAL = (
    r"(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}[- /.]+[A-Za-z]{3,9}[-. /,]+\d{2,4}"
    r"|[A-Za-z]{3,9} \d{1,2}, \d{4})(?: \d{1,2}:\d\d(?::\d\d)?)?"
)


def rewritten(text: str) -> str:
    """Return the SQL of a date without what stands around it, in small letters."""
    sql = f"translate({text}, {quoted(LIKE + '／：')}, {quoted(ALIKE + '/:')})"
    sql = f"lower({sql})"
    for before, after in REWRITTEN:
        sql = f"regexp_replace({sql}, {quoted(before)}, {quoted(after)})"
    is_usual = f"regexp_full_match({text}, {quoted(USUAL)})"
    return f"case when {is_usual} then lower({text}) else {sql} end"


def milliseconds_sql(text: str) -> str:
    """Return the SQL of /Date(1700000000000)/ as a timestamp; else NULL."""
    number = f"regexp_extract({text}, {quoted(MILLISECONDS_IN)}, 1)"
    return (
        f"case when contains({text}, 'ate') then"
        f" make_timestamp(1000 * try_cast({number} as bigint)) end"
    )
