package settings

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// A key is one setting. A star in its name stands for an address.
type key struct {
	name     string // "xmpp.accounts.*.server"
	original string // its name in the original bot; may be empty
	standard string // default, as a word
	kind     kind
	help     string // what it does, lines of the sample
	example  string // in the sample, as TOML, if not the default
	active   bool   // stands in the sample without #
}

// env is the environment variable of the key, "" if it has none. Those of
// accounts are for the default account.
func (k key) env() string {
	name := strings.Replace(k.name, "accounts.*", "account", 1)
	if strings.Contains(name, "*") {
		return ""
	}
	return "OTRBOT_" + strings.ToUpper(strings.ReplaceAll(name, ".", "_"))
}

// keys are all settings, in the order of the sample.
func keys() []key {
	const hour = time.Hour
	all := []key{
		{name: "locale", original: "DEFAULT_LOCALE", standard: "en_GB", kind: locale(func(s *scope) *string { return &s.s.Locale }),
			help: "Language of the bot for learners without one of their own."},
		{name: "locales_dir", kind: pathOf(func(s *scope) *string { return &s.s.LocalesDir }),
			help: "A folder with translations of yours, LOCALE/otrbot.po or LOCALE/otrbot.mo, that come before the program's own.", example: `"locales"`},

		{name: "xmpp.default_account", original: "XMPP_DEFAULT_ACCOUNT", kind: address(func(s *scope) *string { return &s.s.XMPP.DefaultAccount }),
			help: "The address that the bot logs in with; run --jid takes another one.", example: `"` + placeholder + `"`, active: true},
		{name: "xmpp.accounts.*.password_file", original: "XMPP_ACCOUNTS: password", kind: pathOf(func(s *scope) *string { return &s.a.passwordFile }).silent(),
			help: "File that holds the password and nothing else; readable by the bot's user only (chmod 600).", example: `"bot.password"`, active: true},
		{name: "xmpp.accounts.*.password_credential", kind: words(func(s *scope) *string { return &s.a.passwordCredential }).silent(),
			help: "Instead: name of a systemd credential (LoadCredential=) that holds it.", example: `"bot-password"`},
		{name: "xmpp.accounts.*.password", original: "XMPP_ACCOUNTS: password", kind: secret(func(s *scope) *string { return &s.a.password }),
			help: "Instead: the password itself; this file must then be readable by the bot's user only.", example: `"…"`},
		{name: "xmpp.accounts.*.server", original: "XMPP_ACCOUNTS: port", kind: hostPort(func(s *scope) *string { return &s.a.Server }),
			help: "Host and port, if DNS (SRV) does not lead to the server.", example: `"127.0.0.1:5222"`},
		{name: "xmpp.accounts.*.direct_tls", original: "XMPP_ACCOUNTS: SSL", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.a.DirectTLS }),
			help: "Begin with TLS at once, often on port 5223; needs server. Otherwise by STARTTLS, never without."},
		{name: "xmpp.accounts.*.resource", standard: "otrbot", kind: resource(func(s *scope) *string { return &s.a.Resource }),
			help: "Name of the bot's connection. Two bots must not share an account."},
		{name: "xmpp.accounts.*.avatar", original: "XMPP_ACCOUNTS: avatar", kind: pathOf(func(s *scope) *string { return &s.a.Avatar }),
			help: "Picture of the bot, a PNG file.", example: `"bot.png"`},
		{name: "xmpp.accounts.*.require_channel_binding", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.a.RequireChannelBinding }),
			help: "Log in only if the login can be bound to the TLS connection."},

		{name: "tls.min_version", original: "TLS_VERSION", standard: "1.2", kind: tlsVersion(func(s *scope) *uint16 { return &s.s.TLS.MinVersion }),
			help: `Oldest version of TLS: "1.2" or "1.3".`},
		{name: "tls.cipher_list", original: "CIPHER_LIST", kind: cipherList(func(s *scope) *[]uint16 { return &s.s.TLS.CipherSuites }),
			help:    "The only cipher suites, by IANA's or OpenSSL's names. Suites of TLS 1.3 have to be listed too.\nEmpty: those that are safe today. Another suite ends the program with code 127.",
			example: `["TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"]`},
		{name: "tls.ca_file", original: "CA_CERTS", kind: pathOf(func(s *scope) *string { return &s.s.TLS.caFile }),
			help: "PEM file of the authorities that may certify the server. Empty: those of the machine.", example: `"/etc/ssl/certs/ca-certificates.crt"`},

		{name: "bot.title", original: "FORMAT_STRINGS: bot_title", standard: "OTR Bot", kind: words(func(s *scope) *string { return &s.s.Bot.Title }),
			help: "How the bot calls itself."},
		{name: "bot.description", original: "FORMAT_STRINGS: bot_description", kind: words(func(s *scope) *string { return &s.s.Bot.Description }),
			help: "One sentence about it.", example: `"I teach private chatting, one small step at a time."`},
		{name: "bot.project_name", original: "FORMAT_STRINGS: project_name", kind: words(func(s *scope) *string { return &s.s.Bot.ProjectName }),
			help: "Where learners come from and can come back to.", example: `"the course page"`},
		{name: "bot.helper", kind: words(func(s *scope) *string { return &s.s.Bot.Helper }),
			help: "Who gives them their secret and helps.", example: `"your trainer"`},
		{name: "bot.lesson", standard: "basic", kind: lessonOf(func(s *scope) *string { return &s.s.Bot.Lesson }),
			help: "The lesson: \"basic\", which the program holds, or a file that ends in .yaml."},
		{name: "bot.may_start_smp", original: "OTR_BOT_MAY_START_SMP", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.s.Bot.MayStartSMP }),
			help: "Whether the bot begins to verify as soon as it can, or waits for the learner."},
		{name: "bot.default_secret", original: "DEFAULT_SECRET", kind: secretValue(func(s *scope) *Secret { return &s.s.Bot.DefaultSecret }),
			help: "Shared secret of learners without one of their own: for tests only."},
		{name: "bot.secret_tries", standard: "6", kind: whole(1, 100, func(s *scope) *int { return &s.s.Bot.SecretTries }),
			help: "Wrong secrets until a learner needs a new one."},
		{name: "bot.code_format", original: "generate_secret(format)", standard: "XXXX-XXXX-XXXX", kind: codeFormat(func(s *scope) *string { return &s.s.Bot.CodeFormat }),
			help: "The code at the end of the lesson: each X becomes a random character."},
		{name: "bot.code_tries", standard: "5", kind: whole(1, 100, func(s *scope) *int { return &s.s.Bot.CodeTries }),
			help: "Wrong codes until there is a new one."},
		{name: "bot.warning_timeout", original: "WARNING_TIMEOUT", standard: "25m", kind: duration(time.Second, 24*hour, func(s *scope) *time.Duration { return &s.s.Bot.WarningTimeout }),
			help: "Silence until the learner is warned."},
		{name: "bot.session_timeout", original: "SESSION_TIMEOUT", standard: "30m", kind: duration(time.Second, 7*24*hour, func(s *scope) *time.Duration { return &s.s.Bot.SessionTimeout }),
			help: "Silence until the session ends; longer than warning_timeout."},
		{name: "bot.check_interval", original: "TIMEOUT_CHECK_INTERVAL", standard: "60s", kind: duration(time.Second, hour, func(s *scope) *time.Duration { return &s.s.Bot.CheckInterval }),
			help: "How late that may be noticed."},
		{name: "bot.offer_otr", original: "SEND_TAG", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.s.Bot.OfferOTR }),
			help: "Offer OTR with invisible white space: many clients then switch it on by themselves, and the learner practises nothing."},
		{name: "bot.take_offers", original: "WHITESPACE_START_AKE", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.s.Bot.TakeOffers }),
			help: "Switch OTR on when the learner's client offers it like that; likewise."},
		{name: "bot.typing", original: "SCHEDULED_MSG_SAY", standard: "true", kind: yesNo(func(s *scope) *bool { return &s.s.Bot.Typing }),
			help: "Take time over a message, as if typing; a learner turns it off with the word \"fast\"."},
		{name: "bot.typing_speed", original: "TYPE_SPEED", standard: "20", kind: whole(1, 1000, func(s *scope) *int { return &s.s.Bot.TypingSpeed }),
			help: "Characters a second."},
		{name: "bot.log_user_messages", original: "LOG_USER_MSGS", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.s.Bot.LogUserMessages }),
			help: "Write what learners say into the log. Never where real people learn."},

		{name: "store.url", standard: "sqlite:///var/lib/otrbot/otrbot.db", kind: storeURL(func(s *scope) *string { return &s.s.Store.URL }),
			help: "Where learners and sessions are kept: sqlite:///PATH, or sqlite:PATH beside this file, such as\nsqlite:otrbot.db to try the bot out. The bot's user must be able to write there."},
		{name: "store.key_file", standard: "/var/lib/otrbot/otrbot.key", kind: pathOf(func(s *scope) *string { return &s.s.Store.KeyFile }),
			help: "The key that they are sealed with, made at the first start. Without it they cannot be read."},
		{name: "store.key_credential", kind: words(func(s *scope) *string { return &s.s.Store.keyCredential }),
			help: "Instead: name of a systemd credential that holds the key.", example: `"otrbot-key"`},

		{name: "web.public_url", original: "PYLTI_URL_FIX", kind: publicURL(func(s *scope) *string { return &s.s.Web.PublicURL }),
			help:    "Where people reach the pages for courses: https, through a proxy that does TLS and passes on to listen.\nEmpty: no pages, the bot alone.",
			example: `"https://otr.example.org"`},
		{name: "web.listen", standard: "127.0.0.1:5000", kind: hostPort(func(s *scope) *string { return &s.s.Web.Listen }),
			help: "Where the pages are served, without TLS: on this machine only, unless the proxy is on another one."},
		{name: "web.proxies", kind: networks(func(s *scope) *[]netip.Prefix { return &s.s.Web.Proxies }),
			help: "Networks of proxies whose word counts for where a request comes from (X-Forwarded-For), beside this machine.", example: `["10.1.2.3/32"]`},
		{name: "web.css_url", original: "LTI_CSS_URL", kind: styleURL(func(s *scope) *string { return &s.s.Web.CSSURL }),
			help: "A style sheet of yours that comes after the pages' own.", example: `"https://www.example.org/style.css"`},

		{name: "lti.partial_credit", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.s.LTI.PartialCredit }),
			help: "Send a part of the grade for each step: a quarter for the chat, for encryption, for verification, for the code."},
		{name: "lti.approve_deployments", standard: "false", kind: yesNo(func(s *scope) *bool { return &s.s.LTI.ApproveDeployments }),
			help: "Take new deployments of a platform that is registered; else they wait for \"otrbot lti approve\"."},
		{name: "lti.retention", standard: "4320h", kind: duration(24*hour, 10*365*24*hour, func(s *scope) *time.Duration { return &s.s.LTI.Retention }),
			help: "How long what a course knows of a learner is kept after the last launch, form or message: half a year."},

		{name: "lti.allow_networks", kind: networks(func(s *scope) *[]netip.Prefix { return &s.s.LTI.AllowNetworks }),
			help:    "Private networks in which platforms may be, such as a school's own. Empty: platforms are on the Internet,\nand nothing is ever fetched from a private address, whatever a request names.",
			example: `["10.1.2.0/24"]`},
	}
	all = append(all, watchKeys()...)
	all = append(all, logKeys()...)
	return append(all, key{name: "learners.*.locale", original: "JID_WHITELIST", kind: locale(func(s *scope) *string { return &s.l.Locale }),
		help: "Language of this learner until they choose another; empty: the locale above.", example: `"nl"`})
}

// silent makes the values of a key ones that no fault repeats: somebody may
// have written the password itself there.
func (k kind) silent() kind {
	k.mute = true
	return k
}

func secretValue(at func(*scope) *Secret) kind {
	k := of(text, wantsText, func(_ *scope, s string) (Secret, error) { return Secret{s: s}, oneLine(s) },
		func(s Secret) string { return s.s }, at)
	return k.silent()
}

// leastCode is how many random characters keep a code from being guessed
// within the tries.
const leastCode = 6

func codeFormat(at func(*scope) *string) kind {
	return of(text, `a format in quotation marks, such as "XXXX-XXXX-XXXX"`, func(_ *scope, s string) (string, error) {
		if strings.Count(s, "X") < leastCode {
			return "", fmt.Errorf("%q: write at least %d X, each becomes a random character", short(s), leastCode)
		}
		if strings.ContainsAny(s, "<>&") {
			return "", errors.New("the format must be without <, > and &, which some clients change")
		}
		return s, oneLine(s)
	}, same, at)
}

// basic is the lesson that the program holds.
const basic = "basic"

// lessonOf is the name of a lesson, or the path of a file.
func lessonOf(at func(*scope) *string) kind {
	return of(text, `"basic", or the path of a file that ends in .yaml`, func(sc *scope, s string) (string, error) {
		if s == basic {
			return s, nil
		}
		if filepath.Ext(s) != ".yaml" {
			return "", fmt.Errorf("%q: there is no such lesson; write \"basic\", or the path of a file that ends in .yaml", short(s))
		}
		return absolute(sc.dir, s)
	}, same, at)
}

func storeURL(at func(*scope) *string) kind {
	return of(text, `an address in quotation marks, such as "sqlite:otrbot.db"`, func(sc *scope, s string) (string, error) {
		scheme, rest, _ := strings.Cut(s, ":")
		switch {
		case strings.HasPrefix(scheme, "postgres"):
			return "", errors.New("PostgreSQL is not supported yet: write sqlite:PATH")
		case scheme != "sqlite" || strings.HasPrefix(rest, "//") && !strings.HasPrefix(rest, "///"):
			return "", fmt.Errorf("%q: write sqlite:///PATH with three slashes, or sqlite:PATH beside this file", short(s))
		}
		path, err := url.PathUnescape(strings.TrimPrefix(rest, "//"))
		if err != nil || path == "" || strings.HasSuffix(path, "/") || strings.ContainsRune(path, 0) {
			return "", fmt.Errorf("%q: the path of the file is missing or not usable", short(s))
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(sc.dir, path)
		}
		return "sqlite://" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), nil
	}, same, at)
}
