import { createGzip, type Gzip } from 'node:zlib';
import { ApiError, statusOf } from './api-error.ts';
import { isClosed, type HttpRequest, type HttpResponse } from './request.ts';

/** Headers that every answer of an API server has. */
const COMMON = {
  'cache-control': 'no-cache, private',
  'x-kubernetes-pf-flowschema-uid': '8a2d5f0e-6f44-4e9b-a1f2-33b1a3cfa8b4',
  'x-kubernetes-pf-prioritylevel-uid': 'c9d3a1f7-0b1e-4f0a-9c55-0d4d2a7b1e60',
};

/** Bodies above this are compressed when the client offers gzip, as the API server does. */
const GZIP_ABOVE = 128 * 1024;

/** Begins an answer: status and headers. */
export function begin(
  response: HttpResponse,
  code: number,
  headers: { readonly [name: string]: string },
): void {
  response.writeHead(code, { ...COMMON, ...headers });
}

/** Answers with a JSON value. */
export function sendJson(
  response: HttpResponse,
  code: number,
  value: unknown,
  headers: { readonly [name: string]: string } = {},
): void {
  sendText(response, code, `${JSON.stringify(value)}\n`, {
    'content-type': 'application/json',
    ...headers,
  });
}

export function sendText(
  response: HttpResponse,
  code: number,
  text: string,
  headers: { readonly [name: string]: string } = {},
): void {
  begin(response, code, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  });
  response.end(text);
}

/** Answers with the Status of an error; an error that is none of the API's becomes a 500 with its message. */
export function sendError(response: HttpResponse, error: unknown): void {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError(
          500,
          'InternalError',
          `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
        );
  const retry = known.details?.retryAfterSeconds;
  sendJson(
    response,
    known.code,
    statusOf(known),
    retry === undefined ? {} : { 'retry-after': String(retry) },
  );
}

/**
 * Answers with a JSON body in pieces: in one go when it is short, else streamed (and compressed when the client
 * offers that), as fast as the client reads and without holding up the other clients.
 */
export async function sendPieces(
  request: HttpRequest,
  response: HttpResponse,
  pieces: Iterable<string>,
): Promise<void> {
  let text = '';
  let stream: HttpResponse | Gzip | undefined;
  for (const piece of pieces) {
    text += piece;
    if (text.length < GZIP_ABOVE) continue;
    stream ??= openStream(request, response);
    await writeTo(stream, text, response);
    text = '';
    if (isClosed(response)) return;
  }
  if (stream) stream.end(text);
  else sendText(response, 200, text, { 'content-type': 'application/json' });
}

function openStream(request: HttpRequest, response: HttpResponse): HttpResponse | Gzip {
  const zipped = /\bgzip\b/u.test([request.headers['accept-encoding']].join(','));
  begin(response, 200, {
    'content-type': 'application/json',
    ...(zipped && { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }),
  });
  if (!zipped) return response;
  // The API server compresses at the fastest level too.
  const gzip = createGzip({ level: 1 });
  gzip.pipe(response);
  response.once('close', () => gzip.destroy());
  return gzip;
}

async function writeTo(
  stream: HttpResponse | Gzip,
  text: string,
  response: HttpResponse,
): Promise<void> {
  if (stream.write(text)) {
    await new Promise(setImmediate);
    return;
  }
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      response.off('close', done);
      resolve();
    };
    stream.once('drain', done);
    response.once('close', done);
  });
}
