"""Runs PyRadiomics on one case and prints seconds and features as JSON.

Usage: python extract.py IMAGE MASK PARAMS REPEATS
Image and mask are read before the clock starts. ITK uses as many threads as it likes.
"""
import json
import logging
import platform
import resource
import sys
import time

import numpy
import radiomics
import SimpleITK
from radiomics.featureextractor import RadiomicsFeatureExtractor

logging.getLogger('radiomics').setLevel(logging.ERROR)
image_path, mask_path, params, repeats = sys.argv[1:5]
image = SimpleITK.ReadImage(image_path)
mask = SimpleITK.ReadImage(mask_path)
extractor = RadiomicsFeatureExtractor(params)

seconds = []
cpu_seconds = []
result = {}
for _ in range(int(repeats)):
    start = time.perf_counter()
    cpu_start = time.process_time()
    result = extractor.execute(image, mask)
    seconds.append(time.perf_counter() - start)
    cpu_seconds.append(time.process_time() - cpu_start)

features = {key: float(value) for key, value in result.items() if not key.startswith('diagnostics_')}
json.dump(
    {
        'versions': f'Python {platform.python_version()}, PyRadiomics {radiomics.__version__}, '
                    f'SimpleITK {SimpleITK.Version.VersionString()}, NumPy {numpy.__version__}',
        'seconds': seconds,
        'cpuSeconds': cpu_seconds,
        'peakMiB': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        'features': {key: value if numpy.isfinite(value) else None for key, value in features.items()},
    },
    sys.stdout,
)
