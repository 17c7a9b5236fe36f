"""What is taken away of a cut, read back by others' readers."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load

from core.errors import DataError
from core.patches import learn_projection, patchify, project_patches
from core.patches.exporting import convolution_difference, patch_sheet, vectors_file, write_projection


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(("patch", "shape"), [((4, 6), (12, 18)), ((16, 16), (32, 48))])
@pytest.mark.parametrize("how", ["random", "pca"])
def test_a_convolution_with_stride_of_a_patch_is_the_linear_layer(patch: tuple[int, int], shape: tuple[int, int], how: str) -> None:  # fmt: skip
    image = noise(*shape)
    made = project_patches(patchify(image, patch).vectors, 5, how)
    difference, largest, count = convolution_difference(image, patch, made.weights, made.bias, made.scale)
    assert difference < 1e-4
    assert largest == pytest.approx(np.abs(made.tokens).max(), rel=1e-3)
    assert count == made.tokens.size


def test_weights_of_another_patch_are_refused() -> None:
    with pytest.raises(DataError):
        convolution_difference(noise(8, 8), (4, 4), np.zeros((2, 47), np.float32), np.zeros(2, np.float32), 1.0)


def test_the_layer_is_read_back_with_what_it_needs_to_be_used() -> None:
    vectors = patchify(noise(16, 16), 4).vectors
    made = learn_projection(vectors, 3, steps=5).projected(vectors)
    data = write_projection(made, (4, 4))
    tensors = load(data)
    assert np.allclose((vectors * made.scale) @ tensors["weight"].T + tensors["bias"], made.tokens, atol=1e-4)
    assert set(tensors) == {"weight", "bias", "mean", "back"}
    facts = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
    assert (json.loads(facts["patch"]), json.loads(facts["how"]), facts["order"]) == ([4, 4], "trained", '"channels_first"')  # fmt: skip


def test_the_sheet_shows_every_pixel_of_small_patches_in_reading_order() -> None:
    image = noise(8, 12)
    sheet = np.array(Image.open(io.BytesIO(patch_sheet(patchify(image, 4)))))
    assert sheet.shape == (8, 12, 3)
    assert np.array_equal(sheet[:4, :4], image[:4, :4])
    assert np.array_equal(sheet[4:, :4], image[4:, :4])


def test_values_are_read_back_as_they_were() -> None:
    vectors = patchify(noise(8, 12), 4).vectors
    assert np.array_equal(np.load(io.BytesIO(vectors_file(vectors)), allow_pickle=False), vectors)
