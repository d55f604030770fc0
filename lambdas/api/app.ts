/**
 * The HTTP API over its ports: routes to use-cases, and every error to a problem document. It runs unchanged on
 * Lambda, in Node and in a test; it reads no environment and knows no SDK.
 */
import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { errorDescriptions, OnceoverError } from '../../core/errors.ts';
import { watchCleaner } from './cleaner.ts';
import { deleteScan } from './delete-scan.ts';
import { describeApi, registerComponents } from './document.ts';
import { readScan, renameScan } from './own-scan.ts';
import { viewPolicy } from './policy-view.ts';
import { addMoneyRoutes } from './money/handlers.ts';
import { paymentEvent } from './money/routes.ts';
import { addPeopleRoutes } from './people/handlers.ts';
import { addPrivacyRoutes } from './privacy/handlers.ts';
import type { ApiPorts } from './ports.ts';
import { asOnceoverError, invalidRequest, problemHeaders, problemOf } from './problems.ts';
import { answerHeaders, authenticated, logged, named, type ApiEnv } from './requests.ts';
import * as routes from './routes.ts';
import { instant, viewScan } from './scan-view.ts';
import { watchStatus } from './status.ts';
import { issueTicket, type IssuedTicket } from './ticket.ts';

/** The longest texts, with every character escaped as JSON may, fit; a photo never passes here. */
const maxBodyBytes = 32 * 1024;
/** An event of the payment provider holds whole objects. */
const maxEventBytes = 256 * 1024;
const forFiveMinutes = 'public, max-age=300';
const forFiveSeconds = 'public, max-age=5';

type Api = OpenAPIHono<ApiEnv>;

/** The whole API. */
export function createApi(ports: ApiPorts): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.target, result.error);
    },
  });
  api.onError((error, context) => answerProblem(ports, context, asOnceoverError(error)));
  api.notFound((context) => answerProblem(ports, context, new OnceoverError('not-found')));
  api.use(logged(ports), answerHeaders);
  /** Of every path that names nothing; known once every route is there. */
  const methodsByPath = new Map<string, ReadonlySet<string>>();
  api.use(async (context, next) => {
    // Before a path with a name in it that fits as well: `/v1/sessions/refresh` is no session (OpenAPI 3.1, 4.8.8).
    const methods = methodsByPath.get(context.req.path);
    if (methods !== undefined && !methods.has(context.req.method)) refuseMethod(context, methods);
    await next();
  });
  const limited = bodyLimit({ maxSize: maxBodyBytes, onError: refuseLargeBody });
  const eventLimited = bodyLimit({ maxSize: maxEventBytes, onError: refuseLargeBody });
  api.use(async (context, next) =>
    context.req.path === paymentEvent.path ? eventLimited(context, next) : limited(context, next),
  );
  registerComponents(api);
  const cleaner = watchCleaner(ports.heartbeat, ports.clock);
  addTicketRoute(api, { ...ports, cleaner });
  addScanRoutes(api, ports);
  addPeopleRoutes(api, ports);
  addMoneyRoutes(api, ports);
  addPrivacyRoutes(api, ports);
  addProductRoutes(api, { ...ports, cleaner });
  for (const [path, methods] of methodsOf(api)) {
    if (path.includes(':')) api.all(path, (context) => refuseMethod(context, methods));
    else methodsByPath.set(path, methods);
  }
  return api;
}

type WithCleaner = ApiPorts & { readonly cleaner: ReturnType<typeof watchCleaner> };

function addTicketRoute(api: Api, ports: WithCleaner): void {
  const middleware = [named('create-scan'), authenticated(ports)];
  api.openapi({ ...routes.createScan, middleware }, async (context) => {
    const { scan, upload, replayed } = await issueTicket(ports, {
      accountId: context.get('accountId'),
      idempotencyKey: context.req.valid('header')['Idempotency-Key'],
      body: context.req.valid('json'),
    });
    ports.log.info(replayed ? 'ticket-replayed' : 'ticket-issued', { state: scan.state });
    context.header('Location', `/v1/scans/${scan.scanId}`);
    return context.json(
      { scan: viewScan(scan, ports.manifest), ...viewUpload(upload) },
      replayed ? 200 : 201,
    );
  });
}

function viewUpload(upload: IssuedTicket['upload']) {
  if (upload === undefined) return {};
  const { method, url, headers, expiresAt } = upload;
  return { upload: { method, url, headers: { ...headers }, expiresAt: instant(expiresAt) } };
}

function addScanRoutes(api: Api, ports: ApiPorts): void {
  const signedIn = authenticated(ports);
  const { manifest } = ports;

  api.openapi({ ...routes.listScans, middleware: [named('list-scans'), signedIn] }, async (context) => {
    const { limit, after } = context.req.valid('query');
    const page = await ports.scans.history(context.get('accountId'), {
      limit,
      ...(after === undefined ? {} : { after }),
    });
    // The index follows the table by moments: what was just erased may still be in it.
    const scans = page.scans.filter(({ state }) => state !== 'erased');
    const view = scans.map((scan) => viewScan(scan, manifest));
    return context.json({ scans: view, ...(page.next === undefined ? {} : { next: page.next }) }, 200);
  });

  api.openapi({ ...routes.readScan, middleware: [named('read-scan'), signedIn] }, async (context) => {
    const waitMs = context.req.valid('query').wait * 1000;
    const { id } = context.req.valid('param');
    const scan = await readScan(ports, context.get('accountId'), id, waitMs);
    return context.json(viewScan(scan, manifest), 200);
  });

  api.openapi({ ...routes.renameScan, middleware: [named('rename-scan'), signedIn] }, async (context) => {
    const { id } = context.req.valid('param');
    const { name } = context.req.valid('json');
    const scan = await renameScan(ports, context.get('accountId'), id, name);
    return context.json(viewScan(scan, manifest), 200);
  });

  api.openapi({ ...routes.deleteScan, middleware: [named('delete-scan'), signedIn] }, async (context) => {
    const { id } = context.req.valid('param');
    return context.json(await deleteScan(ports, context.get('accountId'), id), 200);
  });
}

function addProductRoutes(api: Api, ports: WithCleaner): void {
  const policy = viewPolicy(ports.policy, ports, ports);

  api.openapi({ ...routes.readPolicy, middleware: [named('read-policy')] }, (context) => {
    context.header('Cache-Control', forFiveMinutes);
    return context.json(policy, 200);
  });

  api.openapi({ ...routes.readHealth, middleware: [named('read-health')] }, async (context) => {
    const { alive, seenAt } = await ports.cleaner.look();
    context.header('Cache-Control', forFiveSeconds);
    const seen = seenAt === undefined ? {} : { cleanerSeenAt: instant(seenAt) };
    return context.json({ status: alive ? ('ok' as const) : ('paused' as const), ...seen }, 200);
  });

  const readStatus = watchStatus(ports);
  api.openapi({ ...routes.readStatus, middleware: [named('read-status')] }, async (context) => {
    context.header('Cache-Control', forFiveSeconds);
    return context.json(await readStatus(), 200);
  });

  // Made when first asked for: a cold start need not pay for it.
  let document: z.infer<typeof routes.openApiSchema> | undefined;
  api.openapi({ ...routes.readOpenApi, middleware: [named('read-openapi')] }, (context) => {
    document ??= routes.openApiSchema.parse(describeApi(api));
    context.header('Cache-Control', forFiveMinutes);
    return context.json(document, 200);
  });
}

/** What each path takes. */
function methodsOf(api: Api): ReadonlyMap<string, ReadonlySet<string>> {
  const methodsByPath = new Map<string, Set<string>>();
  for (const { path, method } of api.routes) {
    if (method === 'ALL') continue;
    const methods = methodsByPath.get(path) ?? new Set<string>();
    // Whatever can be read can be asked for its headers alone.
    for (const allowed of method === 'GET' ? ['GET', 'HEAD'] : [method]) methods.add(allowed);
    methodsByPath.set(path, methods);
  }
  return methodsByPath;
}

/** 405 with `Allow`: the path is known and the method is not. */
function refuseMethod(context: Context<ApiEnv>, methods: ReadonlySet<string>): never {
  context.header('Allow', [...methods].toSorted().join(', '));
  throw new OnceoverError('method-not-allowed');
}

function refuseLargeBody(): never {
  throw new OnceoverError('request-too-large');
}

/** One line in the log for one document, joined by the reference that a person can quote. */
function answerProblem(ports: ApiPorts, context: Context<ApiEnv>, error: OnceoverError): Response {
  const reference = ports.references.next();
  const { status } = errorDescriptions[error.code];
  const fields = { code: error.code, status, reference, route: context.get('route') ?? 'unknown' };
  if (error.code === 'internal') ports.log.error('request-failed', error.cause, fields);
  else ports.log.info('request-refused', fields);
  for (const [name, value] of Object.entries(problemHeaders(error))) context.header(name, value);
  return context.newResponse(JSON.stringify(problemOf(error, reference)), status);
}
