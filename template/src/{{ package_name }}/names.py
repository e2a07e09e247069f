"""Names and words: which files count, what says yes or no, what has no spaces."""

from pathlib import Path

TRUE = (
    "1 1.0 true t yes y on ja j wahr oui vrai si sí sì sim verdadero vero verdadeiro"
    " да 是"
)
FALSE = "0 0.0 false f no n off nein falsch non faux não nao falso нет 否"
# Characters of scripts without spaces between words, and emoji: each is a word.
SCRIPTS = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{So}]"


def is_visible(name: str) -> bool:
    """Tell whether a file, also in an archive, is of its owner, not of a system."""
    return not any(part.startswith((".", "__MACOSX")) for part in Path(name).parts)
