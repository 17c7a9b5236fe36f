"""Pictures: an upload read within bounds, a smaller copy for the page, and the samples that come along."""

from core.images.bundles import read_photos
from core.images.photo import Photo
from core.images.reading import MAX_BYTES, MAX_PIXELS, read_image
from core.images.samples import Sample, digit_images, load_sample, samples
from core.images.scaling import resize, thumbnail

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "Photo",
    "Sample",
    "digit_images",
    "load_sample",
    "read_image",
    "read_photos",
    "resize",
    "samples",
    "thumbnail",
]
