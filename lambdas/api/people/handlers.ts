/** Adds the routes of `routes.ts` to the API: parse, call, answer. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ErasureView } from '../../../core/contract.ts';
import { OnceoverError } from '../../../core/errors.ts';
import type { Tokens } from '../../../core/people-ports.ts';
import type { ApiPorts } from '../ports.ts';
import { violation } from '../problems.ts';
import { authenticated, authenticatedOnceMore, named, sourceOf, type ApiEnv } from '../requests.ts';
import { instant } from '../scan-view.ts';
import {
  dropRefreshToken,
  forgetRefreshToken,
  isLoopbackHost,
  keepRefreshToken,
  keptRefreshToken,
  refuseOtherSites,
} from './cookies.ts';
import { erasedBefore, eraseMe, eraseMyPart, readErasure } from './erase.ts';
import { act, adulthoodAsked, consentAsked, policyAsked, viewConsents, viewMe, withdraw } from './join.ts';
import * as routes from './routes.ts';
import { endSessions, languageOf, refreshSession, requestCode, verifyCode } from './sign-in.ts';
import {
  deleteFeedback,
  deleteMessage,
  reportMinor,
  reportSecurity,
  securityTxt,
  sendFeedback,
  sendMessage,
  viewFeedback,
  viewMessage,
} from './talk.ts';

type Api = OpenAPIHono<ApiEnv>;

/** Adds all of them. */
export function addPeopleRoutes(api: Api, ports: ApiPorts): void {
  addSignInRoutes(api, ports);
  addSessionRoutes(api, ports);
  addMeRoutes(api, ports);
  addConsentRoutes(api, ports);
  addMessageRoutes(api, ports);
  addReportRoutes(api, ports);
  addErasureRoutes(api, ports);
}

function addSignInRoutes(api: Api, ports: ApiPorts): void {
  api.openapi({ ...routes.requestCode, middleware: [named('request-code')] }, async (context) => {
    const { email, language } = context.req.valid('json');
    const source = sourceOf(context, ports);
    const { challenge, expiresAt } = await requestCode(ports, { email, language, source });
    return context.json({ challenge, expiresAt: instant(expiresAt) }, 202);
  });

  api.openapi({ ...routes.verifyCode, middleware: [named('verify-code')] }, async (context) => {
    const { keep, email, challenge, code, language } = context.req.valid('json');
    if (keep === 'cookie') refuseOtherSites(context);
    const source = sourceOf(context, ports);
    const tokens = await verifyCode(ports, { email, challenge, code, language, source });
    return context.json(viewTokens(context, tokens, keep), 200);
  });

  api.openapi({ ...routes.refreshSession, middleware: [named('refresh-session')] }, async (context) => {
    const { refreshToken } = context.req.valid('json');
    const kept = refreshToken === undefined ? keptRefreshToken(context) : undefined;
    const tokens = await refreshSession(ports, refreshToken ?? kept);
    return context.json(viewTokens(context, tokens, kept === undefined ? 'body' : 'cookie'), 200);
  });
}

function viewTokens(context: Context<ApiEnv>, tokens: Tokens, keep: 'body' | 'cookie') {
  const { accessToken, expiresInSeconds, refreshToken } = tokens;
  if (keep === 'body') return { accessToken, expiresInSeconds, refreshToken };
  keepRefreshToken(context, refreshToken);
  return { accessToken, expiresInSeconds };
}

function addSessionRoutes(api: Api, ports: ApiPorts): void {
  const signedIn = authenticated(ports);

  api.openapi({ ...routes.listSessions, middleware: [named('list-sessions'), signedIn] }, async (context) => {
    const { sessionsEndedAt = 0 } = context.get('account');
    const now = ports.clock.now();
    const sessions = (await ports.members.listSessions(context.get('accountId')))
      .filter(({ createdAt, expiresAt }) => createdAt > sessionsEndedAt && expiresAt > now)
      .toSorted((a, b) => b.createdAt - a.createdAt);
    return context.json(
      {
        sessions: sessions.map(({ sessionId, createdAt, refreshedAt, expiresAt }) => ({
          id: sessionId,
          createdAt: instant(createdAt),
          lastUsedAt: instant(refreshedAt),
          expiresAt: instant(expiresAt),
          current: sessionId === context.get('sessionId'),
        })),
      },
      200,
    );
  });

  api.openapi(
    { ...routes.endCurrentSession, middleware: [named('end-current-session'), signedIn] },
    async (context) => {
      await ports.members.endSession(context.get('accountId'), context.get('sessionId'));
      forgetRefreshToken(context);
      return context.body(null, 204);
    },
  );

  api.openapi({ ...routes.endSession, middleware: [named('end-session'), signedIn] }, async (context) => {
    const { id } = context.req.valid('param');
    if (!(await ports.members.endSession(context.get('accountId'), id))) {
      throw new OnceoverError('session-not-found');
    }
    return context.body(null, 204);
  });

  api.openapi({ ...routes.endSessions, middleware: [named('end-sessions'), signedIn] }, async (context) => {
    await endSessions(ports, context.get('accountId'));
    forgetRefreshToken(context);
    return context.body(null, 204);
  });
}

function addMeRoutes(api: Api, ports: ApiPorts): void {
  const signedIn = authenticated(ports);

  api.openapi({ ...routes.readMe, middleware: [named('read-me'), signedIn] }, async (context) => {
    const joining = await ports.joining.read(context.get('accountId'));
    return context.json(viewMe(ports, context.get('account'), joining), 200);
  });

  api.openapi({ ...routes.changeMe, middleware: [named('change-me'), signedIn] }, async (context) => {
    const accountId = context.get('accountId');
    const { language } = context.req.valid('json');
    if (languageOf(ports, language) !== language) throw violation('language', 'is no language of the policy');
    if (!(await ports.members.setLanguage(accountId, language))) throw new OnceoverError('account-inactive');
    const joining = await ports.joining.read(accountId);
    return context.json(viewMe(ports, { ...context.get('account'), language }, joining), 200);
  });
}

function addConsentRoutes(api: Api, ports: ApiPorts): void {
  const signedIn = authenticated(ports);
  const { policy } = ports;

  api.openapi(
    { ...routes.affirmAdulthood, middleware: [named('affirm-adulthood'), signedIn] },
    async (context) => {
      const request = context.req.valid('json');
      const asked = adulthoodAsked(policy);
      return context.json(
        await act(ports, context.get('accountId'), asked, request, 'PUT /v1/me/adulthood'),
        200,
      );
    },
  );

  api.openapi({ ...routes.acceptPolicy, middleware: [named('accept-policy'), signedIn] }, async (context) => {
    const request = context.req.valid('json');
    const asked = policyAsked(policy);
    return context.json(await act(ports, context.get('accountId'), asked, request, 'PUT /v1/me/policy'), 200);
  });

  api.openapi({ ...routes.readConsents, middleware: [named('read-consents'), signedIn] }, async (context) =>
    context.json(viewConsents(await ports.joining.read(context.get('accountId'))), 200),
  );

  api.openapi({ ...routes.giveConsent, middleware: [named('give-consent'), signedIn] }, async (context) => {
    const { purpose } = context.req.valid('param');
    const request = context.req.valid('json');
    const asked = consentAsked(policy, purpose);
    return context.json(
      await act(ports, context.get('accountId'), asked, request, 'PUT /v1/me/consents/{purpose}'),
      200,
    );
  });

  api.openapi(
    { ...routes.withdrawConsent, middleware: [named('withdraw-consent'), signedIn] },
    async (context) => {
      const { purpose } = context.req.valid('param');
      return context.json(
        await withdraw(ports, context.get('accountId'), purpose, 'DELETE /v1/me/consents/{purpose}'),
        200,
      );
    },
  );
}

function addMessageRoutes(api: Api, ports: ApiPorts): void {
  const signedIn = authenticated(ports);

  api.openapi({ ...routes.sendMessage, middleware: [named('send-message'), signedIn] }, async (context) =>
    context.json(await sendMessage(ports, context.get('accountId'), context.req.valid('json')), 201),
  );

  api.openapi({ ...routes.listMessages, middleware: [named('list-messages'), signedIn] }, async (context) => {
    const messages = await ports.communications.listMessages(context.get('accountId'));
    return context.json({ messages: messages.map(viewMessage) }, 200);
  });

  api.openapi(
    { ...routes.deleteMessage, middleware: [named('delete-message'), signedIn] },
    async (context) => {
      await deleteMessage(ports, context.get('accountId'), context.req.valid('param').id);
      return context.body(null, 204);
    },
  );

  api.openapi({ ...routes.sendFeedback, middleware: [named('send-feedback'), signedIn] }, async (context) =>
    context.json(await sendFeedback(ports, context.get('accountId'), context.req.valid('json')), 201),
  );

  api.openapi({ ...routes.listFeedback, middleware: [named('list-feedback'), signedIn] }, async (context) => {
    const feedback = await ports.communications.listFeedback(context.get('accountId'));
    return context.json({ feedback: feedback.map(viewFeedback) }, 200);
  });

  api.openapi(
    { ...routes.deleteFeedback, middleware: [named('delete-feedback'), signedIn] },
    async (context) => {
      await deleteFeedback(ports, context.get('accountId'), context.req.valid('param').id);
      return context.body(null, 204);
    },
  );
}

function addReportRoutes(api: Api, ports: ApiPorts): void {
  api.openapi({ ...routes.reportMinor, middleware: [named('report-minor')] }, async (context) =>
    context.json(await reportMinor(ports, sourceOf(context, ports), context.req.valid('json')), 202),
  );

  api.openapi({ ...routes.reportSecurity, middleware: [named('report-security')] }, async (context) =>
    context.json(await reportSecurity(ports, sourceOf(context, ports), context.req.valid('json')), 202),
  );

  api.openapi({ ...routes.readSecurityTxt, middleware: [named('read-security-txt')] }, (context) => {
    context.header('Cache-Control', 'public, max-age=300');
    return context.text(securityTxt(ports, originOf(context)), 200);
  });
}

/** The API's own origin: a distribution before it hands on no other host. Nothing but this machine is served in clear. */
function originOf(context: Context<ApiEnv>): string {
  const host = context.req.header('host') ?? new URL(context.req.url).host;
  return `${isLoopbackHost(host) ? 'http' : 'https'}://${host}`;
}

function addErasureRoutes(api: Api, ports: ApiPorts): void {
  const signedIn = authenticated(ports);
  /** Where it can be followed. */
  const accepted = (context: Context<ApiEnv>, view: ErasureView): ErasureView => {
    context.header('Location', `/v1/erasures/${view.erasure.reference}`);
    return view;
  };

  api.openapi(
    { ...routes.eraseMe, middleware: [named('erase-me'), authenticatedOnceMore(ports)] },
    async (context) => {
      const severed = context.get('severed');
      const view = await (severed === undefined
        ? eraseMe(ports, context.get('accountId'))
        : erasedBefore(ports, severed));
      dropRefreshToken(context);
      return context.json(accepted(context, view), 202);
    },
  );

  api.openapi({ ...routes.eraseHistory, middleware: [named('erase-history'), signedIn] }, async (context) =>
    context.json(accepted(context, await eraseMyPart(ports, context.get('accountId'), 'history')), 202),
  );

  api.openapi({ ...routes.eraseMessages, middleware: [named('erase-messages'), signedIn] }, async (context) =>
    context.json(accepted(context, await eraseMyPart(ports, context.get('accountId'), 'messages')), 202),
  );

  api.openapi({ ...routes.readErasure, middleware: [named('read-erasure')] }, async (context) => {
    const view = await readErasure(ports, context.req.valid('param').reference);
    return view === undefined ? context.body(null, 204) : context.json(view, 200);
  });
}
