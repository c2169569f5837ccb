package logging

import (
	"context"
	"encoding/binary"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"unicode/utf8"
)

// JournalSocket is where systemd's journal takes entries.
const JournalSocket = "/run/systemd/journal/socket"

// longestEntry keeps an entry small enough for one datagram: no file has to
// be passed on, which is why this is not go-systemd's client. That one also
// knows one socket for the whole program, and does not come back when the
// journal was away.
const longestEntry = 64 << 10

// newJournal is a handler for the journal's native protocol ("Journal Native
// Protocol" of systemd's documentation): MESSAGE with the attributes behind it,
// as journalctl shows nothing else, PRIORITY, OTRBOT_AREA, and each attribute
// as a field of its own, OTRBOT_SESSION for session.
func newJournal(socket string, level slog.Leveler) (slog.Handler, *remote) {
	r := newRemote(func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unixgram", socket)
	}, journalEntry, 0, false)
	return &handler{level: level, write: r.send}, r
}

func journalEntry(e entry) []byte {
	message := strings.ToValidUTF8(e.message, "\ufffd")
	if attributes := e.attributes(); attributes != "" {
		message += " " + attributes
	}
	b := journalField(nil, "MESSAGE", short(message, longestEntry/2))
	b = journalField(b, "PRIORITY", strconv.Itoa(gradeOf(e.level).severity))
	b = journalField(b, "SYSLOG_IDENTIFIER", "otrbot")
	if e.area != "" {
		b = journalField(b, journalPrefix+"AREA", e.area)
	}
	for _, f := range e.fields {
		if more := journalField(b, journalName(f.name), f.value); len(more) <= longestEntry {
			b = more
		}
	}
	return b
}

// journalPrefix keeps our fields apart from those that mean something to systemd.
const journalPrefix = "OTRBOT_"

// longestName is the journal's limit.
const longestName = 64

// journalName makes a name of A to Z, 0 to 9 and underscores.
func journalName(s string) string {
	s = journalPrefix + strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z':
			return c - 'a' + 'A'
		case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			return c
		}
		return '_'
	}, s)
	return s[:min(len(s), longestName)]
}

// journalField adds NAME=value, or the form with a length where value has more
// than one line.
func journalField(b []byte, name, value string) []byte {
	b = append(b, name...)
	if !strings.Contains(value, "\n") && utf8.ValidString(value) {
		return append(append(append(b, '='), value...), '\n')
	}
	b = binary.LittleEndian.AppendUint64(append(b, '\n'), uint64(len(value)))
	return append(append(b, value...), '\n')
}
