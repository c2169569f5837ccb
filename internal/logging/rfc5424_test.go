package logging

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/slogtest"
	"time"
	"unicode"
	"unicode/utf8"
)

// A message is what a strict reader of RFC 5424 finds in one.
type message struct {
	priority                       int
	time, host, app, pid, id, text string
	data                           map[string][]field
}

// header is "6. Syslog Message Format" as a pattern, up to the structured data.
var header = regexp.MustCompile(`^<(0|[1-9][0-9]{0,2})>1 (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) `)

var sdName = regexp.MustCompile(`^[!#-<>-\\^-~]{1,32}`) // without =, ", ]

// parse reads a message, and complains about everything that the RFC does not allow.
func parse(s string) (m message, err error) {
	h := header.FindStringSubmatch(s)
	if h == nil {
		return m, fmt.Errorf("header of %q", s)
	}
	m = message{time: h[2], host: h[3], app: h[4], pid: h[5], id: h[6], data: map[string][]field{}}
	if m.priority, err = strconv.Atoi(h[1]); err != nil || m.priority > 191 {
		return m, fmt.Errorf("priority %s", h[1])
	}
	if h[2] != "-" {
		if _, err := time.Parse(time.RFC3339Nano, h[2]); err != nil {
			return m, err
		}
	}
	rest, err := m.structured(s[len(h[0]):])
	if err != nil {
		return m, fmt.Errorf("%w in %q", err, s)
	}
	text, ok := strings.CutPrefix(rest, " ")
	if !ok && rest != "" {
		return m, fmt.Errorf("%q after the structured data", rest)
	}
	text, marked := strings.CutPrefix(text, "\ufeff")
	if !utf8.ValidString(text) || !marked && strings.ContainsFunc(text, func(c rune) bool { return c > unicode.MaxASCII }) {
		return m, fmt.Errorf("text %q", text)
	}
	m.text = text
	return m, nil
}

func (m *message) structured(s string) (rest string, err error) {
	if rest, none := strings.CutPrefix(s, "-"); none {
		return rest, nil
	}
	for strings.HasPrefix(s, "[") {
		id := sdName.FindString(s[1:])
		if _, twice := m.data[id]; id == "" || twice {
			return "", errors.New("bad SD-ID")
		}
		m.data[id] = nil
		for s = s[1+len(id):]; strings.HasPrefix(s, " "); {
			name := sdName.FindString(s[1:])
			s = s[1+len(name):]
			if name == "" || !strings.HasPrefix(s, `="`) {
				return "", errors.New("bad PARAM-NAME")
			}
			var value string
			if value, s, err = sdValue(s[2:]); err != nil {
				return "", err
			}
			m.data[id] = append(m.data[id], field{name, value})
		}
		var closed bool
		if s, closed = strings.CutPrefix(s, "]"); !closed {
			return "", errors.New("an open SD-ELEMENT")
		}
	}
	if len(m.data) == 0 {
		return "", errors.New("no structured data")
	}
	return s, nil
}

func sdValue(s string) (value, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			if !utf8.ValidString(b.String()) {
				return "", "", errors.New("PARAM-VALUE is not UTF-8")
			}
			return b.String(), s[i+1:], nil
		case ']':
			return "", "", errors.New("a bracket that is not escaped")
		case '\\':
			if i+1 < len(s) && strings.IndexByte(`"\]`, s[i+1]) >= 0 {
				i++
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", errors.New("an open PARAM-VALUE")
}

// The examples of "6.5. Examples" are right; what is wrong in one place is not.
func TestTheReaderIsStrict(t *testing.T) {
	for s, good := range map[string]bool{
		"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed for lonvick on /dev/pts/8":                                               true,
		"<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.":                                                             true,
		`<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application"][examplePriority@32473 class="high"]`: true,
		`<165>1 - h a - - [a b="\]\\\""] x`:                   true,
		"<192>1 - h a - - -":                                  false,
		"<034>1 - h a - - -":                                  false,
		"<34>1 2003-08-24T05:14:15.000000003-07:00 h a - - -": false,
		"<34>1 - h a -  -":                                    false,
		"<34>1 - h a - - [a b=\"]":                            false,
		`<34>1 - h a - - [a b="]"]`:                           false,
		`<34>1 - h a - - [a][a]`:                              false,
		`<34>1 - h a - - [a] é`:                               false,
		`<34>1 - h a - - [a b="c"] [x`:                        true,
		`<34>1 - h a - - [a  b="c"]`:                          false,
		"<34>1 - h a - - [a b=\"\xff\"]":                      false,
	} {
		if _, err := parse(s); (err == nil) != good {
			t.Errorf("%s: %v", s, err)
		}
	}
}

var us = sender{facility: daemon, host: "bot.example", app: "otrbot", pid: "99"}

func TestRFC5424(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 30, 5, 7_000_900, time.UTC)
	for _, x := range []struct {
		name string
		e    entry
		want string
	}{
		{"plain", entry{time: at, message: "online"}, `<30>1 2026-03-01T12:30:05.007000Z bot.example otrbot 99 - [meta sequenceId="7"] online`},
		{"no time", entry{level: slog.LevelError, area: "x mpp", message: "m"}, `<27>1 - bot.example otrbot 99 x_mpp [meta sequenceId="7"] m`},
		{"critical, elsewhere", entry{time: at.In(time.FixedZone("", 5400)), level: LevelCritical, message: "m"},
			`<26>1 2026-03-01T14:00:05.007000+01:30 bot.example otrbot 99 - [meta sequenceId="7"] m`},
		{"attributes", entry{level: slog.LevelDebug, message: "m", fields: []field{{"a.b", `c "d" \ ]`}, {"é=", "x\ny"}}},
			`<31>1 - bot.example otrbot 99 - [meta sequenceId="7"][otrbot@32473 a.b="c \"d\" \\ \]" __="x\\ny"] ` + "\ufeff" + `m a.b="c \"d\" \\ ]" "é="="x\ny"`},
	} {
		got := string(us.modern(x.e, 7, longestStream))
		if got != x.want {
			t.Errorf("%s:\n%s, want\n%s", x.name, got, x.want)
		}
		if _, err := parse(got); err != nil {
			t.Errorf("%s: %v", x.name, err)
		}
	}
	if m, _ := parse(string(us.modern(entry{}, most+1, longestStream))); fmt.Sprint(m.data["meta"]) != "[{sequenceId 1}]" {
		t.Errorf("after the last sequenceId: %v", m.data)
	}
	local := at.Local().Format(time.Stamp)
	if got := string(us.classic(entry{time: at, area: "bot", message: "on\nline", fields: []field{{"a", "b c"}}}, 70)); got != "<30>"+local+` otrbot[99]: bot: on\nline a="b c"` {
		t.Error(got)
	}
}

// What is too much for one message is left out of it, and the rest is whole.
func TestRoom(t *testing.T) {
	var fields []field
	for i := range 40 {
		fields = append(fields, field{fmt.Sprint("f", i), strings.Repeat("é", 400)})
	}
	for _, limit := range []int{longestDatagram, longestStream} {
		got := us.modern(entry{message: "m", fields: append(fields, field{"last", "x"})}, 1, limit)
		m, err := parse(string(got))
		data := m.data[sdID]
		if err != nil || len(got) > limit || len(got) < limit-900 || len(data) < 2 || data[len(data)-1] != (field{"last", "x"}) {
			t.Errorf("%d of %d bytes, %d fields: %v", len(got), limit, len(data), err)
		}
	}
	if got := us.classic(entry{message: strings.Repeat("é", 2000)}, 100); len(got) > 100 || !strings.HasSuffix(string(got), "é...") || !utf8.Valid(got) {
		t.Errorf("%s", got)
	}
}

// Structured data says what slog said.
func TestSlogSyslog(t *testing.T) {
	var last message
	slogtest.Run(t, func(*testing.T) slog.Handler {
		return &handler{write: func(e entry) error {
			var err error
			last, err = parse(string(us.modern(e, 1, longestStream)))
			return err
		}}
	}, func(*testing.T) map[string]any {
		message, _, _ := strings.Cut(last.text, " ")
		seen := map[string]any{"level": last.priority % 8, "msg": message}
		if last.time != "-" {
			seen["time"] = last.time
		}
		for _, f := range last.data[sdID] {
			nest(seen, f.name, f.value)
		}
		return seen
	})
}

func FuzzRFC5424(f *testing.F) {
	f.Add("online", "bot", "a", "b", int64(0), 8, uint16(2048))
	f.Add("\n\x00é\ufeff", "x mpp", `a="]`, "c \"d\" \\ ]\n\xff", int64(-1), -5, uint16(400))
	f.Add("", "", "", "", int64(1)<<62, 100, uint16(65535))
	f.Add("\x00", "0", "\x7f", "0 0"+strings.Repeat("\xb9", 300), int64(-1), 84, uint16(360)) // cut, and ASCII all the same
	f.Fuzz(func(t *testing.T, text, area, name, value string, at int64, level int, limit uint16) {
		if len(text)+len(area)+len(name)+len(value) > 16<<10 {
			return
		}
		room := max(int(limit), 1000)
		e := entry{time: time.Unix(at, 0), level: slog.Level(level), area: area, message: text, fields: []field{{name, value}, {"n", "1"}}}
		s := sender{facility: 23, host: area, app: name, pid: value}
		got := string(s.modern(e, 1, room))
		m, err := parse(got)
		if err != nil || len(got) > room || strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("%d bytes: %q: %v", len(got), got, err)
		}
		if len(paramValue(value)) < room-800 {
			if data := m.data[sdID]; len(data) != 2 || data[0].value != visible(value) || data[0].name != paramName(name) {
				t.Errorf("%q became %v", value, data)
			}
		}
		if c := s.classic(e, room); len(c) > room || !utf8.Valid(c) || strings.ContainsFunc(string(c), unicode.IsControl) {
			t.Errorf("%q", c)
		}
		if j := journalEntry(e); len(j) > longestEntry {
			t.Errorf("%d bytes", len(j))
		}
	})
}
