"""The members of tabular-ensemble learn by themselves, and their mean predicts."""

import numpy as np
import pytest
from conftest import Import, Imported

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def project(imported: Import) -> Imported:
    return imported(family="tabular-ensemble", task="multiclass")


def test_the_loss_of_each_member_counts_while_training_and_that_of_their_mean_after_it(project: Imported) -> None:
    import keras

    numbers = keras.Input((2, 3))  # as if it were what two members say of three classes
    ensemble = project.module("training.ensemble").Ensemble(numbers, numbers * 1)
    ensemble.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    members = np.array([[[0.8, 0.1, 0.1], [0.2, 0.6, 0.2]], [[0.3, 0.3, 0.4], [0.1, 0.1, 0.8]]], "float32")
    y, weights = np.array([0, 2]), np.array([1.0, 3.0])
    each = -np.log([[0.8, 0.2], [0.4, 0.8]])
    loss = ensemble.compute_loss(None, y, keras.ops.array(members))
    np.testing.assert_allclose(loss, each.mean(), rtol=1e-5)
    loss = ensemble.compute_loss(None, y, keras.ops.array(members), weights)
    np.testing.assert_allclose(loss, (each.mean(axis=1) * weights).mean(), rtol=1e-5)
    # Alone the second member is wrong about the first example.
    assert ensemble.evaluate(members, y, verbose=0) == pytest.approx([-np.log([0.5, 0.6]).mean(), 1], rel=1e-5)


def test_what_is_saved_predicts_the_mean_of_its_members(project: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.folder)
    config = project.config(members=3, units=[8])
    data = project.module("data.dataset").load(config)
    model = project.module("network.model")
    models = model.build(config, data.train, 3)
    members = models.network.predict(model.apply(models.prepare, data.test.x), verbose=0)
    assert members.shape == (len(data.test.y), 3, 3)
    assert np.ptp(members, axis=1).max() > 0.01  # they begin with weights of their own
    np.testing.assert_allclose(model.apply(models.complete, data.test.x), members.mean(axis=1), rtol=1e-5)
