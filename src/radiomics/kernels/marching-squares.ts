/**
 * Area and perimeter of the outline around a flat region, its vertices half-way between inside and outside.
 *
 * Of the 16 kinds of squares only the number of corners inside matters, and for two of them whether they are opposite:
 * opposite corners are cut off separately, so no square is ambiguous. The area is an exact sum of eighths of a pixel.
 *
 * @param inside 1 inside, 0 outside; length `nu*nv`, u fastest. What lies beyond the border is outside.
 * @param size Pixel counts `[nu, nv]`.
 * @param spacingMm Pixel size `[u, v]` (mm).
 * @param out Receives `[area (mm^2), perimeter (mm)]`.
 * @throws RangeError if the length disagrees with `size`.
 * @see Lorensen and Cline 1987; PyRadiomics, cshape.c `calculate_coefficients2D`
 */
export function measureOutline(
  inside: Uint8Array,
  [nu, nv]: readonly [number, number],
  [su, sv]: readonly [number, number],
  out: Float64Array,
): void {
  if (inside.length !== nu * nv) throw new RangeError(`inside: ${inside.length} elements, expected ${nu * nv}`);
  const at = (u: number, v: number) => (u < 0 || v < 0 || u >= nu || v >= nv ? 0 : inside[u + nu * v]!);
  let eighths = 0;
  let [slanted, alongU, alongV] = [0, 0, 0];
  for (let v = -1; v < nv; v++) {
    for (let u = -1; u < nu; u++) {
      const [a, b, c, d] = [at(u, v), at(u + 1, v), at(u, v + 1), at(u + 1, v + 1)];
      const corners = a + b + c + d;
      if (corners === 2 && a === d) {
        eighths += 2;
        slanted += 2;
      } else if (corners === 2) {
        eighths += 4;
        if (a === b) alongU++;
        else alongV++;
      } else if (corners === 1 || corners === 3) {
        eighths += corners === 1 ? 1 : 7;
        slanted++;
      } else if (corners === 4) eighths += 8;
    }
  }
  out[0] = (eighths / 8) * su * sv;
  out[1] = (slanted / 2) * Math.hypot(su, sv) + alongU * su + alongV * sv;
}
