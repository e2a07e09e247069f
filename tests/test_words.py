"""What becomes of texts: their words in all scripts, vocabularies, empty texts; training and predicting."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def reader(imported: Import) -> Imported:
    return imported(input="text")


def settings(reader: Imported, **changes: Any) -> Any:
    """Return the settings of the project, for short texts."""
    return reader.config(words=8, **changes)


WORDS = {
    "good<br /><br />film": ["good", "film"],
    '<p class="x">Hello</p><!-- no -->World': ["hello", "world"],
    "if a < b and c > d": [*"if a b and c d".split()],
    "I <3 it, she >:( not": [*"i 3 it she not".split()],
    "Don't STOP snake_case 3.14": [*"don t stop snake case 3 14".split()],
    "ПРИВЕТ, ÄRGER; ΣΟΦΙΑ": ["привет", "ärger", "σοφια"],
    "我喜欢,スゴイ": [*"我喜欢スゴイ"],
    "ดีมาก": ["ดี", "ม", "า", "ก"],
    "جيد جدا": ["جيد", "جدا"],
    "हिन्दी में": ["हिन्दी", "में"],
    "so👍🏽❤️ ❤": ["so", "👍", "❤", "❤"],
    "👩‍👩‍👧": [*"👩👩👧"],
    "a\0b": ["a", "b"],
    "\0 ... !?": [],
    "": [],
}


def column(*texts: str) -> dict[str, Any]:
    return {"text": np.array(texts, dtype=object)[:, np.newaxis]}


def test_words_of_all_scripts(reader: Imported) -> None:
    model, preparation = reader.module("network.model"), reader.module("network.prepare")
    prepare = preparation.build_preparation(column(*WORDS, *WORDS), settings(reader))
    names = prepare.get_layer("words").get_vocabulary()
    numbers = model.apply(prepare, column(*WORDS))["words"]
    assert numbers.shape == (len(WORDS), 8)
    for row, expected in zip(numbers, WORDS.values(), strict=True):
        assert [names[number] for number in row if number] == expected


@pytest.mark.parametrize(
    ("lengths", "words", "read", "share"),
    [
        ([3, 5], "auto", 16, ""),
        ([90, 300], "auto", 300, ""),
        ([90, 3000], "auto", 1024, "50%"),
        ([9, 10], 9, 9, "50%"),
    ],
)
def test_so_many_words_are_read_as_texts_have(
    lengths: list[int], words: Any, read: int, share: str, reader: Imported, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = column(*(" ".join(["word"] * length) for length in lengths * 50))
    prepare = reader.module("network.prepare").build_preparation(texts, reader.config(words=words))
    assert prepare.outputs[0].shape == (None, read)
    note = f"Note: {share} of the texts are longer than the {read:,} words that are read (words in config.toml)\n"
    assert capsys.readouterr().out == (note if share else "")


def test_a_small_vocabulary_has_the_most_frequent_words(reader: Imported) -> None:
    model, preparation = reader.module("network.model"), reader.module("network.prepare")
    texts = column("a a a b b c", "", "a b d e f g h i j k l")
    prepare = preparation.build_preparation(texts, settings(reader, vocabulary=4))
    words = model.apply(prepare, texts)["words"]
    assert words[:, :7].tolist() == [[2, 2, 2, 3, 3, 1, 0], [0] * 7, [2, 3, 1, 1, 1, 1, 1]]
    preparation.build_preparation(texts, settings(reader, vocabulary=3))
    with pytest.raises(Exception, match="vocabulary = 2: Input should be greater than") as error:
        settings(reader, vocabulary=2)
    assert type(error.value).__name__ == "UserError"


@pytest.mark.parametrize("texts", [["", "word", ""], ["\0", "b", "<br>"]])
def test_where_nearly_all_texts_are_empty(texts: list[str], reader: Imported) -> None:
    model = reader.module("network.model")
    train = reader.module("data.dataset").Split(column(*texts), np.array([0, 1, 0]))
    models = model.build(settings(reader), train, 2)
    predicted = model.apply(models.complete, column("", "word", "unknown"))
    assert np.isfinite(predicted).all()
    with pytest.raises(Exception, match="none of the texts to learn from holds a word") as error:
        reader.module("network.prepare").build_preparation(column("", "\0", "..."), settings(reader))
    assert type(error.value).__name__ == "UserError"


NETWORK = ("--filters", "[[8],[16]]", "--learning-rate", 0.03, "--epochs", 8)
FLAGS = ("--target", "t", "--text-column", "review", "--words", 12, *NETWORK)


@pytest.fixture(scope="module")
def trained(reader: Imported) -> tuple[Imported, pd.DataFrame]:
    """A network that was trained on a table whose texts tell the class, some of them missing."""
    rng = np.random.default_rng(0)
    kind = np.array(["übel", "gut", "so lala"])[np.arange(240) % 3]
    likely = {"übel": "bad worse", "gut": "good best", "so lala": "meh okay"}
    texts = [f"the {rng.choice(likely[k].split())} film {rng.integers(100)}" for k in kind]
    texts[3], texts[4], texts[5], texts[6] = "", "NA", "word " * 100_000, "\0"
    frame = pd.DataFrame({"review": texts, "t": kind, "who": np.arange(240) // 3})
    frame.to_csv(reader.folder / "table.csv", index=False)
    reader.main("train", "--data-path", "table.csv", *FLAGS)
    return reader, frame


def test_classes_and_rows_stay_in_their_order(trained: tuple[Imported, pd.DataFrame]) -> None:
    project, frame = trained
    predictions = project.predict("table.csv")
    assert list(predictions) == ["prediction", "probability_gut", "probability_so lala", "probability_übel"]
    assert len(predictions) == 240 and (predictions["prediction"] == frame["t"]).mean() > 0.9
    assert "table.csv, 240 examples" in project.main("evaluate", "table.csv")


def test_a_text_alone_is_what_it_is_among_longer_ones(trained: tuple[Imported, pd.DataFrame], tmp_path: Path) -> None:
    project, frame = trained
    whole = project.predict("table.csv")
    for row in (0, 3, 5, 7):
        (tmp_path / "one.txt").write_text(frame["review"][row])
        one = project.predict(tmp_path / "one.txt")
        assert list(one["path"]) == ["one.txt"]
        assert one.iloc[0, 2:].astype(float).tolist() == pytest.approx(whole.iloc[row, 1:].astype(float), abs=1e-5)


def test_the_saved_model_says_what_the_one_in_memory_does(reader: Imported, tmp_path: Path) -> None:
    model, texts = reader.module("network.model"), column(*WORDS, "never seen before", "word " * 60_000)
    train = reader.module("data.dataset").Split(texts, np.arange(len(WORDS) + 2) % 3)
    complete = model.build(settings(reader), train, 3).complete
    complete.save(tmp_path / "model.keras")
    reloaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(model.apply(reloaded, texts), model.apply(complete, texts), atol=1e-6)


def test_groups_and_shards(
    trained: tuple[Imported, pd.DataFrame], imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, frame = imported(input="text", large=True), trained[1]
    frame.to_csv(project.folder / "table.csv", index=False)
    flags = (*FLAGS, "--memory-mb", 1, "--epochs", 2, "--group-column", "who")
    said = project.main("train", "--data-path", "table.csv", *flags)
    assert "larger than memory_mb" in said and "240 examples" in said
    monkeypatch.setattr(project.module("commands.predict"), "PREDICTED", 50)
    in_parts = project.predict("table.csv")
    monkeypatch.undo()
    at_once = project.predict("table.csv")
    assert len(in_parts) == 240 and list(in_parts["prediction"]) == list(at_once["prediction"])
    config = project.config(data_path="table.csv", target=["t"], text_column="review", group_column="who")
    monkeypatch.chdir(project.folder)
    record = project.module("data.dataset").load(config).record
    assert (record["split"].groupby(frame["who"]).nunique() == 1).all() and record["split"].nunique() == 3
