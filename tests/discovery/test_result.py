"""What can be done with what was found."""

from __future__ import annotations

import math
import pickle
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path

import pytest
import torch

from kanwidget import KAN, Dataset, create_dataset, discover
from kanwidget.discovery.result import Candidate, Discovery
from kanwidget.widget.widget import KANWidget

from ..support import rows

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>')


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return create_dataset(lambda x: 2.345 * torch.sin(x[:, [0]]) + x[:, [1]] ** 2, n_var=2, train_num=200, test_num=60)


@pytest.fixture(scope="module")
def found(dataset: Dataset) -> Discovery:
    return discover(dataset, budget_s=60)


@pytest.fixture
def best(found: Discovery) -> Candidate:
    return found.best


class TestNetwork:
    def test_it_is_the_formula(self, best: Candidate, dataset: Dataset) -> None:
        model = best.model
        assert isinstance(model, KAN)
        assert (model(dataset.test_input) - dataset.test_label).abs().max() < 1e-9
        assert model.formula().errors(dataset).data == pytest.approx(best.rmse, abs=1e-14)
        assert model.input_names == dataset.input_names

    def test_it_is_a_new_one_every_time(self, best: Candidate) -> None:
        first = best.model
        first.fix_symbolic(0, 0, 0, "x", verbose=False)
        assert len(best.model.symbolic_edges()) == len(list(best.model.edges()))
        assert best.model is not first

    def test_it_can_be_trained_on_other_data(self, best: Candidate, dataset: Dataset) -> None:
        model = best.model
        other = Dataset.from_arrays(dataset.train_input, 2 * dataset.train_label)
        result = model.fit(other, steps=30, progress=False)
        assert result["train_loss"][-1] < 1e-3
        assert (best.model(dataset.test_input) - dataset.test_label).abs().max() < 1e-9

    def test_it_can_be_drawn(self, best: Candidate) -> None:
        assert best.model.plot().axes

    def test_it_can_be_kept_in_a_file(self, best: Candidate, tmp_path: Path) -> None:
        best.model.save(tmp_path / "law.safetensors")
        x = rows(20, 2)
        assert torch.equal(KAN.load(tmp_path / "law.safetensors")(x), best.model(x))

    def test_it_can_be_explored(self, best: Candidate, dataset: Dataset) -> None:
        widget = best.model.explore(dataset)
        assert isinstance(widget, KANWidget)
        assert r"\sin" in widget.formula_latex
        widget.close()


class TestTable:
    def test_one_row_per_candidate(self, found: Discovery) -> None:
        frame = found.to_dataframe()
        assert list(frame.columns) == ["formula", "complexity", "rmse", "relative_rmse", "certified", "best"]
        assert len(frame) == len(found.candidates)
        assert frame["best"].sum() == 1
        assert frame[frame["best"]]["certified"].all()
        assert frame["complexity"].is_monotonic_increasing

    def test_in_words(self, found: Discovery) -> None:
        first, *others = repr(found).splitlines()
        assert first.startswith("Certified")
        assert [line.startswith("* ") for line in others].count(True) == 1
        assert repr(found.best) in repr(found)


def test_it_can_be_sent_elsewhere(found: Discovery) -> None:
    there = pickle.loads(pickle.dumps(found))
    assert repr(there) == repr(found)
    assert there.best in there.candidates
    x = rows(20, 2)
    assert torch.equal(there.best.model(x), found.best.model(x))


class TestPage:
    def tree(self, found: Discovery) -> ET.Element:
        """Read as XML, which forgives nothing."""
        return ET.fromstring(f"<div>{found._repr_html_()}</div>")

    def test_it_is_well_formed_and_complete(self, found: Discovery) -> None:
        table = self.tree(found).find("table")
        assert table is not None
        assert len(table.findall("tr")) == len(found.candidates) + 1
        assert found.message in "".join(self.tree(found).itertext())

    def test_names_of_columns_stay_text(self) -> None:
        x = rows(100, 2)
        data = Dataset.from_arrays(x, x[:, 0] * x[:, 1], input_names=HOSTILE, output_names=("<b>&amp;",))
        found = discover(data, budget_s=60)
        page = found._repr_html_()
        assert "<script" not in page and "<img" not in page and "<b>" not in page
        kinds = {element.tag.rpartition("}")[2] for element in self.tree(found).iter()}
        assert not kinds & {"script", "img", "b"}
        assert "alert(1)" in unescape(page)


class TestErrors:
    def test_every_free_constant_has_one(self, best: Candidate) -> None:
        assert all(error > 0 and math.isfinite(error) for error in best.deviations)
        assert list(best.deviations) == sorted(best.deviations, reverse=True)
