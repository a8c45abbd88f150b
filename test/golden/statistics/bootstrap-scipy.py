"""Bootstrap intervals of scipy.stats.bootstrap with the replicates that they were computed from.

Usage: python3 bootstrap-scipy.py <folder with spearman> > bootstrap-scipy.json   (scipy 1.10.1, numpy 1.24.2)
Values: the first 30 of pROC::aSAH's ndka (skewed). Seed 7. Statistics: mean, and standard deviation (n - 1).
"""
import csv
import json
import sys

import numpy as np
from scipy.stats import bootstrap

with open(sys.argv[1] + "/spearman/input.csv") as file:
    values = np.array([float(row["ndka"]) for row in csv.DictReader(file)][:30])


def sd(x, axis=-1):
    return np.std(x, axis=axis, ddof=1)


result = {"values": values.tolist(), "confidence": 0.95, "cases": {}}
for name, statistic in {"mean": np.mean, "sd": sd}.items():
    case = {"estimate": float(statistic(values)), "leave_one_out": []}
    case["leave_one_out"] = [float(statistic(np.delete(values, i))) for i in range(len(values))]
    for method in ("percentile", "BCa"):
        run = bootstrap(
            (values,), statistic, n_resamples=199, method=method, random_state=np.random.default_rng(7)
        )
        case["replicates"] = run.bootstrap_distribution.ravel().tolist()
        case[method] = [run.confidence_interval.low, run.confidence_interval.high]
    result["cases"][name] = case
print(json.dumps(result))
