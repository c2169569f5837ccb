package settings

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otrbot/internal/logging"
)

func TestLog(t *testing.T) {
	s, err := load(t, account+`
[log]
level = "warn"
format = "line"
colour = "never"
pattern = "$when%(asctime)s$reset $msg%(message)s"
no_colour_nl = true
journal = true
[log.colours.when]
info = "bold magenta"
[log.colours]
msg = {error = "white on red"}
[log.areas]
xmpp = "debug"
[log.syslog]
address = "tls://logs.example.org:6514"
level = "error"
facility = "local3"
`, "OTRBOT_LOG_AREAS_WEB=error", "OTRBOT_LOG_SYSLOG_LEVEL=INFO")
	if err != nil {
		t.Fatal(err)
	}
	msg := logging.DefaultSchemes()["msg"]
	msg.Error = logging.Style{Fore: logging.White, Back: logging.Red}
	l := s.Log
	switch {
	case l.Level != slog.LevelWarn || l.Format != logging.Line || l.Colour != logging.Never || !l.NoColourNL || !l.Journal:
		t.Errorf("%+v", l)
	case len(l.Areas) != 2 || l.Areas["xmpp"] != slog.LevelDebug || l.Areas["web"] != slog.LevelError:
		t.Errorf("areas %v", l.Areas)
	case len(l.Colours) != 3 || l.Colours["msg"] != msg || l.Colours["when"] != logging.Scheme{Info: logging.Style{Fore: logging.Magenta, Bold: true}}:
		t.Errorf("colours %v", l.Colours)
	case l.Syslog.Address.String() != "tls://logs.example.org:6514" || l.Syslog.Level != slog.LevelInfo || l.Syslog.Facility != "local3":
		t.Errorf("syslog %+v", l.Syslog)
	}
	shown := map[string]string{}
	for _, v := range s.Values() {
		shown[v.Key] = v.Value
	}
	for key, want := range map[string]string{"log.colours.when.info": "bold magenta", "log.colours.when.debug": "none", "log.colours.msg.error": "white on red",
		"log.colours.msg.info": "green", "log.areas.xmpp": "debug", "log.areas.bot": "", "log.syslog.address": "tls://logs.example.org:6514"} {
		if got, ok := shown[key]; got != want || !ok {
			t.Errorf("%s is shown as %q, want %q", key, got, want)
		}
	}
}

// What logging.Open gets, with and without what is not set.
func TestLogConfig(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	none := func(string) string { return "" }
	s, err := load(t, account)
	if err != nil {
		t.Fatal(err)
	}
	if c := s.Log.Config(file, none); c.Standard != file || c.Format != logging.Text || c.Lines.Colour || c.Syslog != nil || c.Journal != "" || c.Level != slog.LevelInfo {
		t.Errorf("%+v", c)
	}
	s, err = load(t, account+"[log]\ncolour = \"always\"\njournal = true\n[log.syslog]\naddress = \"/dev/log\"\n")
	if err != nil {
		t.Fatal(err)
	}
	c := s.Log.Config(file, none)
	if c.Format != logging.Line || !c.Lines.Colour || c.Journal != logging.JournalSocket || c.Syslog == nil || !c.Syslog.Address.Classic || c.Syslog.Facility != "daemon" {
		t.Errorf("%+v", c)
	}
	log, err := logging.Open(logging.Config{Lines: c.Lines, Syslog: c.Syslog})
	if err != nil {
		t.Fatal(err)
	}
	log.Close(t.Context())
}

// All faults of the log are told at once, where they are.
func TestLogFaults(t *testing.T) {
	_, err := load(t, account+`[log]
level = "loud"
format = "xml"
colour = "yes"
pattern = "$nobody %(message)s"
no_colour_nl = "no"
[log.colours.lvl]
info = "white on pink"
trace = "red"
[log.colours.reset]
info = "red"
[log.areas]
xmpp = "critical"
smtp = "debug"
[log.syslog]
address = "logs.example.org"
facility = "kern"
ca_file = "nowhere.pem"
`)
	if err == nil {
		t.Fatal("no fault")
	}
	got := err.Error()
	for _, want := range []string{
		`:5:1: log.level: "loud" is none of debug, info, warn, error`,
		`:6:1: log.format: "xml" is none of auto, line, text, json`,
		`:7:1: log.colour: "yes" is none of auto, always, never`,
		`:8:1: log.pattern: there are no colours called "nobody"`,
		`:9:1: log.no_colour_nl: must be true or false`,
		`:11:1: log.colours.lvl.info: "white on pink": write a colour such as`,
		`:12:1: log.colours.lvl.trace: there is no such key`,
		`:13:14: log.colours: "reset" cannot name colours`,
		`:16:1: log.areas.xmpp: "critical" is none of`,
		`:17:1: log.areas.smtp: there is no such key`,
		`:19:1: log.syslog.address: "logs.example.org": write "/dev/log"`,
		`:20:1: log.syslog.facility: "kern" is none of user, mail, daemon`,
		`:21:1: log.syslog.ca_file: the file does not exist`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no fault %s", want)
		}
	}
	if n := strings.Count(got, "\n"); t.Failed() || n != 12 && n != 13 {
		t.Errorf("%d lines:\n%s", n, got)
	}
	if _, err := load(t, account+"[bot]\nSYSLOG_ADDRESS = \"/dev/log\"\nSYSLOG_LEVEL = \"INFO\"\n"); err == nil ||
		!strings.Contains(err.Error(), "is called log.syslog.address here") || !strings.Contains(err.Error(), "is called log.syslog.level here") {
		t.Error(err)
	}
}
