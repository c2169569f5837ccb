// Package clients drives chat programs that nobody here wrote, as a learner
// would: mcabber by its command FIFO, Profanity by its keyboard, both in a
// terminal that tmux keeps and that is read back; and libotr itself, by the
// helper of interop/libotr on an XMPP connection of our own.
//
// All have one interface, Client, so that a scenario is written once. The test
// TestClientsAmongThemselves lets them talk to each other, which proves the
// drivers; TestMatrix lets them learn from the bot.
//
// It needs Debian's packages mcabber, profanity and tmux, and what
// interop/servers and interop/libotr need; a test on a machine without them
// fails and names the package.
package clients
