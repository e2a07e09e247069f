"""Words and signs of calendars: months, days of the week, eras."""

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
