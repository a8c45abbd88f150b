"""ElasticNetCV (l1_ratio 0.5) on the tables of the LassoCV reference, which has the LASSO only.

Usage: OPENBLAS_NUM_THREADS=1 /usr/bin/python3 elastic-net-sklearn.py <folder with lasso_sklearn> > elastic-net-sklearn.json
Debian 12: python3-sklearn 1.2.1. No random numbers.
"""
import csv
import json
import sys

import numpy
import sklearn
from sklearn.linear_model import ElasticNetCV
from sklearn.preprocessing import StandardScaler

root = sys.argv[1] + "/lasso_sklearn/"
result = {}
for name, case in json.load(open(root + "expected.json"))["cases"].items():
    rows = list(csv.DictReader(open(root + case["input"])))
    x = StandardScaler().fit_transform([[float(row[c]) for c in case["columns"]] for row in rows])
    y = numpy.array([float(row["y"]) for row in rows])
    fold = numpy.array(case["fold_0based_per_row"])
    folds = [(numpy.flatnonzero(fold != k), numpy.flatnonzero(fold == k)) for k in range(fold.max() + 1)]
    fit = ElasticNetCV(l1_ratio=0.5, n_alphas=100, eps=1e-3, cv=folds, tol=1e-13, max_iter=3_000_000).fit(x, y)
    result[name] = {
        "alphas": list(fit.alphas_),
        "mean_mse": list(fit.mse_path_.mean(axis=1)),
        "alpha_index_0based": int(numpy.argmin(fit.mse_path_.mean(axis=1))),
        "coef": list(fit.coef_),
        "intercept": float(fit.intercept_),
    }
print(json.dumps({"versions": {"sklearn": sklearn.__version__, "numpy": numpy.__version__}, "cases": result}))
