#!/usr/bin/env bash
# Makes a Python virtual environment with PyRadiomics and SimpleITK, to measure against.
# Usage: test/bench/peers/radiomics.sh FOLDER [PYTHON]
# A folder that has them already is left as it is, so that one can be kept between runs.
set -euo pipefail

folder=${1:?usage: radiomics.sh FOLDER [PYTHON]}
python=${2:-python3}

if ! "$folder/bin/python" -c 'import radiomics' 2>/dev/null; then
  "$python" -m venv "$folder"
  pip=("$folder/bin/python" -m pip install --quiet --disable-pip-version-check)
  # The C extension is built against this NumPy; its set-up script imports NumPy and versioneer without declaring either.
  "${pip[@]}" 'setuptools<70' wheel 'numpy<2' cython versioneer
  "${pip[@]}" 'SimpleITK<2.5' 'scipy<1.14' 'scikit-image<0.25' PyWavelets pykwalify six trimesh
  "${pip[@]}" --no-build-isolation --no-deps 'pyradiomics==3.0.1'
fi
"$folder/bin/python" - <<'PYTHON'
import logging
logging.disable(logging.WARNING)
import radiomics, SimpleITK, numpy
print('PyRadiomics', radiomics.__version__, 'SimpleITK', SimpleITK.Version.VersionString(), 'NumPy', numpy.__version__)
PYTHON
