// Package rsyslog tests that Debian's syslog server reads what internal/logging
// sends: over a unix socket, UDP, TCP and TLS, with structured data, and after
// it was away. The server is a process of the test with settings of its own, on
// loopback and in a folder of the test; the machine's own is left alone.
package rsyslog
