"""Concordance of one Cox model by brute force over all pairs, with linear predictors in exact arithmetic.

Rows 132, 181, 204 and 210 of the lung data are equal in all covariates of the reduced model, so that their risk is tied.
R's matrix product rounds its last rows differently from the others, which leaves row 210 apart from its equals by one
unit in the last place: R counts the comparable pair (132, 210) as discordant. `one_pair_untied` counts it so too and
gives R's numbers; `tied` is what the data say.
Usage: python3 cox-concordance-exact.py <folder with coxph> > cox-concordance-exact.json   (Python 3.11, standard library)
"""
import csv
import json
import sys
from fractions import Fraction

folder = sys.argv[1] + "/coxph"
with open(folder + "/expected.json") as file:
    reference = json.load(file)["cases"]["lung"]["backward_AIC"]["fit"]
with open(folder + "/input_lung.csv") as file:
    rows = list(csv.DictReader(file))
time = [float(row["time"]) for row in rows]
status = [int(row["status"]) for row in rows]
risk = [sum(Fraction(row[t]) * Fraction(c) for t, c in zip(reference["terms"], reference["coef"])) for row in rows]


def concordance(untied):
    n = len(rows)
    score, comparable = [Fraction(0)] * n, [0] * n
    for i in range(n):
        for j in range(n):
            if status[i] == 1 and (time[i] < time[j] or (time[i] == time[j] and status[j] == 0)):
                value = Fraction(int(risk[i] > risk[j])) if risk[i] != risk[j] else Fraction(1, 2)
                if (i + 1, j + 1) in untied:
                    assert value == Fraction(1, 2)
                    value = Fraction(0)
                for k in (i, j):
                    score[k] += value
                    comparable[k] += 1
    pairs = Fraction(sum(comparable), 2)
    c = sum(score) / 2 / pairs
    variance = sum(((s - c * m) / pairs) ** 2 for s, m in zip(score, comparable))
    return {"c": float(c), "se": float(variance) ** 0.5}


print(json.dumps({"tied": concordance([]), "one_pair_untied": concordance([(132, 210)])}, indent=2))
