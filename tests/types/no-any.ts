// Nothing of ours is `any`: it would pass every other check of the types.

import type * as silent from "silent-session";

type IsAny<T> = 0 extends 1 & T ? true : false;

/** What is not ours is not looked into. */
type Foreign =
  | AbortSignal
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | FormData
  | Headers
  | ReadableStream
  | Request
  | Response
  | URL
  | URLSearchParams;

/** `true`, or `boolean`, where there is an `any`: a member, an argument, what a function gives (of the last overload). */
type HasAny<T> = IsAny<T> extends true ? true : unknown extends T ? false : PartHasAny<T>;

type PartHasAny<T> = T extends Foreign
  ? false
  : T extends PromiseLike<infer V>
    ? HasAny<V>
    : T extends abstract new (
          ...args: infer A
        ) => infer I
      ? HasAny<A> | HasAny<I>
      : T extends (...args: infer A) => infer R
        ? HasAny<A> | HasAny<R>
        : T extends readonly (infer E)[]
          ? HasAny<E>
          : T extends object
            ? { [K in keyof T]-?: HasAny<T[K]> }[keyof T]
            : false;

/** Does not compile but for `false`. */
type None<T extends false> = T;

export type Checked = [
  None<HasAny<typeof silent.createSession>>,
  None<HasAny<silent.SessionOptions>>,
  None<HasAny<silent.Session>>,
  None<HasAny<silent.SignInAnswer>>,
  None<HasAny<silent.TokenAnswer>>,
  None<HasAny<silent.TokenMember>>,
  None<HasAny<silent.TokenTimes>>,
  None<HasAny<silent.ReadToken>>,
  None<HasAny<silent.AccessTokenOptions>>,
  None<HasAny<silent.SessionState>>,
  None<HasAny<silent.Claims>>,
  None<HasAny<silent.ErrorCode>>,
  None<HasAny<silent.ErrorDetails>>,
  None<HasAny<typeof silent.SessionError>>,
  None<HasAny<typeof silent.SessionEndedError>>,
  None<HasAny<typeof silent.SessionChangedError>>,
  None<HasAny<typeof silent.RefreshError>>,
  None<HasAny<typeof silent.TokenError>>,
  None<HasAny<typeof silent.SignInError>>,
];

/** And the check finds one. */
export type Found = [
  // @ts-expect-error: a member
  None<HasAny<{ a: { b: any } }>>,
  // @ts-expect-error: an argument
  None<HasAny<(a: string, b: any) => void>>,
  // @ts-expect-error: an answer
  None<HasAny<() => Promise<any>>>,
  // @ts-expect-error: a member of an error
  None<HasAny<new () => Error & { body?: any }>>,
];
