type Point = [number, number, number];

/** Moves every vertex to a distance from the centre, by what it lacks of it. */
function pushOut(vertices: Point[], radius: number): void {
  for (const vertex of vertices) {
    const length = Math.sqrt(vertex[0] * vertex[0] + vertex[1] * vertex[1] + vertex[2] * vertex[2]);
    for (const axis of [0, 1, 2] as const) vertex[axis] += (vertex[axis] / length) * (radius - length);
  }
}

/**
 * Vertices of a sphere made from an icosahedron, every triangle divided into four `subdivisions` times.
 *
 * All vertices are pushed out after every round, as trimesh does it and to the last bit: at a radius of 2 some lie
 * 2e-16 beyond 1, and at the end of an image that decides whether there is a voxel.
 *
 * @param subdivisions >= 0; 12, 42, 162, ... vertices.
 * @param radius Of the sphere, > 0.
 * @returns `x, y, z` of every vertex.
 * @see trimesh, creation.py `icosphere`
 */
export function icosphere(subdivisions: number, radius: number): Float64Array {
  const t = (1 + Math.sqrt(5)) / 2;
  const length = Math.sqrt(1 + t * t);
  const vertices: Point[] = [-1, 1].flatMap((s) =>
    [-t, t].flatMap((r): Point[] => [
      [s / length, r / length, 0],
      [0, s / length, r / length],
      [r / length, 0, s / length],
    ]),
  );
  let faces = icosahedronFaces(vertices);
  for (let round = 0; round < subdivisions; round++) {
    const middles = new Map<string, number>();
    const middle = (a: number, b: number): number => {
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      const known = middles.get(key);
      if (known !== undefined) return known;
      const [p, q] = [vertices[a]!, vertices[b]!];
      const made = vertices.push([(p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (p[2] + q[2]) / 2]) - 1;
      middles.set(key, made);
      return made;
    };
    faces = faces.flatMap(([a, b, c]): Point[] => {
      const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
      return [
        [a, ab, ca],
        [b, bc, ab],
        [c, ca, bc],
        [ab, bc, ca],
      ];
    });
    pushOut(vertices, radius);
  }
  if (subdivisions === 0) pushOut(vertices, radius);
  return Float64Array.from(vertices.flat());
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
