"""Pieces of the page, and the page: all text is escaped here."""

from collections.abc import Mapping
from html import escape
from importlib.resources import files
from string import Template

import altair
import pandas as pd
import vl_convert

from ..errors import harmless, number

INK = "currentColor"  # the page's own, so that charts are light or dark as it is
COLORS = ["#2b83c6", "#e07b39", "#3d9a5f", "#a66bbf", "#b08a1e", "#d0587e", "#6b7f94"]
SHOWN = 1_000  # points of a chart: more would only cover each other


def text(value: object) -> str:
    """Return text as HTML, with what would steer a terminal or a reader written out."""
    return escape(harmless(str(value)))


def paragraph(words: str, kind: str = "") -> str:
    """Return a paragraph of text."""
    return f'<p class="{kind}">{text(words)}</p>'


def section(name: str, *parts: str) -> str:
    """Return a section with a heading, which a link can lead to."""
    inside = "\n".join(filter(None, parts))
    return f'<section id="{name.lower()}"><h2>{name}</h2>\n{inside}\n</section>'


def table(frame: pd.DataFrame, caption: str, kind: str = "") -> str:
    """Return a table with its index as first column; numbers are rounded."""
    names = [frame.index.name or "", *frame.columns]
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in names)
    rows = []
    for name, values in zip(frame.index, frame.to_numpy(object), strict=True):
        cells = [number(v) if isinstance(v, float) else text(v) for v in values]
        row = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{text(name)}</th>{row}</tr>')
    return scrolling(
        f'<table class="{kind}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>",
        caption,
    )


def pairs(values: Mapping[str, object], caption: str) -> str:
    """Return names and values, one below the other."""
    frame = pd.Series(values, dtype=object).to_frame("value").rename_axis("name")
    return table(frame, caption, "text")


def matrix(counts, names: list[str]) -> str:
    """Return a confusion matrix: the darker a cell, the larger its share of the row."""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in names)
    rows = []
    for name, row in zip(names, counts, strict=True):
        shares = [count / max(1, sum(row)) for count in row]
        cells = "".join(
            f'<td style="--share: {share:.3f}">{count:,}</td>'
            for count, share in zip(row, shares, strict=True)
        )
        rows.append(f'<tr><th scope="row">{text(name)}</th>{cells}</tr>')
    return scrolling(
        f'<table class="matrix" id="matrix"><thead><tr><th>true \\ predicted</th>{head}'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table>",
        "Confusion matrix: a row for each true class, a column for each predicted one",
    )


def scrolling(inside: str, caption: str) -> str:
    """Return a table below its caption; what is too wide scrolls by itself.

    It can have the focus, so that the keyboard scrolls it, too.
    """
    return (
        f'<div><p class="note">{text(caption)}</p><div class="wide" tabindex="0"'
        f' role="region" aria-label="{text(caption)}">{inside}</div></div>'
    )


def chart(drawn: altair.TopLevelMixin, caption: str, height: int = 220) -> str:
    """Return a figure; the caption says in words what is to be seen."""
    drawn = drawn.properties(
        width="container",
        height=height,
        background="transparent",
        description=harmless(caption),
        padding={"left": 2, "right": 14, "top": 6, "bottom": 2},
    )
    drawn = (
        drawn.configure(font="system-ui, sans-serif", autosize="fit-x")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            tickColor=INK,
            domainColor=INK,
            gridColor=INK,
            gridOpacity=0.15,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=140,
        )
        .configure_legend(
            labelColor=INK, title=None, orient="top", columns=3, labelFontSize=12
        )
        .configure_range(category=COLORS)
        .configure_mark(color=COLORS[0])
    )
    with altair.data_transformers.enable("default", max_rows=None):
        spec = drawn.to_json(indent=None).replace("<", "\\u003c")
    return (
        f'<figure><div class="chart"></div><script type="application/json" data-chart>'
        f"{spec}</script><figcaption>{text(caption)}</figcaption></figure>"
    )


def side_by_side(*figures: str) -> str:
    """Return figures beside each other where there is room."""
    return f'<div class="row">{"".join(figures)}</div>'


def whole_page(title: str, body: str) -> str:
    """Return the page, with the library that draws its charts inside."""
    page = Template(files(__package__).joinpath("page.html").read_text("utf-8"))
    version = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    bundle = vl_convert.javascript_bundle(vl_version=version)  # type: ignore[call-arg]
    library = f"<script>{bundle}</script>"  # all of it: its hints ask for a snippet
    return page.substitute(title=text(title), library=library, body=body)
