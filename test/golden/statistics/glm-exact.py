"""Standard errors and Wald p-values of two logistic fits, by Newton's method in 50-digit arithmetic.

R's glm stops on the deviance and takes the covariance from the weights of the step before the last, so that its
standard errors carry a relative error of about 1e-7 (p-values one of z^2 times that), which for these two fits exceeds
the tolerance of the reference.
Usage: python3 glm-exact.py <folder with logistic_step> > glm-exact.json   (Python 3.11, standard library only)
"""
import csv
import json
import math
import sys
from decimal import Decimal, getcontext

getcontext().prec = 50


def wald(x, y):
    b0 = b1 = Decimal(0)
    for _ in range(30):
        g0 = g1 = a = b = c = Decimal(0)
        for xi, yi in zip(x, y):
            mu = 1 / (1 + (-(b0 + b1 * xi)).exp())
            w = mu * (1 - mu)
            g0 += yi - mu
            g1 += xi * (yi - mu)
            a += w
            b += w * xi
            c += w * xi * xi
        det = a * c - b * b
        b0 += (c * g0 - b * g1) / det
        b1 += (a * g1 - b * g0) / det
    errors = [(c / det).sqrt(), (a / det).sqrt()]
    z = [float(b / error) for b, error in zip((b0, b1), errors)]
    return {"se": [float(error) for error in errors], "p": [math.erfc(abs(value) / math.sqrt(2)) for value in z]}


with open(sys.argv[1] + "/logistic_step/input_aSAH.csv") as file:
    rows = list(csv.DictReader(file))
y = [Decimal(row["y"]) for row in rows]
result = {f"aSAH {name}": wald([Decimal(row[name]) for row in rows], y) for name in ("wfns", "s100b")}
print(json.dumps(result, indent=2))
