"""Units of which one is a number of times another: 500 g and 1.2 kg in one column."""

FAMILIES = [
    "mg 0.001 g 1 gr 1 gram 1 kg 1000 kilo 1000 kilogram 1000 lb 453.592 oz 28.3495",
    "µm 1e-6 mm 0.001 cm 0.01 dm 0.1 m 1 meter 1 metre 1 km 1000 in 0.0254 inch 0.0254"
    " inche 0.0254 ft 0.3048 feet 0.3048 foot 0.3048 yd 0.9144 mi 1609.344 mile 1609.344",
    "ml 0.001 cl 0.01 dl 0.1 l 1 liter 1 litre 1 gal 3.78541 gallon 3.78541",
    "ms 0.001 s 1 sec 1 second 1 min 60 minute 60 h 3600 hr 3600 hour 3600 d 86400"
    " day 86400 wk 604800 week 604800 mo 2629800 month 2629800 y 31557600 yr 31557600"
    " year 31557600",
    "cr 1 dr -1",  # credit and debit of accounts
    "b 1 c 1 e 1 f 1 n 1 p 1 r 1 u 1 z 1",  # flags of statistics: estimated, provisional
    "tag 1 tage 1 woche 7 wochen 7 monat 30.4375 monate 30.4375 jahr 365.25 jahre 365.25",
    "día 1 semana 7 mes 30.4375 mese 30.4375 año 365.25",
    "jour 1 semaine 7 moi 30.4375 an 365.25 année 365.25",
]
"""Names of units without a plural s, and how many of the same they are."""


def sizes_beside(unit: str) -> dict[str, float]:
    """Return units of the same kind, and how many of this unit they are."""
    for text in FAMILIES:
        names, sizes = text.split()[::2], map(float, text.split()[1::2])
        family = dict(zip(names, sizes, strict=True))
        if unit in family:
            return {name: size / family[unit] for name, size in family.items()}
    return {unit: 1.0}
