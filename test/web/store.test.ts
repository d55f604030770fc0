/** What the pages read again and again: the newest answer stays, whichever comes last. */
import { expect, it } from 'vitest';
import { createReading } from '../../web/store.ts';

function given() {
  const answers: PromiseWithResolvers<string>[] = [];
  const reading = createReading(async () => {
    const answer = Promise.withResolvers<string>();
    answers.push(answer);
    return answer.promise;
  });
  return { reading, answer: (at: number, value: string) => answers[at]?.resolve(value) };
}

it('keeps the answer to the later question, although the earlier one is answered last', async () => {
  const { reading, answer } = given();
  const both = [reading.read(), reading.read()];
  answer(1, 'twenty scans');
  await both[1];
  answer(0, 'no scans');
  await both[0];
  expect(reading.store.get()).toBe('twenty scans');
});

it('shows an earlier answer until the later one is there', async () => {
  const { reading, answer } = given();
  const both = [reading.read(), reading.read()];
  answer(0, 'first');
  await both[0];
  expect(reading.store.get()).toBe('first');
  answer(1, 'second');
  await both[1];
  expect(reading.store.get()).toBe('second');
});

it('shows nothing to the next person of what was asked for the last', async () => {
  const { reading, answer } = given();
  const asked = reading.read();
  reading.forget();
  answer(0, 'somebody else');
  await asked;
  expect(reading.store.get()).toBeUndefined();
});
