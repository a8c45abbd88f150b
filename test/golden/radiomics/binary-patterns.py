"""Makes binary-patterns.json, the reference of local binary patterns under other settings, with PyRadiomics.

Usage: python binary-patterns.py > binary-patterns.json
Needs pyradiomics, scikit-image, scipy and trimesh.
"""
import importlib.metadata
import json
import sys

import numpy
import SimpleITK
from radiomics import imageoperations

SEED = 20261121
SHAPE = (7, 8, 9)  # (z, y, x), as SimpleITK has arrays; lists are flattened with x fastest
CASES = [
    ('LBP2D', {}),
    ('LBP2D', {'lbp2DRadius': 2.5}),
    ('LBP2D', {'lbp2DSamples': 12}),
    ('LBP2D', {'lbp2DMethod': 'ror', 'lbp2DRadius': 3.0, 'lbp2DSamples': 5}),
    ('LBP2D', {'lbp2DMethod': 'default', 'lbp2DRadius': 1.5, 'lbp2DSamples': 7}),
    ('LBP3D', {}),
    ('LBP3D', {'lbp3DIcosphereRadius': 2.0}),
    ('LBP3D', {'lbp3DIcosphereSubdivision': 0}),
    ('LBP3D', {'lbp3DIcosphereSubdivision': 2}),
    ('LBP3D', {'lbp3DLevels': 4}),
    ('LBP3D', {'lbp3DIcosphereRadius': 1.5, 'lbp3DIcosphereSubdivision': 2, 'lbp3DLevels': 3}),
]
FILTERS = {'LBP2D': imageoperations.getLBP2DImage, 'LBP3D': imageoperations.getLBP3DImage}

random = numpy.random.default_rng(SEED)
voxels = random.integers(-200, 300, SHAPE).astype(numpy.int16)
inside = (random.random(SHAPE) < 0.12).astype(numpy.uint8)
image, mask = SimpleITK.GetImageFromArray(voxels), SimpleITK.GetImageFromArray(inside)


def images(name, settings):
    for derived, key, _ in FILTERS[name](image, mask, **settings):
        yield key, SimpleITK.GetArrayFromImage(derived)[inside == 1].tolist()


json.dump(
    {
        'versions': {
            name: importlib.metadata.version(name)
            for name in ['pyradiomics', 'numpy', 'scipy', 'scikit-image', 'trimesh', 'SimpleITK']
        },
        'seed': SEED,
        'dims': list(SHAPE[::-1]),
        'voxels': voxels.ravel().tolist(),
        'inside': inside.ravel().tolist(),
        'cases': [
            {'imageType': name, 'settings': settings, 'images': dict(images(name, settings))}
            for name, settings in CASES
        ],
    },
    sys.stdout,
)
