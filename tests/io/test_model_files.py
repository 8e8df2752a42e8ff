"""A network in a file is the same network, bit by bit, or an error that says why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from safetensors import safe_open
from torch import Tensor

from kanwidget import KAN, CheckpointError, Dataset, add_symbolic

from ..support import formulas, networks, rows, state


def through_a_file(model: KAN, folder: Path, **own: Any) -> KAN:
    path = folder / "model.safetensors"
    model.save(path)
    return KAN.load(path, **own)


def same(a: KAN, b: KAN, x: Tensor) -> None:
    assert state(a) == state(b)
    assert torch.equal(a(x), b(x)) or not torch.isfinite(a(x)).all()
    assert a.config == b.config and a.grid_eps == b.grid_eps
    assert list(a.edges()) == list(b.edges()) and a.symbolic_edges() == b.symbolic_edges()
    assert a.pinned_edges() == b.pinned_edges()
    assert [p.requires_grad for p in a.parameters()] == [p.requires_grad for p in b.parameters()]


class TestTheSame:
    @settings(max_examples=40)
    @given(model=networks())
    def test_network_bit_by_bit(self, model: KAN, tmp_path_factory: pytest.TempPathFactory) -> None:
        model.input_names = tuple(f"in\n{i} \ud800" for i in range(model.width[0].count))
        x = rows(30, model.width[0].count, low=-2, high=2)
        same(through_a_file(model, tmp_path_factory.mktemp("file")), model, x)

    @settings(max_examples=25)
    @given(model=formulas())
    def test_formula(self, model: KAN, tmp_path_factory: pytest.TempPathFactory) -> None:
        loaded = through_a_file(model, tmp_path_factory.mktemp("file"))
        assert loaded.symbolic_formula() == model.symbolic_formula()

    @pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
    def test_precision(self, dtype: torch.dtype, tmp_path: Path) -> None:
        model = KAN([2, 2, 1]).to(dtype)
        assert state_bytes(through_a_file(model, tmp_path)) == state_bytes(model)

    def test_trained_network_with_its_rows_and_names(self, trained: KAN, tmp_path: Path) -> None:
        trained.output_names = ("y",)
        trained.eval()
        trained.layer(0).coef.requires_grad_(False)
        trained.pin_edge(0, 1, 2)
        same(through_a_file(trained, tmp_path), trained, rows(30, 2))

    def test_arguments_it_was_made_with(self, tmp_path: Path) -> None:
        model = KAN(
            [2, [1, 1], 1], grid=[3, 4], k=[2, 3], seed=-7, noise_scale=0.1, base_fun="tanh",
            grid_range=[(-1, 1), (0, 2)], grid_eps=0.3, dtype=torch.float64, device="cpu",
        )  # fmt: skip
        same(through_a_file(model, tmp_path), model, rows(30, 2))

    def test_a_loaded_network_goes_on_as_the_saved_one(self, trained: KAN, dataset: Dataset, tmp_path: Path) -> None:
        loaded = through_a_file(trained, tmp_path)
        for model in (trained, loaded):
            model.fit(dataset, steps=3, progress=False)
            model.remove_edge(0, 0, 0)
            model.auto_symbolic(verbose=False)
        same(loaded, trained, rows(30, 2))

    def test_nothing_is_shared_between_layers_that_are_alike(self, tmp_path: Path) -> None:
        loaded = through_a_file(KAN([1, 1, 1], seed=0, noise_scale=0.0, dtype=torch.float64), tmp_path)
        storages = [t.data_ptr() for t in (*loaded.parameters(), *loaded.buffers()) if t.numel()]
        assert len(set(storages)) == len(storages)

    def test_bytes_are_the_same_every_time(self, trained: KAN, tmp_path: Path) -> None:
        first, second = tmp_path / "a", tmp_path / "b"
        trained.save(first)
        KAN.load(first).save(second)
        assert first.read_bytes() == second.read_bytes()

    def test_any_safetensors_reader_reads_it(self, trained: KAN, tmp_path: Path) -> None:
        trained.save(tmp_path / "model.safetensors")
        with safe_open(tmp_path / "model.safetensors", framework="pt") as file:
            assert torch.equal(file.get_tensor("layers.1.coef"), trained.layer(1).coef.detach())
            assert json.loads(file.metadata()["kanwidget"])["model"]["width"] == [2, 3, 1]


def state_bytes(model: KAN) -> list[bytes]:
    return [
        t.detach().contiguous().view(torch.uint8).numpy().tobytes() for t in (*model.parameters(), *model.buffers())
    ]


def sinc(x: Tensor) -> Tensor:
    return torch.sin(x) / x


class TestOwnFunctions:
    def test_a_function_that_is_not_known_is_named(self, trained: KAN, tmp_path: Path, register: Any) -> None:
        register("sinc_for_files", sinc)
        trained.fix_symbolic(0, 0, 0, "sinc_for_files", verbose=False)
        same(through_a_file(trained, tmp_path), trained, rows(9, 2))
        register.forget("sinc_for_files")
        with pytest.raises(CheckpointError, match=r"'sinc_for_files'.*add_symbolic"):
            KAN.load(tmp_path / "model.safetensors")

    def test_another_function_of_the_same_name_is_found_out(self, trained: KAN, tmp_path: Path, register: Any) -> None:
        register("mine", sinc)
        trained.fix_symbolic(0, 0, 0, "mine", verbose=False)
        trained.save(tmp_path / "model")
        register("mine", lambda x: 1.01 * sinc(x))
        with pytest.raises(CheckpointError, match="'mine' is another function"):
            KAN.load(tmp_path / "model")

    def test_a_residual_function_is_handed_in_again(self, tmp_path: Path) -> None:
        model = KAN([2, 2, 1], base_fun=torch.nn.functional.softplus)
        same(through_a_file(model, tmp_path, base_fun=torch.nn.functional.softplus), model, rows(9, 2))
        with pytest.raises(CheckpointError, match=r"'softplus'.*base_fun"):
            KAN.load(tmp_path / "model.safetensors")
        with pytest.raises(CheckpointError, match="another function"):
            KAN.load(tmp_path / "model.safetensors", base_fun=torch.nn.functional.gelu)


@pytest.fixture
def register() -> Any:
    """Adds functions, and takes them away at the end."""
    from kanwidget.model import functions

    known = dict(functions._FUNCTIONS)

    class Register:
        def __call__(self, name: str, f: Any) -> None:
            import sympy

            add_symbolic(name, f, sympy.Function(name))

        def forget(self, name: str) -> None:
            functions._FUNCTIONS.pop(name)

    yield Register()
    functions._FUNCTIONS.clear()
    functions._FUNCTIONS.update(known)


class Tagged(KAN):
    """A subclass without tensors of its own."""


class Shifted(KAN):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.shift = torch.nn.Parameter(torch.ones(1))


class TestRefusals:
    def test_a_subclass_comes_back_as_itself(self, tmp_path: Path) -> None:
        Tagged([2, 1]).save(tmp_path / "model")
        assert type(KAN.load(tmp_path / "model")) is Tagged
        KAN([2, 1]).save(tmp_path / "model")
        with pytest.raises(CheckpointError, match="class='KAN'"):
            Tagged.load(tmp_path / "model")

    def test_tensors_that_the_file_has_no_place_for_are_not_lost_in_silence(self, tmp_path: Path) -> None:
        with pytest.raises(CheckpointError, match="'shift'"):
            Shifted([2, 1]).save(tmp_path / "model")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_a_network_that_is_not_finite_is_not_saved(self, value: float, tmp_path: Path) -> None:
        model = KAN([2, 1])
        KAN([2, 1]).save(tmp_path / "model")
        before = (tmp_path / "model").read_bytes()
        with torch.no_grad():
            model.layer(0).coef[0, 0, 0] = value
        with pytest.raises(CheckpointError, match="coef has values that are not finite"):
            model.save(tmp_path / "model")
        assert [file.read_bytes() for file in tmp_path.iterdir()] == [before]

    @pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"{}", b"\x08" + 7 * b"\0" + b"{}      ", b"PK\3\4"])
    def test_other_files(self, content: bytes, tmp_path: Path) -> None:
        (tmp_path / "model").write_bytes(content)
        with pytest.raises(CheckpointError, match="not a file that kanwidget saved"):
            KAN.load(tmp_path / "model")

    def test_a_folder_and_a_device_are_no_files(self, tmp_path: Path) -> None:
        for path in (tmp_path, Path("/dev/null")):
            with pytest.raises(CheckpointError, match="is not a file"):
                KAN.load(path)

    def test_no_such_file(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            KAN.load(tmp_path / "model")
        with pytest.raises(FileNotFoundError):
            KAN([2, 1]).save(tmp_path / "no folder" / "model")

    def test_a_file_too_large_is_refused_unread(self, tmp_path: Path) -> None:
        with (tmp_path / "model").open("wb") as file:
            file.truncate(2**40)
        with pytest.raises(CheckpointError, match="1099511627776 bytes"):
            KAN.load(tmp_path / "model")
