package settings

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A shape is the type of a value in TOML.
type shape int

const (
	text shape = iota
	truth
	number
	list
	other // tables, dates and so on, which no key takes
)

// A scope is what a key writes to: the settings, and the account, learner or
// colours whose table it stands in.
type scope struct {
	s *Settings
	a *Account
	l *Learner
	c *scheme

	dir string // where relative paths of this value begin
}

// A kind is a type of value: how it is read, checked and shown.
type kind struct {
	shape shape
	wants string // "a duration in quotation marks, such as \"25m\""
	mute  bool   // its value must not be repeated in a fault
	set   func(*scope, []string) error
	get   func(*scope) string
}

// of makes a kind of values that are one word each.
func of[T any](k shape, wants string, read func(*scope, string) (T, error), write func(T) string, at func(*scope) *T) kind {
	return kind{shape: k, wants: wants,
		set: func(sc *scope, words []string) error {
			v, err := read(sc, words[0])
			if err == nil {
				*at(sc) = v
			}
			return err
		},
		get: func(sc *scope) string { return write(*at(sc)) },
	}
}

func same(s string) string { return s }

const wantsText = "text in quotation marks"

// words is any text on one line.
func words(at func(*scope) *string) kind {
	return of(text, wantsText, func(_ *scope, s string) (string, error) { return s, oneLine(s) }, same, at)
}

const longestText = 1000 // characters

func oneLine(s string) error {
	switch {
	case !utf8.ValidString(s):
		return errors.New("the text is not UTF-8")
	case utf8.RuneCountInString(s) > longestText:
		return fmt.Errorf("the text is longer than %d characters", longestText)
	case strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("the text must be one line without control characters")
	}
	return nil
}

// secret is a password itself.
func secret(at func(*scope) *string) kind {
	k := words(at)
	k.mute = true
	return k
}

// pathOf is the path of a file; a relative one begins where the settings file
// lies.
func pathOf(at func(*scope) *string) kind {
	return of(text, "a path in quotation marks", func(sc *scope, s string) (string, error) {
		if s == "" {
			return "", nil
		}
		return absolute(sc.dir, s)
	}, same, at)
}

func absolute(dir, path string) (string, error) {
	if strings.ContainsRune(path, 0) {
		return "", errors.New("the path is not usable")
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return filepath.Clean(path), nil
}

func yesNo(at func(*scope) *bool) kind {
	return of(truth, "true or false, without quotation marks", func(_ *scope, s string) (bool, error) {
		if s != "true" && s != "false" {
			return false, fmt.Errorf("%q: write true or false", short(s))
		}
		return s == "true", nil
	}, strconv.FormatBool, at)
}

func whole(least, most int, at func(*scope) *int) kind {
	return of(number, "a whole number, without quotation marks", func(_ *scope, s string) (int, error) {
		n, err := strconv.ParseInt(s, 0, 32)
		if err != nil || int(n) < least || int(n) > most {
			return 0, fmt.Errorf("%s: write a number from %d to %d", short(s), least, most)
		}
		return int(n), nil
	}, strconv.Itoa, at)
}

func duration(least, most time.Duration, at func(*scope) *time.Duration) kind {
	return of(text, `a duration in quotation marks, such as "25m" or "1500s"`, func(_ *scope, s string) (time.Duration, error) {
		d, err := time.ParseDuration(s)
		switch {
		case err != nil:
			return 0, fmt.Errorf(`%q is no duration: write a number with its unit, such as "90s", "25m" or "1h30m"`, short(s))
		case d < least || d > most:
			return 0, fmt.Errorf("%s is outside %v to %v", short(s), least, most)
		}
		return d, nil
	}, plainDuration, at)
}

// plainDuration writes 25m0s as 25m.
func plainDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func oneOf[T ~string](choices []T, at func(*scope) *T) kind {
	return of(text, wantsText, func(_ *scope, s string) (T, error) {
		if slices.Contains(choices, T(s)) {
			return T(s), nil
		}
		var names []string
		for _, c := range choices {
			names = append(names, string(c))
		}
		return "", fmt.Errorf("%q is none of %s", short(s), strings.Join(names, ", "))
	}, func(v T) string { return string(v) }, at)
}

func address(at func(*scope) *string) kind {
	return of(text, `an address in quotation marks, such as "ana@example.org"`, func(_ *scope, s string) (string, error) {
		if s == "" {
			return "", nil
		}
		return ParseJID(s)
	}, same, at)
}

func resource(at func(*scope) *string) kind {
	return of(text, wantsText, func(_ *scope, s string) (string, error) { return parseResource(s) }, same, at)
}

func hostPort(at func(*scope) *string) kind {
	return of(text, `a host and a port in quotation marks, such as "127.0.0.1:5222"`, func(_ *scope, s string) (string, error) {
		if s == "" {
			return "", nil
		}
		host, port, err := net.SplitHostPort(s)
		n, bad := strconv.ParseUint(port, 10, 16)
		if err != nil || bad != nil || n == 0 || host == "" || strings.ContainsAny(host, " /@") {
			return "", fmt.Errorf(`%q: write host and port, such as "127.0.0.1:5222"`, short(s))
		}
		return s, nil
	}, same, at)
}

var localeForm = regexp.MustCompile(`^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}$`)

func locale(at func(*scope) *string) kind {
	return of(text, `a locale in quotation marks, such as "en_GB" or "nl"`, func(_ *scope, s string) (string, error) {
		if s != "" && !localeForm.MatchString(s) {
			return "", fmt.Errorf(`%q is no locale: write one such as "en_GB" or "nl"`, short(s))
		}
		return s, nil
	}, same, at)
}

var versions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

func tlsVersion(at func(*scope) *uint16) kind {
	return of(text, `"1.2" or "1.3"`, func(_ *scope, s string) (uint16, error) {
		if v, ok := versions[strings.TrimPrefix(s, "TLSv")]; ok {
			return v, nil
		}
		return 0, fmt.Errorf(`%q: write "1.2" or "1.3"; older versions are not safe and not supported`, short(s))
	}, func(v uint16) string {
		if v == tls.VersionTLS13 {
			return "1.3"
		}
		return "1.2"
	}, at)
}

func cipherList(at func(*scope) *[]uint16) kind {
	return kind{shape: list, wants: "a list of names, such as [\"TLS_AES_128_GCM_SHA256\"]",
		set: func(sc *scope, names []string) error {
			var ids []uint16
			var faults []string
			for _, name := range names {
				id, err := cipherSuite(name)
				if err != nil {
					faults = append(faults, err.Error())
				}
				ids = append(ids, id)
			}
			if len(faults) > 0 {
				return errors.New(strings.Join(faults, "; "))
			}
			*at(sc) = ids
			return nil
		},
		get: func(sc *scope) string {
			names := make([]string, len(*at(sc)))
			for i, id := range *at(sc) {
				names[i] = tls.CipherSuiteName(id)
			}
			return strings.Join(names, ", ")
		}}
}

// short cuts a value that a fault repeats.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
