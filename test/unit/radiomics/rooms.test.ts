import { describe, expect, it } from 'vitest';
import { returnRooms, takeRoom } from '../../../src/radiomics/kernels/rooms.ts';

describe('rooms', () => {
  it('has the kind and the length that is asked for, whatever was returned before', () => {
    returnRooms(takeRoom(Float64Array, 100));
    for (const RoomType of [Uint16Array, Int32Array, Float32Array, Float64Array] as const) {
      for (const length of [0, 1, 3, 399, 1001]) {
        const room = takeRoom<InstanceType<typeof RoomType>>(RoomType, length);
        expect(room).toBeInstanceOf(RoomType);
        expect(room.length).toBe(length);
        returnRooms(room);
      }
    }
  });

  it('never gives the same memory to two at a time', () => {
    const first = takeRoom(Int32Array, 1000);
    const second = takeRoom(Int32Array, 1000);
    expect(second.buffer).not.toBe(first.buffer);
    returnRooms(first);
    const third = takeRoom(Float32Array, 1000);
    expect(third.buffer).toBe(first.buffer);
    expect(takeRoom(Float32Array, 1000).buffer).not.toBe(third.buffer);
    returnRooms(second, third);
  });

  it('keeps no more than eight, and none above 8 MiB', () => {
    const large = takeRoom(Float64Array, 2 ** 20 + 1);
    returnRooms(large);
    expect(takeRoom(Float64Array, 2 ** 20 + 1).buffer).not.toBe(large.buffer);
    const many = Array.from({ length: 9 }, (_, i) => takeRoom(Float64Array, 2 ** 20 - 9 + i));
    returnRooms(...many);
    const again = new Set(Array.from({ length: 9 }, () => takeRoom(Float64Array, 1).buffer));
    expect(many.filter(({ buffer }) => again.has(buffer)).length).toBe(8);
    expect(again.has(many[0]!.buffer)).toBe(false);
  });
});
