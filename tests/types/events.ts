// What onEvent is told, and how a metric is made of it.

import type { FailureKind, SessionEvent } from "silent-session";

export function measure(event: SessionEvent): [name: string, value: number, label?: string] {
  switch (event.type) {
    case "refresh-started":
      return ["refreshes", 1, event.attempt];
    case "refresh-settled": {
      const outcome: "renewed" | FailureKind = event.outcome;
      const status: number | undefined = event.status;
      return [event.late ? "late" : "settled", event.duration, `${outcome} ${status}`];
    }
    case "adopted":
      // @ts-expect-error: it has no duration
      return ["adopted", event.duration];
    case "identity-missing":
      return ["identity-missing", 1];
    case "deferred":
      return [event.reason, event.duration];
    case "sign-out-settled": {
      const outcome: "confirmed" | "pending" | "given-up" = event.outcome;
      return event.error ? [outcome, event.tries, event.error.message] : [outcome, event.tries];
    }
    case "ended":
      return [event.reason, Number(event.elsewhere)];
    case "clock-jumped":
      return ["jump", event.wall - event.monotonic];
  }
}

declare const event: SessionEvent;
// @ts-expect-error: it is frozen
event.at = 0;
