//! The HTTP surface: `/auth/` (the cookie's realm), `/api/` (the token's realm), `/test/` and the static files.

mod answer;
mod api;
mod bearer;
mod controls;
mod cookie;
mod cors;
mod gate;
mod login;
mod logout;
mod refresh;
mod router;
mod site;
mod work;

pub(crate) use router::router;
