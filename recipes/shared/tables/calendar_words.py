"""Words and signs of calendars: months, days of the week, eras."""

MONTHS = [
    "january jan januar janvier janv enero ene gennaio gen janeiro januari jän jänner"
    " январь января янв styczeń stycznia sty ocak leden ledna",
    "february feb februar février févr fév febrero febbraio fevereiro fev februari"
    " февраль февраля фев luty lutego lut şubat únor února",
    "march mar märz mär mrz mars marzo março maart mrt"
    " март марта мар marzec marca mart březen března",
    "april apr avril avr abril abr aprile апрель апреля апр kwiecień kwietnia kwi nisan"
    " duben dubna",
    "may mai mayo maggio mag maio mei maj май мая maja mayıs květen května",
    "june jun juni juin junio giugno giu junho июнь июня июн czerwiec czerwca cze"
    " haziran červen června",
    "july jul juli juillet juil julio luglio lug julho июль июля июл lipiec lipca lip"
    " temmuz červenec července",
    "august aug août aou agosto ago augustus augusti август августа авг sierpień"
    " sierpnia sie ağustos srpen srpna",
    "september sep sept septembre septiembre settembre set setembro сентябрь сентября"
    " сен сент wrzesień września wrz eylül září",
    "october oct oktober okt octobre octubre ottobre ott outubro out октябрь октября окт"
    " październik października paź ekim říjen října",
    "november nov novembre noviembre novembro ноябрь ноября ноя нояб listopad listopada"
    " lis kasım listopadu",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des"
    " декабрь декабря дек grudzień grudnia gru aralık prosinec prosince",
]
WEEKDAYS = (
    "(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    "|(?:mo|diens|donners|frei|sams|sonn)n?(?:tag)?|mittwoch|mi|di|do|fr|sa|so"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|jeu|ven|sam|dim"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mié|jue|vie|sáb|dom)"
)
WEEKS = "w wk week kw cw woche semaine semana settimana uke vecka"
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""Their names, and the years before their first."""
