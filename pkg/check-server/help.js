// What --help prints.

export const HELP = `\
silent-session-check-server --refresh URL (--sign-in URL --sign-in-body BODY | --cookie NAME=VALUE) [options]

Tries a refresh endpoint as a browser would, and says what is right and what is wrong. It signs in about
twelve times, and signs out; take an account that is there for it.

What a session is
  --refresh URL             The refresh endpoint
  --origin ORIGIN           Of the page that uses it (default: that of the refresh endpoint)
  --sign-in URL             Where to sign in, by POST
  --sign-in-body BODY       JSON, or a form (user=…&password=…); @FILE reads it from a file
  --sign-in-header LINE     "Name: value", for the sign-in; may be given several times
  --visit URL               A page that is got before the sign-in, for the cookies that it sets
  --cookie NAME=VALUE       A refresh cookie, instead of a sign-in; @FILE reads it from a file. It is used up;
                            what takes a session of its own is not tried. Other cookies may follow: "a=1; b=2"
  --cookie-name NAME        Which cookie of the sign-in is the refresh cookie, if that is not plain
  --sign-out URL            The sign-out endpoint
  --api URL                 A resource that a fresh token may GET

How a refresh looks
  --method METHOD           (default POST)
  --header LINE             "Name: value", for refresh and sign-out; may be given several times
  --body JSON               The body of a refresh (default none)
  --attempt-header NAME     What carries the attempt id (default X-Requested-With)
  --csrf-cookie NAME        The double submit: this cookie is sent in that header
  --csrf-header NAME
  --token-field PATH        Where the access token stands, such as data.jwt (default: found by itself)
  --sign-out-method METHOD  (default POST)
  --sign-out-token          Send the access token with a sign-out, as Authorization: Bearer

How it is tried
  --grace SECONDS           How long the server takes a spent cookie on purpose: reuse is tried after that (default 0)
  --allow CHECK             What is wrong there is known, and counts as a warning; may be given several times
  --timeout SECONDS         How long to wait for an answer (default 10)
  --json                    Print JSON, for machines
  --help                    Print this

It ends with 0: nothing is wrong (there may be warnings); 1: something is wrong; 2: it could not be tried, for the
command line is not understood, the server is not reached or the sign-in fails. No token, cookie or password is printed.
`;
