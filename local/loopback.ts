/** Tells this machine's own requests from those that a web page elsewhere makes its browser send. */

/**
 * A web page elsewhere may make this machine's browser ask (its Origin names it), or point its own host name
 * here (the Host header names it).
 */
export function isFromElsewhere(request: Request): boolean {
  const origin = request.headers.get('origin');
  return ![request.url, ...(origin === null ? [] : [origin])].every(isLoopback);
}

function isLoopback(address: string): boolean {
  const hostname = URL.parse(address)?.hostname;
  return hostname !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}
