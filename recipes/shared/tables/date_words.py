"""Words of calendars, in SQL, and dates without what stands around them."""

from .sql import ALIKE, LIKE, let, quoted, words

MONTHS = [
    "january jan januar janvier janv enero ene gennaio gen janeiro januari jän"
    " jänner январь января янв styczeń stycznia sty ocak leden ledna tammikuuta"
    " tammikuu tammi січня січень január januára ianuarie ian ιανουαρίου ιανουάριος"
    " ιαν gener يناير януари jaanuar sausio",
    "february feb februar février févr fév febrero febbraio fevereiro fev februari"
    " февраль февраля фев luty lutego lut şubat únor února helmikuuta helmikuu helmi"
    " лютого лютий február februára februarie φεβρουαρίου φεβρουάριος φεβ febrer"
    " فبراير февруари veebruar vasario pebruari",
    "march mar märz mär mrz mars marzo março maart mrt март марта мар marzec marca"
    " mart březen března marts maaliskuuta maaliskuu maalis березня березень március"
    " márc marec martie μαρτίου μάρτιος μαρ març مارس märts kovo maret",
    "april apr avril avr abril abr aprile апрель апреля апр kwiecień kwietnia kwi"
    " nisan duben dubna април huhtikuuta huhtikuu huhti квітня квітень április ápr apríla"
    " apríl aprilie απριλίου απρίλιος απρ أبريل ابريل aprill balandžio",
    "may mai mayo maggio mag maio mei maj май мая maja mayıs květen května"
    " toukokuuta toukokuu touko травня травень május máj mája μαΐου μάιος μαϊ maig"
    " مايو gegužės",
    "june jun juni juin junio giugno giu junho июнь июня июн czerwiec czerwca cze"
    " haziran červen června kesäkuuta kesäkuu kesä червня червень június jún júna"
    " iunie iun ιουνίου ιούνιος ιουν juny يونيو юни juuni birželio",
    "july jul juli juillet juil julio luglio lug julho июль июля июл lipiec lipca"
    " lip temmuz červenec července heinäkuuta heinäkuu heinä липня липень július júl"
    " júla iulie iul ιουλίου ιούλιος ιουλ juliol يوليو юли juuli liepos",
    "august aug août aou agosto ago augustus augusti август августа авг sierpień"
    " sierpnia sie ağustos srpen srpna agost elokuuta elokuu elo серпня серпень augusztus"
    " augusta αυγούστου αύγουστος αυγ أغسطس agustus rugpjūčio",
    "september sep sept septembre septiembre settembre set setembro сентябрь"
    " сентября сен сент wrzesień września wrz eylül září syyskuuta syyskuu syys"
    " вересня вересень szeptember szept septembra septembrie σεπτεμβρίου σεπτέμβριος"
    " σεπ setembre سبتمبر септември rugsėjo",
    "october oct oktober okt octobre octubre ottobre ott outubro out октябрь"
    " октября окт październik października paź ekim říjen října lokakuuta lokakuu"
    " loka жовтня жовтень október októbra octombrie οκτωβρίου οκτώβριος οκτ أكتوبر"
    " октомври oktoober spalio",
    "november nov novembre noviembre novembro ноябрь ноября ноя нояб listopad"
    " listopada lis kasım listopadu marraskuuta marraskuu marras листопада листопад"
    " novembra noiembrie noi νοεμβρίου νοέμβριος νοε نوفمبر ноември lapkričio",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro"
    " desember des декабрь декабря дек grudzień grudnia gru aralık prosinec prosince"
    " joulukuuta joulukuu joulu грудня грудень decembra decembrie δεκεμβρίου"
    " δεκέμβριος δεκ desembre ديسمبر декември detsember gruodžio",
]
WEEKDAYS = (
    "(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    "|(?:mo|diens|donners|frei|sams|sonn)n?(?:tag)?|mittwoch|mi|di|do|fr|sa|so"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|jeu|ven|sam|dim"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mié|jue|vie|sáb|dom"
    "|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|seg|ter|qua|qui|sex"
    "|(?:lune|marte|mercole|giove|vener)dì|sabato|domenica|mer|gio"
    "|(?:maan|dins|woens|donder|vrij|zater|zon)dag|ma|wo|vr|za|zo"
    "|(?:mån|tis|ons|tors|fre|lör|sön)dag|(?:man|tirs|lør|søn)dag|mån|tis|ons|tors|lör"
    "|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|pon|wt|śr|czw|pt|sob"
    "|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|пн|вт|ср|чт|пт|сб|вс"
    "|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar"
    "|maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai)"
)
QUARTERS = "q t k kv kw кв trim trimestre quarter quartal kvartal квартал"
HALVES = "h s semestre semester"
WEEKS = "w wk week kw cw woche semaine semana settimana uke vecka"
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""Their names, and the years before their first."""
# What every date of text has; to look for it takes less than to look for dates.
SIGN_OF_DATE = (
    r"\d[-/., 年년_:]+\d|\d{8}|[qwtshk] ?\d|\d ?[qwt]|\d ?m\d|tháng|"
    + "|".join(sorted({name[:3] for names in MONTHS for name in names.split()}))
)

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


def bare_sql(text: str) -> str:
    """Return the SQL of a date in small letters, its time as 07:35, without a frame."""
    return let(spelled_out(text), rewritten("m"))


def spelled_out(text: str) -> str:
    """Return the SQL of a date with a time of 07:35, not 0735 or 07.35.00, and its year.

    25 MAR 22 07.35.00, 20240325T0735Z; and 令和6年3月25日 is of the year 2024.
    """
    dots = rf"regexp_replace({text}, '(\d) (\d\d?)[.](\d\d)[.](\d\d)', '\1 \2:\3:\4')"
    seconds = rf"regexp_replace({text}, '^(.{{8}})T(\d\d)(\d\d)(\d\d)', '\1 \2:\3:\4')"
    minutes = rf"regexp_replace({seconds}, '^(.{{8}})T(\d\d)(\d\d)(Z?)$', '\1 \2:\3\4')"
    has_dots = f"contains({text}, ' ') and contains({text}, '.')"
    time = f"when {text}[9] = 'T' then {minutes} when {has_dots} then {dots}"
    year = rf"replace(regexp_extract({text}, '^..(元|\d+)年', 1), '元', '1')"
    eras = " ".join(f"when '{era}' then {before}" for era, before in ERAS.items())
    year = f"try_cast({year} as int) + case left({text}, 2) {eras} end"
    with_year = rf"concat({year}, regexp_replace({text}, '^..(元|\d+)', ''))"
    is_of_era = f"left({text}, 2) in ({words(' '.join(ERAS))})"
    return f"case when {is_of_era} then {with_year} {time} else {text} end"


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


def month_sql(word: str) -> str:
    """Return the SQL of the number of a month; NULL for other words."""
    cases = " ".join(
        f"when {word} in ({words(names)}) then {month}"
        for month, names in enumerate(MONTHS, 1)
    )
    return f"case {cases} end"
