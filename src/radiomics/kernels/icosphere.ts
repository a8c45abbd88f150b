/**
 * Vertices of a sphere made from an icosahedron, every triangle divided into four `subdivisions` times.
 *
 * @param subdivisions >= 0; 12, 42, 162, ... vertices.
 * @param radius Of the sphere.
 * @returns `x, y, z` of every vertex.
 */
export function icosphere(subdivisions: number, radius: number): Float64Array {
  const t = (1 + Math.sqrt(5)) / 2;
  const vertices: [number, number, number][] = [];
  const add = (x: number, y: number, z: number): number => {
    const length = Math.hypot(x, y, z);
    return vertices.push([x / length, y / length, z / length]) - 1;
  };
  for (const s of [-1, 1]) {
    for (const r of [-t, t]) {
      add(s, r, 0);
      add(0, s, r);
      add(r, 0, s);
    }
  }
  let faces = icosahedronFaces(vertices);
  for (let round = 0; round < subdivisions; round++) {
    const middles = new Map<string, number>();
    const middle = (a: number, b: number): number => {
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      const known = middles.get(key);
      if (known !== undefined) return known;
      const [p, q] = [vertices[a]!, vertices[b]!];
      const made = add(p[0] + q[0], p[1] + q[1], p[2] + q[2]);
      middles.set(key, made);
      return made;
    };
    faces = faces.flatMap(([a, b, c]) => {
      const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
      return [
        [a, ab, ca],
        [b, bc, ab],
        [c, ca, bc],
        [ab, bc, ca],
      ] as [number, number, number][];
    });
  }
  return Float64Array.from(vertices.flat(), (value) => value * radius);
}

/** Triangles of vertices that are all next to each other: the edge of a unit icosahedron is 1.0515. */
function icosahedronFaces(vertices: readonly (readonly [number, number, number])[]): [number, number, number][] {
  const near = (a: number, b: number) => {
    const [p, q] = [vertices[a]!, vertices[b]!];
    return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) < 1.1;
  };
  const faces: [number, number, number][] = [];
  for (let a = 0; a < vertices.length; a++) {
    for (let b = a + 1; b < vertices.length; b++) {
      for (let c = b + 1; c < vertices.length; c++) if (near(a, b) && near(b, c) && near(a, c)) faces.push([a, b, c]);
    }
  }
  return faces;
}
