"""Scripts that are written without spaces between words."""

# Characters of these scripts, and emoji: each is a word.
SCRIPTS = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{So}]"
