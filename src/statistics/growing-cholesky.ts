/**
 * Cholesky factor `A = L L'` of a symmetric matrix whose rows come at the end and go from anywhere.
 *
 * A row of `L` depends only on the rows before it, so that an appended one costs only itself; the row of a variable that
 * goes is rotated away. (`factorise` in `cholesky.ts` is the plain version for one matrix.)
 */
export class GrowingCholesky {
  /** Row `i` from 0 to its diagonal `i`; longer where it stood further down before. */
  readonly #rows: Float64Array[] = [];
  #size = 0;

  /** Rows that are factorised. */
  get size(): number {
    return this.#size;
  }

  /** Drops all rows. */
  clear(): void {
    this.#size = 0;
  }

  /**
   * Appends a row, unless its variable repeats those before it.
   *
   * @param entry Element of `A` between the new variable and variable `j`, for `j` up to `size` (the diagonal).
   * @param tolerance Smallest pivot, relative to the diagonal element, that still counts as positive.
   * @returns False if the pivot is too small. The row then only serves `nullDirection`, until the next `append`.
   */
  append(entry: (j: number) => number, tolerance: number): boolean {
    const i = this.#size;
    const row = this.#room(i);
    for (let j = 0; j < i; j++) {
      const above = this.#rows[j]!;
      row[j] = (entry(j) - dotStart(row, above, j)) / above[j]!;
    }
    const diagonal = entry(i);
    const pivot = diagonal - dotStart(row, row, i);
    if (!(pivot > tolerance * diagonal)) return false;
    row[i] = Math.sqrt(pivot);
    this.#size++;
    return true;
  }

  /**
   * Takes out a variable. The rows below then reach one number past their diagonal; plane rotations of neighbouring
   * columns bring them back.
   *
   * @param index Below `size`.
   * @see Golub GH, Van Loan CF. Matrix Computations, 4th ed., 2013, section 6.5.4
   */
  remove(index: number): void {
    this.#rows.splice(index, 1);
    this.#size--;
    const cosines = new Float64Array(this.#size);
    const sines = new Float64Array(this.#size);
    for (let i = index; i < this.#size; i++) {
      const row = this.#rows[i]!;
      let carried = row[index]!;
      for (let c = index; c < i; c++) {
        const next = row[c + 1]!;
        row[c] = cosines[c]! * carried + sines[c]! * next;
        carried = cosines[c]! * next - sines[c]! * carried;
      }
      const next = row[i + 1]!;
      const length = Math.hypot(carried, next);
      cosines[i] = carried / length;
      sines[i] = next / length;
      row[i] = length;
    }
  }

  /**
   * Solves `A x = b` in place.
   *
   * @param b Length `size`; holds `x` on return.
   */
  solve(b: Float64Array): void {
    for (let i = 0; i < this.#size; i++) b[i] = (b[i]! - dotStart(this.#rows[i]!, b, i)) / this.#rows[i]![i]!;
    for (let i = this.#size - 1; i >= 0; i--) {
      const row = this.#rows[i]!;
      const x = b[i]! / row[i]!;
      b[i] = x;
      // Column i of L' from above is row i of L: subtracting it reads memory in order.
      for (let k = 0; k < i; k++) b[k]! -= row[k]! * x;
    }
  }

  /**
   * After a refused `append`: the combination of variables that is nothing, `x' A x = 0` but for rounding, with 1 for the
   * refused variable, which has position `size`.
   *
   * @param out Length greater than `size`; zeros behind.
   */
  nullDirection(out: Float64Array): void {
    out.fill(0);
    out[this.#size] = 1;
    const refused = this.#rows[this.#size]!;
    for (let i = 0; i < this.#size; i++) out[i] = -refused[i]!;
    for (let i = this.#size - 1; i >= 0; i--) {
      const row = this.#rows[i]!;
      const x = out[i]! / row[i]!;
      out[i] = x;
      for (let k = 0; k < i; k++) out[k]! -= row[k]! * x;
    }
  }

  #room(i: number): Float64Array {
    const row = this.#rows[i];
    if (row !== undefined && row.length > i) return row;
    const made = new Float64Array(i + 1);
    this.#rows[i] = made;
    return made;
  }
}

/** Inner product of the first `length` numbers, in four sums, so that an addition need not wait for the last one. */
function dotStart(x: Float64Array, y: Float64Array, length: number): number {
  const blocks = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < blocks; i += 4) {
    a += x[i]! * y[i]!;
    b += x[i + 1]! * y[i + 1]!;
    c += x[i + 2]! * y[i + 2]!;
    d += x[i + 3]! * y[i + 3]!;
  }
  for (let i = blocks; i < length; i++) a += x[i]! * y[i]!;
  return a + b + (c + d);
}
