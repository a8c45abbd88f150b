#!/usr/bin/env bash
# Installs R's glmnet and scikit-learn from Debian where they are missing, then times them beside our own code on the
# same tables. Run after a build: bash test/bench/peers/statistics.sh [--markdown FILE]
set -euo pipefail
cd "$(dirname "$0")/../../.."
if ! Rscript -e 'library(glmnet); library(jsonlite)' >/dev/null 2>&1 || ! /usr/bin/python3 -c 'import sklearn' 2>/dev/null; then
  apt-get update
  apt-get install --yes --no-install-recommends r-cran-glmnet r-cran-survival r-cran-jsonlite python3-sklearn
fi
npx tsx test/bench/statistics/run.ts --peers "$@"
