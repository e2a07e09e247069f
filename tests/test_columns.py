"""What the columns of a table hold: numbers, dates, names, texts, codes, and cells that are none of these."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Load, columns_of, lines

RNG = np.random.default_rng(0)


# What columns hold


@pytest.mark.parametrize("missing", ["", "NA", "N/A", "?", "nan", "NaN", "null", "NULL", "None", " ", " ? "])
def test_missing_values(missing: str, read: Load) -> None:
    rows = ["1,red,True,2024-01-02", "2,blue,False,2024-01-03", "3,red,True,2024-01-04"]
    gap = ",".join([missing] * 4)
    examples, said = read(lines("a,b,c,d,t", *[f"{row},x" for row in rows], f"{gap},x", f"{rows[0]},y", f"{rows[2]},y"))
    assert said == ""
    assert columns_of(examples) == (["a", "c"], ["d"], ["b"])
    assert np.isnan(examples.x["numbers"][3]).all() and not np.isnan(examples.x["numbers"][[0, 1, 2, 4, 5]]).any()
    name = missing.strip(" ?").lower()  # among names NA is a name
    assert examples.x["categories"][:, 0].tolist() == ["red", "blue", "red", name, "red", "red"]


@pytest.mark.parametrize(
    "words", ["True False", "true false", "TRUE FALSE", "True false TRUE false", "1 0 1.0 0"], ids=str
)
def test_booleans(words: str, read: Load) -> None:
    cells = words.split() * 3
    examples, said = read(lines("a,t", *[f"{cell},x" for cell in cells], ",x"))
    assert said == "" and columns_of(examples) == (["a"], [], [])
    expected = [float(cell.lower() in ("true", "1", "1.0")) for cell in cells]
    np.testing.assert_array_equal(examples.x["numbers"][:, 0], [*expected, np.nan])


MOMENTS = pd.to_datetime(["2023-11-30 00:00", "2024-02-29 13:30", "1969-12-31 23:15", "2024-07-04 06:45"])
DATES = {
    "%Y-%m-%d": False,
    "%Y/%m/%d": False,
    "%Y-%m-%d %H:%M": True,
    "%Y-%m-%dT%H:%M:%S": True,
    "%Y-%m-%dT%H:%M:%SZ": True,
    "%Y-%m-%d %H:%M:%S.000": True,
    "%d.%m.%Y": False,
    "%d.%m.%Y %H:%M": True,
    "%d/%m/%Y": False,
    "%d/%m/%Y %H:%M:%S": True,
    "%m/%d/%Y": False,
    "%m/%d/%Y %H:%M": True,
    "%d-%m-%Y": False,
    "%a %b %d %Y": False,
    "%d %b %Y": False,
    "%d-%b-%Y": False,
    "%d%b%Y": False,
    "%B %d, %Y": False,
    "%A, %d. %B %Y": False,
    "%a, %d %b %Y %H:%M:%S +0000": True,
    "%a %b %d %H:%M:%S %Y": True,
    "%m/%d/%Y %I:%M %p": True,
    "%Y年%m月%d日": False,
    "%Y%m%d": False,
    "%Y. %m. %d.": False,
    "%d.%m.%y": False,
    "%m/%d/%y": False,
    "%y-%m-%d": False,
    "%Y-%j": False,
    "%Y%m%d%H%M%S": True,
    "%Y%m%dT%H%MZ": True,
    "%Y%m%dT%H%M%S": True,
    "%d-%b-%y %I.%M.%S.000000 %p": True,
}


@pytest.mark.parametrize(("written", "with_time"), DATES.items())
def test_dates(written: str, with_time: bool, read: Load) -> None:
    examples, said = read(quoted(*(f"{moment:{written}}" for moment in MOMENTS), "NA"))
    assert said == "" and columns_of(examples) == ([], ["a"], [])
    moments = MOMENTS if with_time else MOMENTS.normalize()
    days = (moments - pd.Timestamp(0)) / pd.Timedelta(days=1)
    hours = moments.hour + moments.minute / 60
    expected = np.stack([days, moments.month, moments.day_of_week, hours], axis=1)
    np.testing.assert_allclose(examples.x["numbers"][:-1], expected, atol=0.002)
    assert np.isnan(examples.x["numbers"][-1]).all()


# By way of writing 8 March 2021, 21:07 and 17 October 2022, 05:30; with the time or without.
FRAMED = {
    "/Date(1615237620000)/ /Date(1665984600000)/": True,
    '{"$date":"2021-03-08T21:07:00.000Z"} {"$date":"2022-10-17T05:30:00.000Z"}': True,
    "datetime.datetime(2021,3,8,21,7) datetime.datetime(2022,10,17,5,30)": True,
    "Timestamp('2021-03-08T21:07:00') Timestamp('2022-10-17T05:30:00')": True,
    "2021-03-08-21-07-00 2022-10-17-05-30-00": True,
    "20210308_210700 20221017_053000": True,
    "2021:03:08 21:07:00|2022:10:17 05:30:00": True,
    "Mon Mar 08 2021 21:07:00 GMT+0000 (Coordinated Universal Time)|Mon Oct 17 2022 05:30:00 GMT+0000 (GMT)": True,
    "08/03/2021 à 21:07|17/10/2022 à 05:30": True,
    "08.03.2021, 21:07 Uhr|17.10.2022, 5:30 Uhr": True,
    "08/03/2021 21h07|17/10/2022 5h30": True,
    "08/03/2021 09:07 p. m.|17/10/2022 05:30 a. m.": True,
    "2021/03/08 下午 9:07|2022/10/17 上午 5:30": True,
    "2021년 3월 8일 21시 7분|2022년 10월 17일 5시 30분": True,
    "2021年3月8日21时07分|2022年10月17日05时30分": True,
    "٢٠٢١-٠٣-٠٨ ٢٠٢٢-١٠-١٧": False,
    "08/03/2564 17/10/2565": False,
    "2021/03/08(月) 2022/10/17(月)": False,
    "8 de marzo del 2021|17 de octubre del 2022": False,
    "segunda-feira, 8 de março de 2021|segunda-feira, 17 de outubro de 2022": False,
    "poniedziałek, 8 marca 2021|poniedziałek, 17 października 2022": False,
    "8. maaliskuuta 2021|17. lokakuuta 2022": False,
    "2021. március 8.|2022. október 17.": False,
    "8 березня 2021 р.|17 жовтня 2022 р.": False,
    "8 Μαρτίου 2021|17 Οκτωβρίου 2022": False,
    "8 tháng 3 năm 2021|17 tháng 10 năm 2022": False,
    "Mar. 8, 2021|Oct. 17, 2022": False,
    "Week of Mar 8, 2021|Week of Oct 17, 2022": False,
    "2021-03-08 - 2021-03-14|2022-10-17 - 2022-10-23": False,
    "2021-03-08 Mon|2022-10-17 Mon": False,
}


@pytest.mark.parametrize(("written", "with_time"), FRAMED.items())
def test_dates_in_frames_and_languages(written: str, with_time: bool, read: Load) -> None:
    cells = written.split("|" if "|" in written else " ")
    examples, said = read(pd.DataFrame({"a": cells * 3, "t": list("xyxyxy")}))
    assert said == "" and columns_of(examples)[1] == ["a"]
    day, month, _, hour = examples.x["numbers"][:2].T
    times = np.array([21 + 7 / 60, 5.5] if with_time else [0, 0])
    assert month.tolist() == [3, 10]
    np.testing.assert_allclose(hour, times, atol=0.002)
    np.testing.assert_allclose(day, [18694, 19282] + times / 24, atol=0.002)


@pytest.mark.parametrize("written", ["{m:02}.{y}", "{m}.{y}", "{y}.{m:02}", "T{q} {y}", "{q}Q{y}", "{y} M{m:02}"])
def test_months_with_points_and_quarters_in_other_words(written: str, read: Load) -> None:
    steps = [(2010 + n // 12, n % 12 + 1) for n in range(48)]
    cells = [written.format(y=y, m=m, q=(m + 2) // 3) for y, m in steps]
    examples, _ = read(lines("a,t", *[f"{cell},x" for cell in cells]))
    assert columns_of(examples)[1] == ["a"]
    first = [m - (m - 1) % 3 if "{q}" in written else m for _, m in steps]
    assert examples.x["numbers"][:, 1].tolist() == first


@pytest.mark.parametrize("written", ["{y}-{m:02}", "{m:02}-{y:02}", "{y:02}/{m:02}"])
def test_months_of_numbered_years(written: str, read: Load) -> None:
    """Where one part has all months, and the other not so many, 1-02 is the second month of the first year."""
    steps = [(1 + n // 12, n % 12 + 1) for n in range(48)]
    examples, _ = read(lines("a,t", *[f"{written.format(y=y, m=m)},x" for y, m in steps]))
    assert columns_of(examples)[1] == ["a"]
    assert examples.x["numbers"][:, 1].tolist() == [m for _, m in steps]


@pytest.mark.parametrize("sides", [("<65", ">=65"), ("under 18", "18 and over"), ("≤ 5 kg", "> 5 kg")])
def test_sides_of_a_limit_are_names(sides: tuple[str, str], read: Load) -> None:
    examples, _ = read(lines("a,t", *[f"{sides[n % 2]},{n}" for n in range(40)]))
    assert columns_of(examples)[2] == ["a"] and set(examples.x["categories"][:, 0]) == set(sides)
    examples, _ = read(lines("a,t", *[f"{['18-64', '>64', '<18'][n % 3]},{n}" for n in range(40)]))
    assert columns_of(examples)[0] == ["a"] and len(set(examples.x["numbers"][:, 0])) == 3


def test_dates_keep_the_format_of_the_training(read: Load) -> None:
    written = ["01.02.2024", "13.02.2024", "03.04.2024"]
    examples, _ = read(lines("a,t", *[f"{day},x" for day in written]))
    later, _ = read(lines("a", "05.06.2024"), columns=examples.columns)
    assert later.x["numbers"][0, 1] == 6  # the month, though alone it might be the day
    mixed, _ = read(lines("a", "05.06.2024", "2024-06-05", "5 June 2024"), columns=examples.columns)
    assert mixed.x["numbers"][:, 1].tolist() == [6, 6, 6]
    with pytest.raises(Exception, match="column a, row 1: 'in June' is not a date"):
        read(lines("a", "in June", "05.06.2024", "later"), columns=examples.columns)


WORDS = "red blue green small large cheap heavy new old broken".split()
TEXTS = {
    "titles that repeat": lambda n: " ".join(WORDS[(n % 60 * k) % 10] for k in (1, 3, 7)) + f" {WORDS[n % 60 // 6]}",
    "reviews": lambda n: " ".join(RNG.choice(WORDS, 4)),
    "long ones of few words": lambda n: " ".join(RNG.permutation(WORDS * 5)),
    "Chinese": lambda n: "".join(RNG.choice(list("这部电影的故事很好看我们"), 7)),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts_whose_words_occur_again_are_read(text: Any, read: Load) -> None:
    frame = pd.DataFrame({"a": map(text, range(200)), "b": RNG.normal(size=200), "t": "x"})
    frame["places"] = [f"{name}, {n % 40} Old Street" for n, name in enumerate(["Paris", "Rome"] * 100)]
    examples, said = read(frame)
    assert (examples.columns.texts, examples.columns.categories, said) == (["a"], ["places"], "")
    assert examples.x["texts"][:, 0].tolist() == frame["a"].tolist()


LEFT_OUT = {
    "constant number": (["1.5"] * 30, "(the same in every row)"),
    "constant text": (["same"] * 30, "(the same in every row)"),
    "empty": ([""] * 30, "(empty)"),
    "nothing but missing values": (["NA", "?", ""] * 10, "(empty)"),
    "counted from 1": (range(1, 31), "(an identifier)"),
    "counted from 0": (range(30), "(an identifier)"),
    "text": ([f"note {i}, of its own" for i in range(30)], "(names, 30 different in 30 rows)"),
}


@pytest.mark.parametrize(("values", "reason"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_columns_that_tell_nothing_are_left_out_with_a_line(values: Any, reason: str, read: Load) -> None:
    frame = pd.DataFrame({"a": values, "b": RNG.normal(size=30), "t": "x"})
    examples, said = read(frame)
    assert columns_of(examples) == (["b"], [], [])
    assert said == f"Left out: column a {reason}\n"


@pytest.mark.parametrize("value", ["x", "1", "True"])
def test_one_value_or_none_is_something_to_learn_from(value: str, read: Load) -> None:
    examples, said = read(lines("a,b,t", *[f"{value},1.5,x", ",0.5,y", ",2.5,y"] * 10))
    numbers, _, categories = columns_of(examples)
    assert said == "" and "a" in numbers + categories


@pytest.mark.parametrize("name", ["id", "ID", "Id", "customer_id", "order id", "index"])
def test_identifiers_by_name(name: str, read: Load) -> None:
    numbers = RNG.permutation(1000)[:30] + 10_000
    frame = pd.DataFrame({name: numbers, "b": RNG.normal(size=30), "t": "x"})
    examples, said = read(frame)
    assert columns_of(examples) == (["b"], [], []) and said == f"Left out: column {name} (an identifier)\n"
    examples, said = read(frame, features=[name, "b"])
    assert columns_of(examples) == ([name, "b"], [], []) and said == ""


def test_the_index_that_pandas_writes_is_an_identifier(read: Load) -> None:
    frame = pd.DataFrame({"b": RNG.normal(size=30), "t": "x"}).sample(frac=1, random_state=0)
    examples, said = read(frame.to_csv())
    assert columns_of(examples) == (["b"], [], []) and "(an identifier)" in said


@pytest.mark.parametrize("name", ["age", "valid", "paid", "humid"])
def test_whole_numbers_are_no_identifiers(name: str, read: Load) -> None:
    examples, said = read(pd.DataFrame({name: RNG.permutation(1000)[:30], "t": "x"}))
    assert columns_of(examples) == ([name], [], []) and said == ""


def test_text_is_used_where_the_user_names_it(read: Load) -> None:
    frame = pd.DataFrame({"a": [f"name {i}" for i in range(30)], "b": RNG.normal(size=30), "t": "x"})
    examples, said = read(frame, features=["a", "b"])
    assert columns_of(examples) == (["b"], [], ["a"]) and said == ""
    assert examples.x["categories"][29, 0] == "name 29"


def test_whole_numbers_are_categories_where_the_user_says_so(read: Load) -> None:
    content = lines("zip,a,t", "01234,0.1,x", "4321,0.2,x", "01234,0.3,y", ",0.4,y")
    examples, _ = read(content, categories=["zip"])
    assert columns_of(examples) == (["a"], [], ["zip"])
    assert examples.x["categories"][:, 0].tolist() == ["01234", "4321", "01234", ""]
    examples, said = read(content)
    assert columns_of(examples) == (["a"], [], ["zip"]) and "column zip: 2 whole numbers are read as names" in said


def test_a_column_named_twice_is_seen_once(read: Load) -> None:
    examples, _ = read(lines("zip,a,t", "01234,0.1,x", "4321,0.2,y"), features=["a", "zip"], categories=["zip"])
    assert columns_of(examples) == (["a"], [], ["zip"])


# How numbers are written: the cells, and what they are.
NUMBERS = {
    "currency": (["$1,234.50", "$2.00", "-$3", "$4,000,000.25"], [1234.5, 2, -3, 4000000.25]),
    "currency behind": (["1.234,50 €", "2,00 €", "-3 €", "4,-- €"], [1234.5, 2, -3, 4]),
    "percent": (["12.5%", "7 %", "-3%", "100%"], [12.5, 7, -3, 100]),
    "units": (["12 km", "7.5km", "1,200 km", "3 km"], [12, 7.5, 1200, 3]),
    "one and many": (["1 day", "2 days", "10+ days", "< 1 day"], [1, 2, 10, 1]),
    "powers": (["12 m²", "7.5m²", "3 m²", "1,000.5 m²"], [12, 7.5, 3, 1000.5]),
    "thousands": (["1,234", "12,345", "999", "1,000,000"], [1234, 12345, 999, 1000000]),
    "blanks": (["1 234,5", "12\u00a0345,25", "9", "1\u202f000"], [1234.5, 12345.25, 9, 1000]),
    "apostrophes": (["1'234.5", "12’345", "9.5", "1'000'000"], [1234.5, 12345, 9.5, 1000000]),
    "lakh": (["12,34,567.5", "1,00,000", "5.25", "7"], [1234567.5, 100000, 5.25, 7]),
    "K and M": (["1.2K", "850", "3M", "2.5k"], [1200, 850, 3e6, 2500]),
    "bytes": (["5 GB", "800 MB", "12 kB", "1 GB"], [5e9, 8e8, 12e3, 1e9]),
    "words": (["1,2 Mio.", "3 Mio.", "0,5 Mrd.", "2 Tsd."], [1.2e6, 3e6, 5e8, 2000]),
    "parentheses": (["(1,234.5)", "2.5", "(3)", "4"], [-1234.5, 2.5, -3, 4]),
    "minus behind": (["5.00-", "2.5", "1,234.00-", "4"], [-5, 2.5, -1234, 4]),
    "Unicode minus": (["−5.5", "2.5", "–3", "4"], [-5.5, 2.5, -3, 4]),
    "limits": (["<0.8", "1.5", "> 100", "≤ 2"], [0.8, 1.5, 100, 2]),
    "ranges": (["10-19", "20-29", "30 – 39", "20-29", "10-19", "10-19"], [14.5, 24.5, 34.5, 24.5, 14.5, 14.5]),
    "exponents": (["1,5E+03", "2,5", "3e2", "4,25"], [1500, 2.5, 300, 4.25]),
    "clock": (["1:23:45", "0:30:00", "10:00:36", "2:15:00"], [1.39583, 0.5, 10.01, 2.25]),
    "time of day": (["07:30", "18:15", "00:00", "23:59"], [7.5, 18.25, 0, 23.98333]),
    "AM and PM": (["7:30 AM", "6:15 PM", "12:00 AM", "12:30 p.m."], [7.5, 18.25, 0, 12.5]),
    "hours and minutes": (["2h 15min", "1h", "3h 30m", "0h 45min"], [2.25, 1, 3.5, 0.75]),
    "yes and no": (["Yes", "no", "Y", "FALSE"], [1, 0, 1, 0]),
    "ja and nein": (["ja", "Nein", "JA", "nein"], [1, 0, 1, 0]),
    "on and off": (["on", "off", "On", "OFF"], [1, 0, 1, 0]),
    "true, t and 1": (["true", "f", "1", "T"], [1, 0, 1, 1]),
    "units of a kind": (["500 g", "1.2 kg", "250 g", "30 g"], [500, 1200, 250, 30]),
    "ages": (["2 years", "6 months", "1 year", "3 years"], [2, 0.5, 1, 3]),
    "milliseconds": (["500 ms", "1.2 s", "250 ms", "20 ms"], [500, 1200, 250, 20]),
    "crore": (["₹1.2 lakh", "₹2 crore", "₹30 lakhs", "5"], [1.2e5, 2e7, 3e6, 5]),
    "ten thousands": (["1.2万", "3億円", "5万円", "7"], [12e3, 3e8, 5e4, 7]),
    "digits of Arabic": (["٤٢٫٥", "٧", "۱۲", "٣"], [42.5, 7, 12, 3]),
    "full width": (["１２３", "４．５", "６", "７，０００"], [123, 4.5, 6, 7000]),
    "plus or minus": (["12.3 ± 0.4", "5 ± 1", "7 +/- 2", "8"], [12.3, 5, 7, 8]),
    "times ten to": (["1.5 x 10^3", "2×10^-2", "3 x 10^02", "4"], [1500, 0.02, 300, 4]),
    "text of a spreadsheet": (["'123.5", "'7", "'8.25", "'9"], [123.5, 7, 8.25, 9]),
    "fractions": (["3 1/2", "1/4", "5", "2 7/8"], [3.5, 0.25, 5, 2.875]),
    "marks": (["12/20", "20/20", "7/20", "0/20"], [0.6, 1, 0.35, 0]),
    "no cents": (["12.-", "7.50", "CHF 50'000.–", "3."], [12, 7.5, 50000, 3]),
    "no cents of euros": (["12,-", "7,50", "1.250,--", "3,25"], [12, 7.5, 1250, 3.25]),
    "limits in words": (["less than 5", "Approx. 1,200", "10 or more", "8"], [5, 1200, 10, 8]),
    "groups of age": (["17 or younger", "18-24", "65 years and over", "18-24"], [17, 21, 65, 21]),
    "ranges of percent": (["0%-10%", "10%-20%", "20%-30%", "10%-20%"] * 2, [5, 15, 25, 15] * 2),
    "rupiah": (["Rp 1.234,50", "Rp 2,00", "Rp 3.000,25", "Rp 4,5"], [1234.5, 2, 3000.25, 4.5]),
    "ringgit": (["RM1,234.50", "RM 2.00", "RM3", "RM 4.5"], [1234.5, 2, 3, 4.5]),
    "rupees": (["Rs.1,50,426/-", "Rs.950/-", "Rs.7,000/-", "Rs.12/-"], [150426, 950, 7000, 12]),
    "kronor": (["1 098:-", "950:-", "12:-", "7:-"], [1098, 950, 12, 7]),
    "no cents, thousands": (["1.098,-", "15.690,-", "2.000,-", "950,-"], [1098, 15690, 2000, 950]),
    "credit and debit": (["28.5 Cr", "365 Dr", "7.25 Cr", "1,000 Cr"], [28.5, -365, 7.25, 1000]),
    "signs of accounts": (["△28", "▼3.5", "－7", "12"], [-28, -3.5, -7, 12]),
    "degrees of a sign": (["21.5℃", "19 ℃", "-3.5℃", "0℃"], [21.5, 19, -3.5, 0]),
    "per unit": (["5.5/µL", "7 /µL", "3.25 /µL", "4/µL"], [5.5, 7, 3.25, 4]),
    "limits in other words": (["below 5", "menor que 10", "менее 3", "mehr als 12"], [5, 10, 3, 12]),
    "ranges in words": (["from 10 to 20", "de 30 à 40", "von 50 bis 60", "1,000 to 1,100"], [15, 35, 55, 1050]),
    "ranges that differ": (
        [f"{n},500 to {n + 1},500" for n in range(10, 50)],
        [1000.0 * n + 1000 for n in range(10, 50)],
    ),
    "intervals": (["(10.0, 20.0]", "(20.0, 30.0]", "(-5.5, 10.0]", "(30.0, inf]"], [15, 25, 2.25, 30]),
    "durations in German": (["18 Std. 30 Min.", "2 Std.", "45 Min.", "1 Std. 6 Min."], [18.5, 2, 0.75, 1.1]),
    "durations in Chinese": (["18小时30分", "2小时", "45分钟", "1小时6分"], [18.5, 2, 0.75, 1.1]),
    "durations in Russian": (["18 ч 30 мин", "2 ч", "45 мин", "1 ч 6 мин"], [18.5, 2, 0.75, 1.1]),
    "weeks and days": (["1 week 2 days", "3 weeks 1 day", "2 weeks 0 days", "0 weeks 5 days"], [216, 528, 336, 120]),
    "years and months": (["3 years 6 months", "10 years 0 months", "0yrs 9mon", "2y 3m"], [3.5, 10, 0.75, 2.25]),
    "decimals of Python": (["Decimal('1.5')", "Decimal('-2')", "Decimal('1E+3')", "Decimal('7')"], [1.5, -2, 1000, 7]),
    "floats of NumPy": (
        ["np.float64(1.5)", "np.float64(-2.0)", "np.float64(1e3)", "np.float64(7)"],
        [1.5, -2, 1000, 7],
    ),
    "lists of one": (["[1.5]", "[-2]", "[1e3]", "[7]"], [1.5, -2, 1000, 7]),
    "footnotes above": (["12¹", "7.5²", "3", "1,200 (e)"], [12, 7.5, 3, 1200]),
    "footnotes": (["12*", "7.5 [2]", "3†", "1,200[a]"], [12, 7.5, 3, 1200]),
    "counts and shares": (["12 (25 %)", "30 (62.5%)", "6 (12.5%)", "7"], [12, 30, 6, 7]),
    "flags": (["12.5 e", "7.5 p", "8 b", "9"], [12.5, 7.5, 8, 9]),
    "ago": (["2 days ago", "12 hours ago", "1 day ago", "3 days ago"], [2, 0.5, 1, 3]),
    "ratings": (["4.5/5", "3/5", "2.5/5", "5/5"], [0.9, 0.6, 0.5, 1]),
    "o'clock": (["7:30 Uhr", "18:15 Uhr", "0:00 Uhr", "12:30 Uhr"], [7.5, 18.25, 0, 12.5]),
    "laps": (["1:23.4", "2:03.5", "0:59.9", "1:00.0"], [1.39, 2.05833, 0.99833, 1]),
    "ranks": (["1st", "22nd", "3rd", "104th"], [1, 22, 3, 104]),
    "feet": (["5 ft 11 in", "6'2", "5 feet", "4 ft"], [71, 74, 60, 48]),
    "degrees": (["48°51'24''N", "2°20'W", "10°30'S", "0°15'E"], [48.85667, -2.33333, -10.5, 0.25]),
    "durations in words": (
        ["3 min 20 sec", "1 hour, 5 minutes", "45 seconds", "2 days"],
        [0.05556, 1.08333, 0.0125, 48],
    ),
    "durations of ISO 8601": (["PT2H30M", "PT45S", "P1DT6H", "PT3M"], [2.5, 0.0125, 30, 0.05]),
    "billions below 0": (["-$1.5bn", "$2bn", "$0.5bn", "$3bn"], [-1.5e9, 2e9, 5e8, 3e9]),
}


def quoted(*cells: str) -> str:
    """Return a table of a column in quotes, beside the target."""
    return lines("a,t", *(f'"{cell}",{"xy"[row % 2]}' for row, cell in enumerate(cells)))


@pytest.mark.parametrize(("cells", "values"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_however_they_are_written(cells: list[str], values: list[float], read: Load) -> None:
    examples, said = read(quoted(*cells * 3, "", "NA"))
    assert said == "" and columns_of(examples) == (["a"], [], [])
    expected = np.array([*values * 3, np.nan, np.nan], "float32")
    np.testing.assert_allclose(examples.x["numbers"][:, 0], expected, rtol=1e-4)
    alone, _ = read(quoted(cells[0]), columns=examples.columns)
    np.testing.assert_allclose(alone.x["numbers"][0, 0], expected[0], rtol=1e-4)


NO_NUMBERS = {
    "names with a number": [f"shop {row % 7:03}" for row in range(60)],
    "addresses": [f"{row} {street} Street" for row, street in enumerate(["Main", "High", "Old"] * 20)],
    "numbers of phones": [f"555-{row * 37 % 9000 + 1000}" for row in range(60)],
    "pressures": ["130/80", "120/75", "141/92"] * 20,
    "ratios": ["3:1", "2:1", "1:4"] * 20,
    "odds": ["5/2", "7/4", "11/8"] * 20,
    "sizes": ["20 x 30", "40 x 60", "10 x 10"] * 20,
    "versions": ["1.2.3", "2.0.1", "1.10.0"] * 20,
    "scores": ["3-1", "0-2", "2-2"] * 20,
    "underscores": ["1_000", "2_000", "3"] * 20,
    "both ends in one kind of brackets": ["(48.1, 2.3)", "(51.5, 0.1)", "(52.4, 13.4)"] * 20,
    "quarters": ["Q1", "Q2", "Q3", "Q4"] * 15,
    "different units": ["5 apples", "3 pears", "2 plums"] * 20,
}


@pytest.mark.parametrize("cells", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_only_looks_like_numbers(cells: list[str], read: Load) -> None:
    examples, _ = read(pd.DataFrame({"a": cells, "b": np.sin(range(60)), "t": "x"}))
    assert columns_of(examples)[:2] == (["b"], [])


def test_inches_and_quoted_text_of_a_spreadsheet(read: Load) -> None:
    feet = [f'5\'{inches}""' for inches in (1, 9, 11)]
    rows = [f'"{height}","=""{number}""",x' for height, number in zip(feet, ("1.5", "2", "30.25"), strict=True)]
    examples, said = read(lines("a,b,t", *rows * 2))
    assert said == ""
    np.testing.assert_allclose(examples.x["numbers"][:3], [[61.0, 1.5], [69.0, 2.0], [71.0, 30.25]])


def test_each_column_has_its_own_marks(read: Load) -> None:
    rows = [f'"{n},5";"{n}.25";"{n}.{n:03}";"${n},{n:03}.5";x' for n in range(1, 60)]
    examples, _ = read(lines("comma;point;thousands;dollars;t", *rows))
    np.testing.assert_allclose(examples.x["numbers"][4], [5.5, 5.25, 5.005, 5005.5])


def test_a_new_table_is_read_as_the_first_one_or_as_it_is_written(read: Load) -> None:
    german = lines("a;t", *(f"{n}.{n:03},5;x" for n in range(1, 60)))
    columns = read(german)[0].columns
    assert columns.written == {"a": "1.234,5"}
    assert read("a\n50.000\n", columns=columns)[0].x["numbers"].tolist() == [[50000]]
    other, said = read("a\n50000.5\n1.25\n", columns=columns)
    assert other.x["numbers"].tolist() == [[50000.5], [1.25]]
    assert "column a is written as 1,234.5, not as 1.234,5" in said
    plain = read(lines("a,t", *(f"{n}.5,x" for n in range(60))))[0].columns
    assert read('a\n"1234,50"\n', columns=plain)[0].x["numbers"].tolist() == [[1234.5]]
    assert read("a\n1.234\n", columns=plain)[0].x["numbers"][0, 0] == np.float32(1.234)


# How dates are written that are not only numbers.
MONTHS = {
    "days without a year": (
        ["26-Dec", "8 Jan", "24. Dezember", "29-Feb"],
        ["2000-12-26", "2000-01-08", "2000-12-24", "2000-02-29"],
    ),
    "quarters": (["2022-Q3", "Q1 2023", "2021Q4", "2022 q2"], ["2022-07", "2023-01", "2021-10", "2022-04"]),
    "months": (["2022-03", "2023-11", "2021-12", "2022-07"], ["2022-03", "2023-11", "2021-12", "2022-07"]),
    "months with M": (["2022M03", "2023M11", "2021M12", "2022M07"], ["2022-03", "2023-11", "2021-12", "2022-07"]),
    "words": (["March 2022", "Nov 2023", "Dez. 2021", "juillet 2022"], ["2022-03", "2023-11", "2021-12", "2022-07"]),
    "short": (["Mar-22", "Nov-23", "Dec-21", "Jul-22"], ["2022-03", "2023-11", "2021-12", "2022-07"]),
    "month first": (["03/2022", "11/2023", "12/2021", "07/2022"], ["2022-03", "2023-11", "2021-12", "2022-07"]),
    "in other languages": (
        ["1 de marzo de 2022", "1. November 2023", "1er décembre 2021", "1 luglio 2022"],
        ["2022-03", "2023-11", "2021-12", "2022-07"],
    ),
}


@pytest.mark.parametrize(("cells", "months"), MONTHS.values(), ids=MONTHS)
def test_months_and_quarters(cells: list[str], months: list[str], read: Load) -> None:
    examples, said = read(quoted(*cells))
    assert said == "" and columns_of(examples) == ([], ["a"], [])
    days = (pd.to_datetime(months) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    np.testing.assert_array_equal(examples.x["numbers"][:, 0], days)


# Mondays.
WEEKS = {
    "weeks": (["2022-W13", "2023W1", "2021-W52", "2020-W53"], ["2022-03-28", "2023-01-02", "2021-12-27", "2020-12-28"]),
    "days of weeks": (["2022-W13-7", "2023-W01-1"], ["2022-04-03", "2023-01-02"]),
    "weeks first": (["W13/2022", "KW 1 2023", "week 52, 2021"], ["2022-03-28", "2023-01-02", "2021-12-27"]),
    "Russian": (["25 марта 2022", "1 мая 2023 г."], ["2022-03-25", "2023-05-01"]),
    "Polish": (["25 marca 2022", "1 paź 2023"], ["2022-03-25", "2023-10-01"]),
    "Japanese eras": (
        ["令和4年3月25日", "平成31年4月30日", "令和元年5月1日"],
        ["2022-03-25", "2019-04-30", "2019-05-01"],
    ),
}


@pytest.mark.parametrize(("cells", "days"), WEEKS.values(), ids=WEEKS)
def test_dates_of_other_calendars(cells: list[str], days: list[str], read: Load) -> None:
    examples, said = read(quoted(*cells))
    assert said == "" and columns_of(examples) == ([], ["a"], [])
    expected = (pd.to_datetime(days) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    np.testing.assert_array_equal(examples.x["numbers"][:, 0], expected)


def test_whole_numbers_that_are_weeks_days_and_times(read: Load) -> None:
    days = pd.Timestamp("2022-01-03") + pd.to_timedelta(np.arange(0, 420, 7), unit="D")
    weeks = [int(f"{day.isocalendar().year}{day.isocalendar().week:02}") for day in days]
    serials = (days - pd.Timestamp("1899-12-30")).days
    clock = np.arange(60) % 24 * 100 + np.arange(60) * 7 % 60
    frame = pd.DataFrame({"yearweek": weeks, "order_date": serials, "dep_time": clock, "sum": serials, "t": "x"})
    for table in (frame, frame.to_csv(index=False)):
        examples, _ = read(table)
        assert columns_of(examples) == (["dep_time", "sum"], ["yearweek", "order_date"], [])
        since = (days - pd.Timestamp(0)).days.to_numpy()
        np.testing.assert_array_equal(examples.x["numbers"][:, [2, 6]], np.stack([since, since], axis=1))
        np.testing.assert_allclose(examples.x["numbers"][:, 0], clock // 100 + clock % 100 / 60, rtol=1e-5)
        alone, said = read(
            frame[10:11] if table is frame else frame[10:11].to_csv(index=False), columns=examples.columns
        )
        np.testing.assert_array_equal(alone.x["numbers"][0], examples.x["numbers"][10])
        assert said == ""


@pytest.mark.parametrize("name", ["price", "time_to_failure", "runtime", "year"])
def test_whole_numbers_that_are_no_dates(name: str, read: Load) -> None:
    examples, _ = read(pd.DataFrame({name: RNG.integers(20000, 60000, 60), "t": "x"}))
    assert columns_of(examples) == ([name], [], [])


@pytest.mark.parametrize("factor", [1, 1000, 1e6, 1e9])
def test_seconds_since_1970_are_dates_where_the_name_says_so(factor: int, read: Load) -> None:
    seconds = RNG.integers(1_600_000_000, 1_700_000_000, 40)
    examples, _ = read(pd.DataFrame({"created_at": (seconds * factor).astype("int64"), "sum": seconds, "t": "x"}))
    assert columns_of(examples) == (["sum"], ["created_at"], [])
    np.testing.assert_allclose(examples.x["numbers"][:, 1], seconds / 86400, atol=0.002)


def test_dates_of_which_it_cannot_be_known_what_comes_first_are_said(read: Load) -> None:
    said = read(lines("a,t", "1/2/2024,x", "3/4/2024,y", "5/6/2024,x"))[1]
    assert "column a: dates such as 1/2/2024 are read month first, but could be day first" in said
    examples, said = read(lines("a,t", "1/2/2024,x", "3/4/2024,y", "25/6/2024,x"))
    assert said == "" and examples.x["numbers"][:, 1].tolist() == [2, 4, 6]
    assert read(lines("a", "1/2/2024"), columns=examples.columns)[1] == ""


ODD = ["unknown", "-", "n.d.", "k. A.", "sin dato", "(null)", "xyz"]


@pytest.mark.parametrize("mark", [*ODD, "0000-00-00"])
@pytest.mark.parametrize("kind", ["numbers", "dates"])
def test_a_rare_odd_cell_is_missing_and_said(mark: str, kind: str, read: Load) -> None:
    cells = [f"{n}.5" if kind == "numbers" else f"2024-01-{n % 28 + 1:02}" for n in range(60)]
    cells[7] = cells[30] = mark
    examples, said = read(quoted(*cells))
    assert np.flatnonzero(np.isnan(examples.x["numbers"][:, 0])).tolist() == [7, 30]
    line = f"column a: 2 cells are no {kind[:-1]}, read as missing: {mark!r} (2 times)"
    assert said == f"Note: {line}\n"
    later, said = read(quoted(*cells[:10]), columns=examples.columns)
    assert np.isnan(later.x["numbers"][7, 0]) and f"no {kind[:-1]}, read as missing: {mark!r} (row 8)" in said


def test_many_cells_without_a_value_leave_numbers(read: Load) -> None:
    cells = [f"{n}.5" if n % 3 else "-" for n in range(60)]
    assert columns_of(read(quoted(*cells))[0])[0] == ["a"]
    names = ["None", "some", "many", "NA", "unknown", ""] * 10
    examples, said = read(quoted(*names))
    assert said == "" and examples.x["categories"][:6, 0].tolist() == [*map(str.lower, names[:6])]


def test_spellings_of_a_name_are_one(read: Load) -> None:
    cells = ["New  York", "new york ", "NEW YORK", "Bonn", "Cafe\u0301", "Café"]
    examples, _ = read(quoted(*cells * 3))
    expected = ["new york", "new york", "new york", "bonn", "café", "café"]
    assert examples.x["categories"][:6, 0].tolist() == expected


CODES = {
    "zip": [f"{n % 9 + 1}0001" for n in range(60)],
    "Filialnummer": [n % 9 + 11 for n in range(60)],
    "shop_nbr": [n % 9 + 1 for n in range(60)],
    "StoreID": [n % 9 + 1 for n in range(60)],
    "month": [n % 12 + 1 for n in range(60)],
    "plan": [f"{n % 9:02}" for n in range(60)],
}


@pytest.mark.parametrize(("name", "cells"), CODES.items())
def test_whole_numbers_that_are_codes(name: str, cells: list[Any], read: Load) -> None:
    examples, said = read(pd.DataFrame({name: cells, "b": np.sin(range(60)), "t": "x"}))
    assert columns_of(examples) == (["b"], [], [name])
    assert f"column {name}: {len(set(cells))} whole numbers are read as names" in said


@pytest.mark.parametrize("odd", ["77327 tx", "10001-1234", "unknown", "D-10003"])
def test_codes_with_an_odd_cell(odd: str, read: Load) -> None:
    cells = [f"{n % 9 + 1}0001" for n in range(60)]
    cells[17] = odd
    examples, _ = read(pd.DataFrame({"zip": cells, "b": np.sin(range(60)), "t": "x"}))
    assert columns_of(examples) == (["b"], [], ["zip"])
    assert examples.x["categories"][[0, 17], 0].tolist() == ["10001", odd.lower()]


@pytest.mark.parametrize("name", ["number_of_rooms", "heat_index", "months", "age", "shopping"])
def test_whole_numbers_that_are_amounts(name: str, read: Load) -> None:
    examples, said = read(pd.DataFrame({name: [n % 9 + 1 for n in range(60)], "t": "x"}))
    assert columns_of(examples)[0] == [name] and said == ""


def test_large_numbers_keep_their_differences(read: Load) -> None:
    cells = 500_000 + np.arange(60) / 200
    examples, _ = read(pd.DataFrame({"a": cells.round(4), "t": "x"}))
    np.testing.assert_allclose(np.diff(examples.x["numbers"][:, 0]), 1 / 200, rtol=1e-3)
    later, _ = read(pd.DataFrame({"a": cells[3:5].round(4)}), columns=examples.columns)
    np.testing.assert_array_equal(later.x["numbers"], examples.x["numbers"][3:5])


NAMES = [
    "with space",
    " in front",
    'quo"te',
    "it's",
    "comma, semicolon; and tab\t",
    "größe",
    "名前",
    "🎈",
    "{brace}",
    "{{ 7*7 }}",
    "{% raw %}",
    "a",
    "A",
    "a.1",
    "back\\slash",
    "100%",
    "#hash",
    "new\nline",
    "=1+1",
    "None",
    "1",
]


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_names_of_columns(name: str, read: Load) -> None:
    values = RNG.normal(size=(40, len(NAMES)))
    frame = pd.DataFrame(values, columns=NAMES).assign(t="x")
    examples, said = read(frame, name)
    names = [" ".join(name.split()) for name in NAMES] if name == "table.csv" else NAMES
    assert said == "" and examples.columns.numbers == names
    np.testing.assert_allclose(examples.x["numbers"], values, rtol=1e-6)
    again, _ = read(frame[[*reversed(NAMES)]], name, columns=examples.columns)
    np.testing.assert_array_equal(again.x["numbers"], examples.x["numbers"])
