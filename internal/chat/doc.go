// Package chat is a chat client with OTR for a terminal.
//
// Its heart is Session: what a person types, what arrives and what the clock
// says go in, stanzas go out over a Wire, and everything there is to tell comes
// back as Lines of plain words, with a Status that says at all times how far the
// conversation can be trusted. There is no terminal and no network in it.
//
// Run connects a Session with a server and with a Front, which is how the person
// takes part: Lines reads and writes plain lines, for screen readers and pipes;
// Play follows a script, so that a conversation is a test; Screen fills a
// terminal.
//
// What another person sends is cleaned of everything that could command a
// terminal or pretend to be something else before it becomes a Line.
package chat
