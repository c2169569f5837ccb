package logging

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A sender is what every message of a syslog server says about us.
type sender struct {
	facility       int
	host, app, pid string
}

// sdID names our structured data, "6.3.2. SD-ID": 32473 is the enterprise
// number that RFC 5612 sets aside for those who have none.
const sdID = "otrbot@32473"

// Limits of RFC 5424, "6. Syslog Message Format".
const (
	longestHost  = 255
	longestApp   = 48
	longestPID   = 128
	longestMsgID = 32
	longestParam = 32
)

// most is the last value of a sequenceId, "7.3.1. sequenceId".
const most = 2147483647

// modern writes an entry as RFC 5424 wants it, in at most limit bytes: the
// fields as structured data as far as they have room, and again behind the
// message for servers that keep nothing but that, cut where the room ends.
func (s sender) modern(e entry, sequence uint64, limit int) []byte {
	b := fmt.Appendf(nil, "<%d>1 %s %s %s %s %s [meta sequenceId=\"%d\"]", s.priority(e), timestamp(e.time),
		name(s.host, longestHost), name(s.app, longestApp), name(s.pid, longestPID), name(e.area, longestMsgID), (sequence-1)%most+1)
	b = appendData(b, e.fields, limit-len(" \ufeff..."))
	text := e.text()
	if strings.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf }) {
		text = "\ufeff" + text // "6.4. MSG": a text in UTF-8 begins with a BOM, one in ASCII need not
	}
	return append(append(b, ' '), short(text, limit-len(b)-1)...)
}

// appendData adds the fields that have room.
func appendData(b []byte, fields []field, limit int) []byte {
	data := []byte("[" + sdID)
	none := len(data)
	for _, f := range fields {
		param := " " + paramName(f.name) + `="` + paramValue(f.value) + `"`
		if len(b)+len(data)+len(param)+1 <= limit {
			data = append(data, param...)
		}
	}
	if len(data) == none {
		return b
	}
	return append(append(b, data...), ']')
}

// classic writes an entry as programs write to /dev/log, by RFC 3164: those
// who listen there, journald and rsyslog as Debian sets it up, take nothing
// else for a whole message.
func (s sender) classic(e entry, limit int) []byte {
	at := ""
	if !e.time.IsZero() {
		at = e.time.Local().Format(time.Stamp) + " "
	}
	head := fmt.Sprintf("<%d>%s%s[%s]: ", s.priority(e), at, name(s.app, longestApp), name(s.pid, longestPID))
	if e.area != "" {
		head += name(e.area, longestMsgID) + ": "
	}
	return append([]byte(head), short(e.text(), limit-len(head))...)
}

func (s sender) priority(e entry) int { return s.facility*8 + gradeOf(e.level).severity }

// timestamp is "6.2.3. TIMESTAMP": not finer than a microsecond.
func timestamp(t time.Time) string {
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return "-"
	}
	return t.Format("2006-01-02T15:04:05.000000Z07:00")
}

// name is one of the header's PRINTUSASCII words, or the nil value.
func name(s string, longest int) string {
	s = printable(s, "")
	if s == "" {
		return "-"
	}
	return s[:min(len(s), longest)]
}

func paramName(s string) string {
	s = printable(s, `="]`)
	if s == "" {
		s = "_"
	}
	return s[:min(len(s), longestParam)]
}

// printable puts an underscore in the place of what is no printing ASCII
// character, or not wanted.
func printable(s, unwanted string) string {
	return strings.Map(func(c rune) rune {
		if c <= ' ' || c > '~' || strings.ContainsRune(unwanted, c) {
			return '_'
		}
		return c
	}, s)
}

var escapes = strings.NewReplacer(`"`, `\"`, `\`, `\\`, `]`, `\]`)

// paramValue escapes as "6.3.3. SD-PARAM" says. Control characters become
// visible: many servers end a message at a new line.
func paramValue(s string) string { return escapes.Replace(visible(s)) }

// short cuts a text to a number of bytes, between characters. What is ASCII
// stays so: it has no BOM.
func short(s string, limit int) string {
	const mark = "..."
	switch {
	case len(s) <= limit:
		return s
	case limit < len(mark):
		return ""
	}
	end := limit - len(mark)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}

// counted frames a message for a stream, RFC 6587 "3.4.1. Octet Counting" and
// RFC 5425 "4.3. Sending Data".
func counted(message []byte) []byte {
	return append(append(strconv.AppendInt(nil, int64(len(message)), 10), ' '), message...)
}
