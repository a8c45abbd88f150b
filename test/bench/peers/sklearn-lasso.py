"""Times LassoCV (10 contiguous folds, 100 penalties, default tol) on a table of the benchmark; its solution as JSON.

Usage: OPENBLAS_NUM_THREADS=1 python3 sklearn-lasso.py <table.csv>
"""
import json
import sys
import time

import numpy
import sklearn
from sklearn.linear_model import LassoCV

table = numpy.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
x, y = numpy.asfortranarray(table[:, 1:]), table[:, 0]
start, processor = time.perf_counter(), time.process_time()
fit = LassoCV(cv=10, n_alphas=100, max_iter=10000).fit(x, y)
seconds, processor = time.perf_counter() - start, time.process_time() - processor
print(json.dumps({
    "program": f"scikit-learn {sklearn.__version__}",
    "seconds": seconds,
    "processor": processor,
    "lambda": float(fit.alpha_),
    "intercept": float(fit.intercept_),
    "coefficients": list(fit.coef_),
}))
