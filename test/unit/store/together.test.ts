import { describe, expect, it } from 'vitest';
import { together } from '../../../src/store/together.ts';

/** Work whose groups are seen, and that ends when told. */
function watchedWork() {
  const groups: number[][] = [];
  const ends: (() => void)[] = [];
  const work = async (group: readonly number[]) => {
    groups.push([...group]);
    await new Promise<void>((resolve) => ends.push(resolve));
    return group.map((each) => each * 10);
  };
  return { groups, work, endOne: () => ends.shift()?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('work that is done together', () => {
  it('takes what came in one turn as one group, in order, and gives each its own result', async () => {
    const { groups, work, endOne } = watchedWork();
    const { add } = together(work);
    const results = [1, 2, 3].map((each) => add(each));
    await turn();
    expect(groups).toEqual([[1, 2, 3]]);
    endOne();
    expect(await Promise.all(results)).toEqual([10, 20, 30]);
  });

  it('gathers while a group is being worked on, and counts what is not done', async () => {
    const { groups, work, endOne } = watchedWork();
    const { add, waiting } = together(work);
    const first = add(1);
    await turn();
    const later = [2, 3].map((each) => add(each));
    expect([groups, waiting()]).toEqual([[[1]], 3]);
    endOne();
    await first;
    await turn();
    expect([groups, waiting()]).toEqual([[[1], [2, 3]], 2]);
    endOne();
    expect(await Promise.all(later)).toEqual([20, 30]);
    expect(waiting()).toBe(0);
  });

  it('lets an item wait for company no longer than it may, and not at all beside one that may not', async () => {
    const { groups, work, endOne } = watchedWork();
    const { add } = together(work);
    const patient = add(1, 60_000);
    await turn();
    expect(groups).toEqual([]);
    const hasty = add(2);
    await turn();
    expect(groups).toEqual([[1, 2]]);
    endOne();
    await Promise.all([patient, hasty]);
    const soon = add(3, 20);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(groups).toEqual([[1, 2], [3]]);
    endOne();
    await soon;
  });

  it('makes no group larger than it may be', async () => {
    const groups: number[] = [];
    const { add, settled } = together(async (group: readonly number[]) => {
      groups.push(group.length);
      return group;
    }, 4);
    const all = Array.from({ length: 10 }, (_, at) => add(at, 60_000));
    await all[7];
    // Four do not wait for more; two do.
    expect(groups).toEqual([4, 4]);
    await settled();
    expect(groups).toEqual([4, 4, 2]);
  });

  it('fails a group as a whole, with one error, and goes on', async () => {
    let broken = true;
    const { add } = together(async (group: readonly number[]) => {
      if (broken) throw new Error('no database');
      return group;
    });
    const [one, two] = await Promise.allSettled([add(1), add(2)]);
    expect(one).toMatchObject({ status: 'rejected', reason: { message: 'no database' } });
    expect(one.status === 'rejected' && two.status === 'rejected' && one.reason === two.reason).toBe(true);
    broken = false;
    expect(await add(3)).toBe(3);
  });

  it('settles at once what could still wait', async () => {
    const done: number[] = [];
    const { add, settled } = together(async (group: readonly number[]) => {
      done.push(...group);
      return group;
    });
    for (const each of [1, 2, 3]) void add(each, 60_000);
    await settled();
    expect(done).toEqual([1, 2, 3]);
    await settled();
  });
});
