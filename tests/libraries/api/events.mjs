// Server-sent events: one that says who listens, and then none, for as long as the stream is open.

export function events(_, user) {
  const body = new ReadableStream({
    start: (controller) =>
      controller.enqueue(new TextEncoder().encode(`event: hello\ndata: ${user.sub}\n\n`)),
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}
