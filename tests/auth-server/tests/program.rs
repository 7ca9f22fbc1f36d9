//! The program: what it prints, and when it ends.

#![allow(clippy::unwrap_used, reason = "a test may panic, and so may what it is made of")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

fn start(port: &str, arguments: &[&str]) -> (Child, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_auth-server"));
    program.args(["--port", port]).args(arguments).env_remove("RUST_LOG");
    let piped = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line)
}

#[test]
fn it_says_where_it_listens_and_ends_when_standard_input_closes() {
    let (mut child, line) = start("0", &["--until-stdin-closes"]);
    let address = line.trim_end().strip_prefix("listening on http://").unwrap().to_owned();
    assert!(address.starts_with("127.0.0.1:") && !address.ends_with(":0"), "{line}");
    std::net::TcpStream::connect(&address).unwrap();
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert!(std::net::TcpStream::connect(&address).is_err());
}

#[test]
fn it_ends_in_order_at_sigterm_although_standard_input_is_open() {
    let (mut child, line) = start("0", &["--until-stdin-closes"]);
    assert!(line.starts_with("listening on "));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let stdin = child.stdin.take();
    assert!(child.wait().unwrap().success());
    drop(stdin);
}

#[test]
fn it_fails_where_the_port_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (mut child, line) = start(&port, &[]);
    assert_eq!(line, "");
    assert!(!child.wait().unwrap().success());
    let mut log = String::new();
    child.stderr.unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("the port could not be had"), "{log}");
}
