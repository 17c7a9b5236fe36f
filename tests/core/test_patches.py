"""Patches: the same numbers in another order, and what is done with them."""

import dataclasses
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CoreError, DataError, ParameterError
from core.patches import (
    FITS,
    ORDERS,
    PATCH_PROJECTIONS,
    VITS,
    PatchEmbedding,
    fit_image,
    nearest_patches,
    patchify,
    project_patches,
    resample_positions,
    sprite_sheet,
    vit_counts,
)
from core.patches.resampling import bicubic_weights

quick = settings(max_examples=60, deadline=None)
DTYPES = [np.uint8, np.uint16, np.int64, np.float32, np.float64, np.bool_, np.dtype(">i2")]


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@st.composite
def cuts(draw: st.DrawFn) -> tuple[np.ndarray, tuple[int, int], str]:
    """An image of whole patches, of any shape and type, its patch and an order."""
    patch = (draw(st.integers(1, 5)), draw(st.integers(1, 5)))
    height, width = patch[0] * draw(st.integers(1, 4)), patch[1] * draw(st.integers(1, 4))
    channels = draw(st.sampled_from([(), (1,), (2,), (3,), (4,)]))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    shape = (height, width, *channels)
    # random bytes: every value of the type can come, NaNs with their payloads too
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    image = rng.integers(0, 2 if dtype.kind == "b" else 256, np.prod(shape) * dtype.itemsize, dtype=np.uint8)
    return image.view(dtype).reshape(shape), patch, draw(st.sampled_from(ORDERS))


@quick
@given(cuts())
def test_restoring_gives_back_the_image_bit_for_bit(cut: tuple[np.ndarray, tuple[int, int], str]) -> None:
    """Any size, channel count, type and order; NaN and negative zero included, hence bytes and not values."""
    image, patch, order = cut
    patches = patchify(image, patch, order)
    restored = patches.restore()
    assert restored.dtype == image.dtype
    assert restored.shape == image.shape
    assert restored.tobytes() == image.tobytes()
    rows, columns = patches.grid
    assert patches.vectors.shape == (rows * columns, image.size // (rows * columns))


@quick
@given(cuts(), st.data())
def test_patch_i_is_the_image_at_row_and_column_of_i(cut: tuple[np.ndarray, tuple[int, int], str], data: st.DataObject) -> None:  # fmt: skip
    image, (height, width), order = cut
    patches = patchify(image, (height, width), order)
    index = data.draw(st.integers(0, len(patches) - 1))
    row, column = divmod(index, patches.grid[1])
    window = image[row * height : (row + 1) * height, column * width : (column + 1) * width]
    assert patches.patch_image(index).tobytes() == window.tobytes()
    assert patches.patch_image(index).shape == window.shape

    component = data.draw(st.integers(0, patches.vectors.shape[1] - 1))
    channel, down, across = patches.component(component)
    whole = window.reshape(height, width, -1)
    assert patches.vectors[index, component].tobytes() == whole[down, across, channel].tobytes()


def test_the_two_orders_of_the_worked_example() -> None:
    """Image value 16 c + 4 row + column, 3 channels of 4 x 4, patches of 2."""
    row, column, channel = np.ogrid[:4, :4, :3]
    image = 16 * channel + 4 * row + column
    first = patchify(image, 2).vectors[0]
    last = patchify(image, 2, "channels_last").vectors[0]
    assert first.tolist() == [0, 1, 4, 5, 16, 17, 20, 21, 32, 33, 36, 37]
    assert last.tolist() == [0, 16, 32, 1, 17, 33, 4, 20, 36, 5, 21, 37]


@pytest.mark.parametrize("shape", [(224, 224, 3), (48, 96, 3), (32, 16, 1)])
def test_channels_first_vectors_are_those_of_torch_unfold(shape: tuple[int, int, int]) -> None:
    import torch

    image = noise(*shape).astype(np.float32)
    batch = torch.from_numpy(image.transpose(2, 0, 1).copy())[None]
    unfolded = torch.nn.functional.unfold(batch, 16, stride=16)[0].T.numpy()
    assert np.array_equal(patchify(image, 16).vectors, unfolded)


def test_vectors_are_a_copy_even_of_an_image_that_is_one_patch() -> None:
    image = noise(4, 4, 3)
    kept = image.copy()
    patchify(image, 4, "channels_last").vectors[:] = 0
    patchify(image, 4).patch_image(0)[:] = 0
    assert np.array_equal(image, kept)


def test_other_vectors_can_be_drawn_in_the_place_of_the_patches() -> None:
    patches = patchify(noise(8, 12, 3), 4)
    shuffled = dataclasses.replace(patches, vectors=patches.vectors[::-1].astype(np.float32))
    assert np.array_equal(shuffled.patch_image(0), patches.patch_image(len(patches) - 1))
    assert shuffled.restore().dtype == np.float32
    with pytest.raises(DataError, match=r"\(6, 48\); got \(5, 48\)"):
        dataclasses.replace(patches, vectors=patches.vectors[:5])


def test_an_image_that_is_not_whole_patches_is_refused_with_the_two_nearest_fixes() -> None:
    with pytest.raises(DataError) as caught:
        patchify(noise(427, 640, 3), 16)
    assert "640 x 427" in str(caught.value)
    assert "crop it to 640 x 416 or pad it to 640 x 432" in str(caught.value)


@pytest.mark.parametrize("shape", [(1, 1, 3), (300, 15, 3), (15, 300)])
def test_a_patch_larger_than_the_image_is_refused_with_a_mend(shape: tuple[int, ...]) -> None:
    for attempt in (lambda: patchify(noise(*shape), 16), lambda: fit_image(noise(*shape), 16, "crop")):
        with pytest.raises(DataError, match="smaller patch, or pad or resize"):
            attempt()


@pytest.mark.parametrize("patch", [0, -1, 2.5, "16", True, None, (16,), (16, 0), (16, 16, 3), [4, "4"]])
def test_a_patch_that_is_no_size_is_a_parameter_error(patch: object) -> None:
    with pytest.raises(ParameterError, match="patch must be a whole number of pixels"):
        patchify(noise(16, 16, 3), patch)  # type: ignore[arg-type]


def test_wrong_order_index_and_array_are_errors_that_name_the_value() -> None:
    image = noise(4, 4, 3)
    with pytest.raises(ParameterError, match="channels_first, channels_last; got hwc"):
        patchify(image, 2, "hwc")  # type: ignore[arg-type]
    for index in (-1, 4):
        with pytest.raises(ParameterError, match=f"got {index}"):
            patchify(image, 2).patch_image(index)
    for component in (-1, 12):
        with pytest.raises(ParameterError, match=f"got {component}"):
            patchify(image, 2).component(component)
    for wrong in (np.zeros(3), np.zeros((2, 2, 2, 2)), np.zeros((0, 4, 3)), np.array([["a"]])):
        with pytest.raises(DataError, match="got shape"):
            patchify(wrong, 1)


@quick
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 20), st.integers(1, 20), st.sampled_from(FITS), st.booleans())  # fmt: skip
def test_a_fitted_image_is_whole_patches_and_its_account_adds_up(
    height: int, width: int, patch_height: int, patch_width: int, how: str, grey: bool
) -> None:
    image = noise(height, width) if grey else noise(height, width, 3)
    if how == "crop" and (height < patch_height or width < patch_width):
        with pytest.raises(DataError):
            fit_image(image, (patch_height, patch_width), how)
        return
    fitted = fit_image(image, (patch_height, patch_width), how)
    new_height, new_width = fitted.image.shape[:2]
    patchify(fitted.image, (patch_height, patch_width))
    assert fitted.image.dtype == image.dtype
    assert fitted.original == (height, width)
    if how != "resize":
        plus, minus = fitted.added, fitted.removed
        assert new_height == height + plus.top + plus.bottom - minus.top - minus.bottom
        assert new_width == width + plus.left + plus.right - minus.left - minus.right
    assert fitted.pixels_added - fitted.pixels_removed == (0 if how == "resize" else new_height * new_width - height * width)  # fmt: skip
    assert fitted.stretch == ((new_height / height, new_width / width) if how == "resize" else (1.0, 1.0))


def test_cropping_keeps_the_middle_and_padding_surrounds_it() -> None:
    image = np.arange(25).reshape(5, 5)
    crop = fit_image(image, 2, "crop")
    assert np.array_equal(crop.image, image[:4, :4])
    assert (crop.removed.top, crop.removed.bottom, crop.pixels_removed) == (0, 1, 9)
    pad = fit_image(image, (4, 5), "pad")
    assert (pad.added.top, pad.added.bottom, pad.added.left, pad.pixels_added) == (1, 2, 0, 15)
    assert np.array_equal(pad.image[1:6], image)
    assert np.array_equal(pad.image[0], image[0])
    assert np.array_equal(pad.image[6], image[4])
    black = fit_image(image, (4, 5), "pad", padding="zero")
    assert not black.image[0].any()
    assert np.array_equal(black.image[1:6], image)


def test_resizing_goes_to_the_nearest_multiple_and_keeps_type_and_flat_colour() -> None:
    for dtype, value in [(np.uint8, 200), (np.uint16, 60_000), (np.float32, 0.25), (np.float64, -3.5), (np.bool_, True)]:  # fmt: skip
        image = np.full((23, 41, 3), value, dtype=dtype)
        fitted = fit_image(image, 16, "resize").image
        assert fitted.shape == (16, 48, 3)
        assert fitted.dtype == dtype
        assert np.allclose(fitted, value)
    assert fit_image(noise(24, 8), 16, "resize").image.shape == (32, 16)
    assert np.array_equal(fit_image(noise(32, 16), 16, "resize").image, noise(32, 16))


def test_a_copy_comes_back_even_when_nothing_had_to_change() -> None:
    for how in FITS:
        image = noise(16, 16, 3)
        fit_image(image, 16, how).image[:] = 0
        assert np.array_equal(image, noise(16, 16, 3))


def test_unknown_policies_are_parameter_errors() -> None:
    with pytest.raises(ParameterError, match="crop, pad, resize"):
        fit_image(noise(4, 4), 2, "stretch")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="edge, zero"):
        fit_image(noise(4, 4), 2, "pad", padding="mirror")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("side", "name", "patches", "projection", "positions"),
    [
        (224, "ViT-B/16", 196, 590_592, 151_296),
        (224, "ViT-B/32", 49, 2_360_064, 38_400),
        (384, "ViT-B/16", 576, 590_592, 443_136),
    ],
)
def test_counts_are_those_of_the_published_models(
    side: int, name: str, patches: int, projection: int, positions: int
) -> None:
    counts = vit_counts(side, side, VITS[name].patch, VITS[name].dim)
    assert (counts.patches, counts.tokens) == (patches, patches + 1)
    assert (counts.projection_parameters, counts.position_parameters) == (projection, positions)
    assert counts.attention_pairs == counts.tokens**2
    assert counts.attention_multiply_adds == 2 * counts.tokens**2 * VITS[name].dim
    bare = vit_counts(side, side, VITS[name].patch, VITS[name].dim, class_token=False)
    assert bare.tokens == patches


def test_counts_refuse_what_is_not_whole_patches() -> None:
    with pytest.raises(DataError, match="100 x 224"):
        vit_counts(224, 100, 16, 768)
    with pytest.raises(ParameterError, match="dim"):
        vit_counts(224, 224, 16, 0)


@pytest.mark.parametrize(("patch", "channels", "dim"), [(16, 3, 64), ((4, 8), 1, 5), (7, 4, 3)])
def test_the_linear_layer_and_its_convolution_give_the_same_tokens(patch: int | tuple[int, int], channels: int, dim: int) -> None:  # fmt: skip
    import torch

    torch.manual_seed(0)
    embedding = PatchEmbedding(patch, channels, dim)
    height, width = embedding.patch
    image = noise(height * 3, width * 5, channels).astype(np.float32) / 255
    tokens = embedding(torch.from_numpy(patchify(image, patch).vectors))
    batch = torch.from_numpy(image.transpose(2, 0, 1).copy())[None]
    convolved = embedding.as_convolution()(batch).flatten(2)[0].T
    assert tokens.shape == (15, dim)
    assert (tokens - convolved).abs().max().item() < 1e-4


def test_the_patch_embedding_of_vit_b_16_has_its_parameters_and_takes_pixels() -> None:
    import torch

    embedding = PatchEmbedding(16, 3, 768)
    assert sum(parameter.numel() for parameter in embedding.parameters()) == 590_592
    assert embedding(torch.from_numpy(patchify(noise(32, 32, 3), 16).vectors)).shape == (4, 768)
    assert pickle.loads(pickle.dumps(embedding)).patch == (16, 16)
    with pytest.raises(DataError, match="768 values"):
        embedding(torch.zeros(2, 767))
    with pytest.raises(ParameterError, match="dim"):
        PatchEmbedding(16, 3, 0)


def test_the_convolution_does_not_share_its_weights() -> None:
    import torch

    embedding = PatchEmbedding(2, 1, 3)
    before = embedding.projection.weight.detach().clone()
    with torch.no_grad():
        embedding.as_convolution().weight.zero_()
    assert torch.equal(embedding.projection.weight, before)


@pytest.mark.parametrize("room", ["core.patches", "core.positions", "core.images"])
def test_importing_the_room_imports_numpy_only(room: str) -> None:
    heavy = "{'torch', 'PIL', 'scipy', 'sklearn', 'numba', 'plotly', 'streamlit'}"
    code = f"import sys, {room}; print(sorted({heavy} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_unknown_name_of_the_room_is_an_attribute_error() -> None:
    import core.patches

    with pytest.raises(AttributeError, match="no attribute 'Patch'"):
        _ = core.patches.Patch


@pytest.mark.parametrize("new", [(24, 24), (7, 7), (14, 14), (10, 31), (1, 1), (16, 13)])
@pytest.mark.parametrize("prefix", [0, 1, 5])
def test_resampled_positions_equal_torch_bicubic_with_antialias(new: tuple[int, int], prefix: int) -> None:
    import torch

    table = np.random.default_rng(0).normal(size=(prefix + 14 * 14, 6))
    got = resample_positions(table, (14, 14), new, prefix)
    grid = torch.from_numpy(table[prefix:]).reshape(1, 14, 14, 6).permute(0, 3, 1, 2)
    want = torch.nn.functional.interpolate(grid, size=new, mode="bicubic", antialias=True, align_corners=False)
    assert got.shape == (prefix + new[0] * new[1], 6)
    assert np.array_equal(got[:prefix], table[:prefix])
    assert np.abs(got[prefix:] - want[0].permute(1, 2, 0).reshape(-1, 6).numpy()).max() < 1e-6


@quick
@given(st.integers(1, 40), st.integers(1, 40))
def test_resampling_weights_sum_to_one_and_mirror(old: int, new: int) -> None:
    weights = bicubic_weights(old, new)
    assert np.allclose(weights.sum(axis=1), 1)
    assert np.allclose(weights, weights[::-1, ::-1])


def test_resampling_keeps_the_type_and_a_torch_table_stays_torch() -> None:
    import torch

    table = np.random.default_rng(1).normal(size=(10, 3)).astype(np.float32)
    got = resample_positions(table, (3, 3), (5, 4), 1)
    assert got.dtype == np.float32
    same = resample_positions(table, (3, 3), (3, 3), 1)
    assert np.array_equal(same, table)
    assert not np.shares_memory(same, table)
    parameter = torch.nn.Parameter(torch.from_numpy(table.copy()))
    back = resample_positions(parameter, (3, 3), (5, 4), 1)
    assert back.dtype == torch.float32
    assert np.array_equal(back.numpy(), got)


def test_a_table_that_does_not_fit_its_grid_is_a_data_error() -> None:
    with pytest.raises(DataError, match=r"needs a table of 197 rows.*\(196, 4\)"):
        resample_positions(np.zeros((196, 4)), (14, 14), (7, 7), 1)
    with pytest.raises(ParameterError, match="new_grid"):
        resample_positions(np.zeros((196, 4)), (14, 14), (0, 7))


@pytest.mark.parametrize("how", PATCH_PROJECTIONS)
def test_tokens_are_the_linear_layer_they_claim_and_repeat(how: str) -> None:
    vectors = patchify(noise(32, 48, 3), 8).vectors
    projected = project_patches(vectors, 10, how, seed=3)
    again = project_patches(vectors, 10, how, seed=3)
    assert projected.tokens.shape == (24, 10)
    assert projected.weights.shape == (10, 192)
    assert projected.tokens.tobytes() == again.tokens.tobytes()
    by_hand = (projected.scale * vectors.astype(np.float64)) @ projected.weights.T.astype(np.float64) + projected.bias
    assert np.allclose(projected.tokens, by_hand, atol=1e-4)
    assert 0 < projected.variance_share < 1


def test_principal_components_beat_random_ones_and_all_of_them_lose_nothing() -> None:
    image = np.add.outer(np.arange(32), 3 * np.arange(48)).astype(np.uint8)
    vectors = patchify(image, 4).vectors
    shares = [project_patches(vectors, dim, "pca").variance_share for dim in (1, 2, 4, 16)]
    assert shares == sorted(shares)
    assert shares[0] > project_patches(vectors, 1, "random").variance_share
    whole = project_patches(vectors, 16, "pca")
    assert whole.variance_share == pytest.approx(1.0)
    assert np.abs(whole.reconstruct() - vectors).max() < 1e-2
    assert np.abs(project_patches(vectors, 16, "random").reconstruct() - vectors).max() < 1.0


def test_principal_components_are_orthonormal_uncorrelated_and_explain_the_stated_variance() -> None:
    vectors = 5 + np.random.default_rng(0).normal(size=(60, 20)) * np.arange(1, 21)
    projected = project_patches(vectors, 5, "pca")
    assert np.allclose(projected.weights @ projected.weights.T, np.eye(5), atol=1e-5)
    assert np.abs(projected.tokens.mean(axis=0)).max() < 1e-4
    covariance = np.cov(projected.tokens.T)
    assert np.abs(covariance - np.diag(np.diag(covariance))).max() < 1e-3 * covariance.max()
    assert (np.diff(np.diag(covariance)) < 0).all()
    assert projected.variance_share == pytest.approx(np.trace(covariance) / np.trace(np.cov(vectors.T)), rel=1e-4)
    greatest = np.abs(projected.weights).argmax(axis=1)
    assert (projected.weights[np.arange(5), greatest] > 0).all()


def test_directions_that_are_not_there_are_zero() -> None:
    vectors = patchify(noise(16, 24, 3), 8).vectors
    projected = project_patches(vectors, 9, "pca")
    assert projected.rank == 5  # six patches differ in five directions
    assert not projected.tokens[:, 5:].any()
    assert np.abs(projected.reconstruct() - vectors).max() < 1e-2
    flat = project_patches(np.full((4, 12), 7, dtype=np.uint8), 3, "pca")
    assert (flat.rank, flat.variance_share) == (0, 1.0)
    assert np.allclose(flat.reconstruct(), 7, atol=1e-4)


def test_a_sketch_of_many_wide_patches_finds_the_exact_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above a size the eigenproblem is solved approximately; both ways must name the same subspace."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(300, 80)) @ np.diag(0.8 ** np.arange(80)) @ np.linalg.qr(rng.normal(size=(80, 80)))[0]
    exact = project_patches(vectors, 6, "pca")
    monkeypatch.setattr("core.patches.projecting._EXACT_SIDE", 40)
    sketched = project_patches(vectors, 6, "pca")
    assert np.allclose(np.abs(exact.weights @ sketched.weights.T), np.eye(6), atol=1e-3)
    assert sketched.variance_share == pytest.approx(exact.variance_share, abs=1e-4)


def test_of_very_many_patches_a_seeded_sample_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.patches.projecting._ROWS_FITTED", 50)
    vectors = noise(200, 12)
    first, second = (project_patches(vectors, 2, "pca", seed=4) for _ in range(2))
    assert (first.fitted_rows, first.tokens.shape) == (50, (200, 2))
    assert first.weights.tobytes() == second.weights.tobytes()


def test_projection_settings_are_checked() -> None:
    vectors = noise(4, 12)
    for arguments in [{"dim": 0}, {"dim": 2, "how": "umap"}, {"dim": 2, "seed": -1}]:
        with pytest.raises(ParameterError):
            project_patches(vectors, **arguments)  # type: ignore[arg-type]
    with pytest.raises(DataError):
        project_patches(np.zeros((0, 3)), 2)


@pytest.mark.parametrize("block", [None, 7])
def test_nearest_patches_are_those_of_a_plain_sort(block: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if block:
        monkeypatch.setattr("core.patches.nearest._VALUES_AT_ONCE", block)
    vectors = patchify(noise(24, 24, 3), 4).vectors
    indices, distances = nearest_patches(vectors, 5, 8)
    plain = np.linalg.norm(vectors.astype(float) - vectors[5].astype(float), axis=1)
    plain[5] = np.inf
    assert indices.tolist() == np.argsort(plain, kind="stable")[:8].tolist()
    assert np.allclose(distances, plain[indices])


def test_equal_patches_are_at_distance_zero_in_order_and_the_query_is_left_out() -> None:
    vectors = np.array([[9, 9], [255, 0], [9, 9], [9, 9]], dtype=np.uint8)
    indices, distances = nearest_patches(vectors, 2, 10)
    assert indices.tolist() == [0, 3, 1]
    assert distances.tolist() == [0.0, 0.0, pytest.approx(np.hypot(246, 9))]
    alone = nearest_patches(vectors[:1], 0, 3)
    assert len(alone[0]) == 0
    for index, k in [(4, 1), (-1, 1), (0, 0)]:
        with pytest.raises(ParameterError):
            nearest_patches(vectors, index, k)


@pytest.mark.parametrize("shape", [(48, 64, 3), (48, 64), (48, 64, 1)])
def test_a_sprite_sheet_holds_every_patch_at_its_place(shape: tuple[int, ...]) -> None:
    patches = patchify(noise(*shape), 8)
    sheet, columns = sprite_sheet(patches, tile=16)
    assert (sheet.dtype, sheet.shape, columns) == (np.uint8, (7 * 16, 7 * 16, 3), 7)
    for index in range(len(patches)):
        top, left = index // columns * 16, index % columns * 16
        thumbnail = sheet[top : top + 16 : 2, left : left + 16 : 2]
        patch = patches.patch_image(index).reshape(8, 8, -1)
        assert np.array_equal(thumbnail, np.broadcast_to(patch, (8, 8, 3)))
    assert not sheet[-16:, -16:].any()  # the 49th place has no patch


def test_large_patches_are_averaged_and_oblong_ones_keep_their_shape() -> None:
    image = np.kron(noise(6, 4, 3).transpose(2, 0, 1), np.ones((1, 10, 10))).transpose(1, 2, 0).astype(np.uint8)
    sheet, columns = sprite_sheet(patchify(image, (60, 20)), tile=6)
    assert (sheet.shape, columns) == ((6, 4, 3), 2)
    assert np.array_equal(sheet, noise(6, 4, 3))
    mean, _ = sprite_sheet(patchify(noise(8, 8), 8), tile=1)
    assert abs(int(mean[0, 0, 0]) - noise(8, 8).mean()) <= 1
    uneven, _ = sprite_sheet(patchify(np.full((8, 8), 90, dtype=np.uint8), 8), tile=3)
    assert (uneven == 90).all()


def test_thumbnails_of_other_types_are_refused() -> None:
    for image in (np.zeros((4, 4, 3), np.float32), np.zeros((4, 4, 2), np.uint8)):
        with pytest.raises(DataError, match="8-bit"):
            sprite_sheet(patchify(image, 2))


def test_errors_of_the_room_cross_process_borders() -> None:
    with pytest.raises(CoreError) as caught:
        patchify(noise(5, 5), 2)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
