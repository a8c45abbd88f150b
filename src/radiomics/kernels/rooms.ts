/** Buffers that a calculation works in. */
export type Room = Uint16Array | Int32Array | Float32Array | Float64Array;

interface RoomType<T extends Room> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

/** A larger buffer is not kept: what a thread keeps for good stays below 64 MiB. */
const largestKept = 2 ** 23;
const mostKept = 8;

/** Buffers of this thread that nobody works in. */
const unused: ArrayBuffer[] = [];

/**
 * Takes a buffer to work in. Buffers are used again, because after some 32 MiB of new ones V8 searches its whole heap for
 * garbage, on all cores.
 *
 * Whoever takes a buffer returns it with {@link returnRooms} once nothing reads it any more. One that is not returned,
 * because of an error, is garbage like any other.
 *
 * @param RoomType Kind of its elements.
 * @param length Elements.
 * @returns A buffer with leftovers in it.
 */
export function takeRoom<T extends Room>(RoomType: RoomType<T>, length: number): T {
  const bytes = length * RoomType.BYTES_PER_ELEMENT;
  let best = -1;
  for (let i = 0; i < unused.length; i++) {
    const size = unused[i]!.byteLength;
    if (size >= bytes && (best < 0 || size < unused[best]!.byteLength)) best = i;
  }
  const buffer = best < 0 ? new ArrayBuffer(bytes) : unused.splice(best, 1)[0]!;
  return new RoomType(buffer, 0, length);
}

/**
 * Returns buffers of {@link takeRoom}, each once.
 *
 * @param rooms They and other views of them must not be used from now on.
 */
export function returnRooms(...rooms: readonly Room[]): void {
  for (const { buffer } of rooms) {
    if (!(buffer instanceof ArrayBuffer) || buffer.byteLength > largestKept) continue;
    unused.push(buffer);
    if (unused.length <= mostKept) continue;
    // The smallest is the one that costs least to make again.
    unused.sort((a, b) => b.byteLength - a.byteLength).pop();
  }
}
