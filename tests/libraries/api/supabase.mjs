// As much of PostgREST and of Supabase Storage as one table and one bucket need.

const BUCKET = "/storage/v1/object/files/";
const files = new Map();

export async function supabase(request, user) {
  const { pathname } = new URL(request.url);
  if (pathname === "/rest/v1/people") return Response.json([{ sub: user.sub }]);
  if (!pathname.startsWith(BUCKET)) return new Response(null, { status: 404 });
  const path = pathname.slice(BUCKET.length);
  if (request.method === "GET") return new Response(files.get(path));
  // The file is the field without a name.
  files.set(path, (await request.formData()).get(""));
  return Response.json({ Id: path, Key: `files/${path}` });
}
