/** Adds the routes of `routes.ts` to the API: parse, call, answer. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { classesOf } from '../../../core/staff.ts';
import type { ApiPorts } from '../ports.ts';
import { authenticated, named, type ApiEnv } from '../requests.ts';
import { instant } from '../scan-view.ts';
import { exportPage } from './export.ts';
import * as routes from './routes.ts';

/** Adds all of them. */
export function addPrivacyRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts): void {
  const signedIn = authenticated(ports);

  api.openapi({ ...routes.readExport, middleware: [named('read-export'), signedIn] }, async (context) =>
    context.json(await exportPage(ports, context.get('account'), context.req.valid('query').after), 200),
  );

  api.openapi(
    { ...routes.readAccessLog, middleware: [named('read-access-log'), signedIn] },
    async (context) => {
      const { after } = context.req.valid('query');
      const { items, next } = await ports.accessLog.page(context.get('accountId'), after);
      const entries = items.map(({ at, ...entry }) => ({
        at: instant(at),
        ...entry,
        dataClasses: [...classesOf(entry.action)],
      }));
      return context.json({ entries, ...(next === undefined ? {} : { next }) }, 200);
    },
  );

  api.openapi({ ...routes.countUse, middleware: [named('count-use')] }, async (context) => {
    await ports.usage.count(context.req.valid('json').event, ports.clock.now());
    return context.body(null, 204);
  });
}
