/** Two hundred tickets of one account at once, for its last unit, through the API. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { freshId } from '../contract/given.ts';
import { codeOf, givenPeople, join, ticket } from '../people/given.ts';
import { eventsOf, pay, send, stored } from './given.ts';

it('two hundred tickets at once take the last unit once', async () => {
  const world = await givenPeople();
  try {
    const member = await join(world);
    const payment = await pay(world, member);
    const events = eventsOf(world, payment);
    for (const event of events) await send(world, event);
    const { accountId } = member;
    for (const [paymentIntentId, scansUsed] of [
      ['pi_first', 20],
      [payment, 19],
    ] as const) {
      await world.documents.send(
        new UpdateCommand({
          TableName: world.names.purchases,
          Key: { accountId, paymentIntentId },
          UpdateExpression: 'SET scansUsed = :used, scansCompleted = :used',
          ExpressionAttributeValues: { ':used': scansUsed },
        }),
      );
    }
    const answers: unknown[] = [];
    let racing = Array.from({ length: 200 }, () => freshId());
    // `busy` says nothing about the unit: whoever meets it asks again with the same key.
    for (let round = 0; round < 40 && racing.length > 0; round += 1) {
      const [answered] = await Promise.all([
        Promise.all(racing.map((key) => ticket(world, member, key))),
        ...events.map((event) => send(world, event)),
      ]);
      const codes = await Promise.all(
        answered.map(async (answer) => (answer.status < 300 ? 'issued' : codeOf(answer))),
      );
      answers.push(...codes.filter((code) => code !== 'busy'));
      racing = racing.filter((_key, at) => codes[at] === 'busy');
    }
    expect(answers.filter((code) => code === 'issued')).toHaveLength(1);
    expect(answers.filter((code) => code === 'no-scans-left')).toHaveLength(199);
    expect(await stored(world, member, payment)).toMatchObject({
      scansTotal: 20,
      scansUsed: 20,
      scansCompleted: 19,
    });
  } finally {
    await world.close();
  }
});
