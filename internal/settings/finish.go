package settings

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strings"
)

// placeholder is the address of the sample, which nobody has.
const placeholder = "bot@" + placeholderServer

const placeholderServer = "your-server.example"

func workingDir() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	return dir
}

// finish reads the files that the settings name, and checks what belongs
// together.
func (l *loader) finish(file string, src Source) {
	credentials := ""
	for _, v := range src.Environ {
		if dir, ok := strings.CutPrefix(v, "CREDENTIALS_DIRECTORY="); ok {
			credentials = dir
		}
	}
	l.placeholders()
	for _, a := range l.accounts {
		l.password(a, file, credentials, src.Outside)
		l.avatar(a)
		l.s.XMPP.Accounts = append(l.s.XMPP.Accounts, *a)
	}
	for _, one := range l.learners {
		l.s.Learners = append(l.s.Learners, *one)
	}
	l.storeKey(credentials)
	l.whichAccount()
	l.together(file)
	l.s.TLS.Roots = l.certificates("tls.ca_file", l.s.TLS.caFile)
	l.log()
	l.lesson(src.Lesson)
}

// at says where a key was set, or the file where it was not.
func (l *loader) at(name string) origin {
	if o, ok := l.from[name]; ok {
		return o
	}
	return origin{source: l.where()}
}

func (l *loader) where() string {
	if l.s.File == "" {
		return "environment"
	}
	return l.s.File
}

func (l *loader) placeholders() {
	const problem = "this is the address of the sample: write the bot's own"
	if strings.HasSuffix(l.s.XMPP.DefaultAccount, "@"+placeholderServer) {
		l.fault(l.at("xmpp.default_account"), "xmpp.default_account", problem)
	}
	for _, a := range l.accounts {
		if strings.HasSuffix(a.JID, "@"+placeholderServer) {
			l.fault(l.at("xmpp.accounts."+a.JID), "xmpp.accounts", problem)
		}
	}
}

func (l *loader) whichAccount() {
	s := l.s
	switch {
	case s.XMPP.DefaultAccount == "" && len(s.XMPP.Accounts) == 1:
		s.XMPP.DefaultAccount = s.XMPP.Accounts[0].JID
	case s.XMPP.DefaultAccount == "":
		l.missing("xmpp.default_account", "the bot's own address is missing")
	default:
		if _, ok := s.XMPP.Account(s.XMPP.DefaultAccount); !ok {
			l.fault(l.at("xmpp.default_account"), "xmpp.default_account",
				fmt.Sprintf("there is no account %q: add the table [xmpp.accounts.%q] with its password_file", s.XMPP.DefaultAccount, s.XMPP.DefaultAccount))
		}
	}
	for _, one := range s.Learners {
		if _, ok := s.XMPP.Account(one.JID); ok {
			l.fault(l.at("learners."+one.JID), "learners", "the bot cannot be its own learner")
		}
	}
}

// missing reports a key that is nowhere, unless it is there with a fault.
func (l *loader) missing(name, problem string) {
	if _, set := l.from[name]; !set {
		l.fault(origin{source: l.where()}, name, problem)
	}
}

// together checks values that depend on each other; faulty ones have their
// defaults here.
func (l *loader) together(file string) {
	b := l.s.Bot
	if b.WarningTimeout >= b.SessionTimeout {
		l.fault(l.later("bot.warning_timeout", "bot.session_timeout"), "bot.warning_timeout",
			fmt.Sprintf("the warning after %s must come before the end after %s", plainDuration(b.WarningTimeout), plainDuration(b.SessionTimeout)))
	} else if b.CheckInterval > b.SessionTimeout-b.WarningTimeout {
		l.fault(l.later("bot.check_interval", "bot.warning_timeout", "bot.session_timeout"), "bot.check_interval",
			fmt.Sprintf("%s is more than lies between warning_timeout and session_timeout, so that the warning could come too late", plainDuration(b.CheckInterval)))
	}
	if suites := l.s.TLS.CipherSuites; len(suites) > 0 && l.s.TLS.MinVersion == tls.VersionTLS13 {
		modern := 0
		for _, id := range suites {
			if suiteOf13(id) {
				modern++
			}
		}
		if modern == 0 {
			l.fault(l.at("tls.cipher_list"), "tls.cipher_list", "holds no suite of TLS 1.3, which tls.min_version asks for")
		}
	}
	for _, a := range l.accounts {
		if a.DirectTLS && a.Server == "" {
			name := "xmpp.accounts." + a.JID + ".direct_tls"
			l.fault(l.at(name), name, "needs server too; without it DNS says how to connect")
		}
	}
	if host, _, _ := net.SplitHostPort(l.s.Web.Listen); l.s.Web.PublicURL != "" && !loopback(host) {
		l.warn("web.listen is reachable from other machines, without TLS: let only your proxy through")
	}
	if host, _, err := net.SplitHostPort(l.s.Watch.Listen); err == nil && !strings.HasPrefix(l.s.Watch.Listen, "unix:") && !loopback(host) {
		l.warn("watch.listen is reachable from other machines, without TLS and without a password")
	}
	if b.LogUserMessages {
		l.warn("bot.log_user_messages writes what learners say into the log: turn it off where real people learn")
	}
	if !b.DefaultSecret.IsZero() {
		l.warn("bot.default_secret is for tests: whoever reads the settings can answer for every learner")
		if at, ok := l.from["bot.default_secret"]; ok && at.source == file {
			l.private(file, at, "bot.default_secret")
		}
	}
}

func (l *loader) warn(text string) { l.s.Warnings = append(l.s.Warnings, text) }

// later is where the last of the keys in the file was set.
func (l *loader) later(names ...string) origin {
	best := l.at(names[0])
	for _, n := range names {
		if o, ok := l.from[n]; ok && (o.line > best.line || o.line == 0) {
			best = o
		}
	}
	return best
}
