// Package chat tests otrbot chat as its users run it: two programs talk over a
// real server, by scripts, by lines and in a terminal.
package chat
