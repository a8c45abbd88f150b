"""Makes distances.json, the reference of the distance transform and the peripheral ring, with SciPy.

Usage: python distances.py REFERENCE_DATA/radiomics > distances.json
Needs numpy, scipy and SimpleITK.
"""
import hashlib
import json
import sys

import numpy
import scipy
import SimpleITK
from scipy.ndimage import distance_transform_edt

SEED = 20261121
LABELS = [
    ('brain1', 'brain1/brain1_label.nrrd'),
    ('breast1', 'breast1/breast1_label.nrrd'),
    ('lung-pat1', 'lung-pat1/lung1_label.nrrd'),
    ('sts001-ct', 'sts001-ct/sts001ct_label.nrrd'),
]
WIDTHS = [(2.0, 2.0), (5.0, 0.0), (0.0, 3.0), (12.5, 7.0)]


def random_masks(random):
    """Arrays are (z, y, x), as SimpleITK has them; lists are flattened with x fastest."""
    for shape, spacing, share in [((4, 5, 6), (2.5, 0.7, 0.9), 0.08), ((3, 7, 4), (1.0, 1.0, 1.0), 0.5),
                                  ((5, 2, 9), (0.4, 3.0, 1.1), 0.03)]:
        inside = (random.random(shape) < share).astype(numpy.uint8)
        distances = distance_transform_edt(inside == 0, sampling=spacing)
        yield {
            'dims': list(shape[::-1]),
            'spacingMm': list(spacing[::-1]),
            'inside': inside.ravel().tolist(),
            'distancesMm': distances.ravel().tolist(),
        }


def rings(path):
    image = SimpleITK.ReadImage(path)
    inside = SimpleITK.GetArrayFromImage(image) == 1
    spacing = image.GetSpacing()[::-1]
    to_region = distance_transform_edt(~inside, sampling=spacing)
    to_outside = distance_transform_edt(inside, sampling=spacing)
    for outwards, inwards in WIDTHS:
        # A voxel at exactly the width belongs to the ring.
        ring = numpy.where(inside, to_outside <= inwards * (1 + 1e-9), to_region <= outwards * (1 + 1e-9))
        yield {
            'outsideMm': outwards,
            'insideMm': inwards,
            'voxels': int(ring.sum()),
            'sha1': hashlib.sha1(numpy.ascontiguousarray(ring).astype(numpy.uint8).tobytes()).hexdigest(),
        }


folder = sys.argv[1]
json.dump(
    {
        'versions': {'numpy': numpy.__version__, 'scipy': scipy.__version__},
        'seed': SEED,
        'random': list(random_masks(numpy.random.default_rng(SEED))),
        'rings': [{'name': name, 'label': path, 'rings': list(rings(f'{folder}/{path}'))} for name, path in LABELS],
    },
    sys.stdout,
)
