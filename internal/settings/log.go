package settings

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"otrbot/internal/logging"
)

// Log is how the program writes its log.
type Log struct {
	Level      slog.Level
	Format     logging.Format
	Colour     logging.When
	Pattern    logging.Pattern // of the lines on a terminal
	NoColourNL bool
	Colours    logging.Schemes       // the original's two, and those of the file
	Areas      map[string]slog.Level // areas that have a level of their own
	Syslog     Syslog
	Journal    bool // write to systemd's journal directly

	pattern string
	areas   []string // words for the levels of logging.Areas, in its order
}

// Syslog says which syslog server gets the log. Without an address none does.
type Syslog struct {
	Address  logging.Address
	Level    slog.Level
	Facility string
	Roots    *x509.CertPool // who may certify the server; nil: those of the machine

	caFile string
}

// Config is what logging.Open takes.
func (l Log) Config(standard io.Writer, getenv func(string) string) logging.Config {
	format, colour := logging.Choose(l.Format, l.Colour, logging.IsTerminal(standard), getenv)
	c := logging.Config{Standard: standard, Format: format, Level: l.Level, Areas: l.Areas,
		Lines: logging.Lines{Pattern: l.Pattern, Schemes: l.Colours, Colour: colour, NoColourNL: l.NoColourNL}}
	if l.Syslog.Address != (logging.Address{}) {
		c.Syslog = &logging.Syslog{Address: l.Syslog.Address, Level: l.Syslog.Level, Facility: l.Syslog.Facility, TLS: &tls.Config{RootCAs: l.Syslog.Roots}}
	}
	if l.Journal {
		c.Journal = logging.JournalSocket
	}
	return c
}

func logKeys() []key {
	all := []key{
		{name: "log.level", standard: "info", kind: logLevel(func(s *scope) *slog.Level { return &s.s.Log.Level }),
			help: "debug, info, warn or error; of areas without a level of their own."},
		{name: "log.format", standard: "auto", kind: oneOf([]logging.Format{logging.Auto, logging.Line, logging.Text, logging.JSON}, func(s *scope) *logging.Format { return &s.s.Log.Format }),
			help: "What is written on standard error: line (by the pattern below), text (key=value) or json.\nauto: line on a terminal, else text."},
		{name: "log.colour", standard: "auto", kind: oneOf([]logging.When{logging.Terminal, logging.Always, logging.Never}, func(s *scope) *logging.When { return &s.s.Log.Colour }),
			help: "Colours in lines: auto (on a terminal, unless NO_COLOR is set), always or never."},
		{name: "log.pattern", original: "ColourFormatter", standard: logging.DefaultPattern, kind: words(func(s *scope) *string { return &s.s.Log.pattern }),
			help: "What a line consists of: $NAME begins colours, $reset ends them; the attributes stand behind the message,\nor where %(attributes)s says."},
		{name: "log.no_colour_nl", original: "ColourFormatter: no_colour_nl", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.s.Log.NoColourNL }),
			help: "Colour nothing after a new line within a message."},
		{name: "log.journal", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.s.Log.Journal }),
			help: "Write to systemd's journal directly, each attribute as a field. Standard error goes there already in a service."},
		{name: "log.syslog.address", original: "SYSLOG_ADDRESS", kind: syslogAddress(),
			help:    "A syslog server: \"/dev/log\", or by RFC 5424 \"unix:PATH\", \"udp://HOST:514\", \"tcp://HOST:601\", \"tls://HOST:6514\".",
			example: `"/dev/log"`},
		{name: "log.syslog.level", original: "SYSLOG_LEVEL", standard: "info", kind: logLevel(func(s *scope) *slog.Level { return &s.s.Log.Syslog.Level }),
			help: "Least level that goes there."},
		{name: "log.syslog.facility", standard: "daemon", kind: oneOf(logging.Facilities(), func(s *scope) *string { return &s.s.Log.Syslog.Facility }),
			help: "user, daemon, local0 to local7 or another of syslog's."},
		{name: "log.syslog.ca_file", kind: pathOf(func(s *scope) *string { return &s.s.Log.Syslog.caFile }),
			help: "PEM file of the authorities that may certify a tls:// server. Empty: those of the machine.", example: `"/etc/ssl/certs/ca-certificates.crt"`},
	}
	for i, area := range logging.Areas() {
		all = append(all, key{name: "log.areas." + area, kind: areaLevel(i), help: "Level of " + areaHelp[area] + "; empty: log.level.", example: `"debug"`})
	}
	for _, level := range []struct {
		name, example string
		at            func(*logging.Scheme) *logging.Style
	}{
		{"debug", "white on blue", func(s *logging.Scheme) *logging.Style { return &s.Debug }},
		{"info", "black on green", func(s *logging.Scheme) *logging.Style { return &s.Info }},
		{"warning", "black on yellow", func(s *logging.Scheme) *logging.Style { return &s.Warning }},
		{"error", "white on red", func(s *logging.Scheme) *logging.Style { return &s.Error }},
		{"critical", "bold yellow on red", func(s *logging.Scheme) *logging.Style { return &s.Critical }},
	} {
		all = append(all, key{name: "log.colours.*." + level.name, original: "ColourFormatter: colours", example: `"` + level.example + `"`,
			kind: style(func(s *scope) *logging.Style { return level.at(&s.c.Scheme) }), help: "Colours of the level " + level.name + "."})
	}
	return all
}

var areaHelp = map[string]string{
	"bot": "lessons", "xmpp": "the connection to the XMPP server", "otr": "the encryption", "web": "the pages for courses", "grades": "the delivery of grades",
}

func logLevel(at func(*scope) *slog.Level) kind {
	return of(text, wantsText, func(_ *scope, s string) (slog.Level, error) { return parseLevel(s) },
		func(l slog.Level) string { return strings.ToLower(l.String()) }, at)
}

func parseLevel(s string) (l slog.Level, err error) {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, strings.ToLower(s)) || l.UnmarshalText([]byte(s)) != nil {
		return 0, fmt.Errorf("%q is none of debug, info, warn, error", short(s))
	}
	return l, nil
}

// areaLevel is the level of the i-th of logging.Areas; empty: it has none.
func areaLevel(i int) kind {
	return of(text, wantsText, func(_ *scope, s string) (string, error) {
		if s == "" {
			return "", nil
		}
		_, err := parseLevel(s)
		return strings.ToLower(s), err
	}, same, func(s *scope) *string {
		if s.s.Log.areas == nil {
			s.s.Log.areas = make([]string, len(logging.Areas()))
		}
		return &s.s.Log.areas[i]
	})
}

func syslogAddress() kind {
	return of(text, `an address in quotation marks, such as "/dev/log"`, func(_ *scope, s string) (logging.Address, error) {
		if s == "" {
			return logging.Address{}, nil
		}
		return logging.ParseAddress(s)
	}, logging.Address.String, func(s *scope) *logging.Address { return &s.s.Log.Syslog.Address })
}

func style(at func(*scope) *logging.Style) kind {
	return of(text, `colours in quotation marks, such as "white on blue"`, func(_ *scope, s string) (logging.Style, error) { return logging.ParseStyle(s) },
		logging.Style.String, at)
}

// A scheme is a table of colours in the file.
type scheme struct {
	name string
	logging.Scheme
}

// scheme returns the colours of a name. Those of the original begin as it has
// them, others without colours.
func (l *loader) scheme(name string, at origin) *scheme {
	if err := logging.CheckSchemeName(name); err != nil {
		l.once(at, "log.colours", name, err.Error())
		return &scheme{}
	}
	for _, s := range l.schemes {
		if s.name == name {
			return s
		}
	}
	s := &scheme{name, logging.DefaultSchemes()[name]}
	l.schemes = append(l.schemes, s)
	return s
}

// log puts together what several keys say about the log.
func (l *loader) log() {
	log := &l.s.Log
	log.Colours, log.Areas = logging.DefaultSchemes(), map[string]slog.Level{}
	for _, s := range l.schemes {
		log.Colours[s.name] = s.Scheme
	}
	for i, word := range log.areas {
		if level, err := parseLevel(word); err == nil {
			log.Areas[logging.Areas()[i]] = level
		}
	}
	var err error
	if log.Pattern, err = logging.ParsePattern(log.pattern, log.Colours); err != nil {
		l.fault(l.at("log.pattern"), "log.pattern", err.Error())
	}
	log.Syslog.Roots = l.certificates("log.syslog.ca_file", log.Syslog.caFile)
}
