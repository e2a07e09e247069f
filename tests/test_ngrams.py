"""text-ngrams: which terms of a text are found and kept, in all scripts; what is saved and exported takes raw texts."""

from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def project(imported: Import) -> Imported:
    return imported(input="text", family="text-ngrams", task="multiclass")


def column(*texts: str) -> dict[str, Any]:
    return {"text": np.array(texts, dtype=object)[:, np.newaxis]}


TERMS = {
    "Good, good film!": {"good", "film", "good good", "good film", " g", "ood,", "m! ", "ilm!"},
    "ÜBEL<br>": {"übel", " übe", "<br>"},
    "我喜欢": {"我", "喜", "我 喜", "喜 欢", "我喜", "我喜欢", " 我喜欢"},
    "สวัสดี": {"ส", "วั", "ส วั", "สวั"},
    "a\0b": {"a", "b", "a b", " a ", " b "},
    "": set(),
}


@pytest.mark.parametrize("text", TERMS)
def test_words_pairs_and_pieces_of_all_scripts(text: str, project: Imported) -> None:
    import tensorflow

    terms = project.module("network.terms").terms_of(tensorflow.constant([text, "other"]))
    found = {term.decode() for term in terms[0].numpy()}
    assert found >= TERMS[text] and (found == set()) == (text == "")
    assert not {"other", "欢 other", "film other"} & found
    assert all(1 <= len(term) for term in found)


def test_terms_that_tell_a_text_apart_weigh_most(project: Imported) -> None:
    texts = column(*[f"the {word}" for word in "red red red green green blue".split()], "the the red", "", "\0 ?!")
    prepare = project.module("network.prepare").build_preparation(texts, project.config())
    prepared = project.module("network.model").apply(prepare, texts)
    names = prepare.get_layer("terms").get_vocabulary()
    assert set(prepared) == {"terms", "weights"} and prepared["terms"].dtype == "int32"
    np.testing.assert_allclose(np.linalg.norm(prepared["weights"], axis=1)[:7], 1, rtol=1e-5)
    weights = dict(zip((names[n] for n in prepared["terms"][5]), prepared["weights"][5], strict=True))
    assert weights["blue"] > weights["the"] > 0
    assert not prepared["weights"][7].any()  # of an empty text
    few = project.module("network.prepare").build_preparation(texts, project.config(most_terms=3))
    assert few.output["terms"].shape == few.output["weights"].shape == (None, 3)
    unknown = project.module("network.model").apply(prepare, column("zzz qqq"))
    assert not unknown["weights"].any()


def test_texts_without_a_word_are_refused(project: Imported) -> None:
    with pytest.raises(Exception, match="none of the texts to learn from holds a word"):
        project.module("network.prepare").build_preparation(column("", " ", "\0"), project.config())


@pytest.fixture(scope="module")
def trained(project: Imported) -> tuple[Imported, pd.DataFrame]:
    """A network that was trained on texts of two scripts; only pieces of the words tell the class."""
    kinds = np.array(["fruit", "beast", "place"])[np.arange(240) % 3]
    stems = {"fruit": ["pear", "梨子"], "beast": ["wolf", "狼狗"], "place": ["rome", "罗马"]}
    texts = [f"{n % 7}{stems[kind][n % 2]}{n} seen" for n, kind in enumerate(kinds)]
    frame = pd.DataFrame({"text": texts, "t": kinds})
    frame.to_csv(project.folder / "table.csv", index=False)
    flags = ("--target", "t", "--epochs", 25, "--learning-rate", 0.01, "--vocabulary", 400, "--references", "false")
    project.main("train", "--data-path", "table.csv", *flags)
    return project, frame


def test_a_new_word_is_known_by_its_pieces(trained: tuple[Imported, pd.DataFrame]) -> None:
    project, frame = trained
    new = pd.DataFrame({"text": ["99wolfish here", "x狼狗y", "PEAR", "在罗马的"]})
    new.to_csv(project.folder / "new.csv", index=False)
    assert (project.predict("table.csv")["prediction"] == frame["t"]).mean() > 0.95
    assert list(project.predict("new.csv")["prediction"]) == ["beast", "beast", "fruit", "place"]


def test_saved_and_exported_models_take_raw_texts(trained: tuple[Imported, pd.DataFrame]) -> None:
    import tensorflow

    project, frame = trained
    texts = column(*frame["text"][:9], "", "😀 neu", "word " * 5_000)
    run = project.folder / "runs" / "latest"
    saved = keras.saving.load_model(run / "model.keras", safe_mode=True)
    at_once = project.module("network.model").apply(saved, texts)
    project.main("export")
    exported = tensorflow.saved_model.load(project.folder / "exported")
    served = exported.serve({"text": tensorflow.constant(texts["text"])})
    np.testing.assert_allclose(served, at_once, atol=1e-5)
    one = project.module("network.model").apply(saved, {"text": texts["text"][:1]})
    np.testing.assert_allclose(one, at_once[:1], atol=1e-5)  # a text alone is what it is among others


def test_what_is_told_of_the_preparation_is_what_the_model_does(trained: tuple[Imported, pd.DataFrame]) -> None:
    """The counts that schema.json describes, made by hand, go into the rest of the model."""
    project, frame = trained
    loaded = project.module("training.runs").load_run(project.folder / "runs" / "latest")
    parts = project.module("formats.prepared").in_parts(loaded.model, loaded.schema)
    (told,) = parts.preparation
    places = {term: place for place, term in enumerate(told["places"])}
    assert "[2, 3, 4] characters" in told["values"] and "first 2000" in told["values"]
    texts = ["99wolf5 seen here", "pear"]
    counts = np.zeros((2, len(places)), "float32")
    for row, text in enumerate(texts):
        words = text.split()
        padded = [f" {word} " for word in words]
        pieces = [word[n : n + size] for word in padded for size in (2, 3, 4) for n in range(len(word) - size + 1)]
        pairs = [f"{one} {other}" for one, other in zip(words, words[1:], strict=False)]
        for term in [*words, *pairs, *pieces]:
            counts[row, places.get(term, 0)] += 1
    apply = project.module("network.model").apply
    np.testing.assert_allclose(
        apply(parts.second, {told["input"]: counts}), apply(loaded.model, column(*texts)), atol=1e-5
    )
