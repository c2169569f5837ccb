package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode/utf8"
)

// maxPassword is the size of the largest file of a password, in bytes.
const maxPassword = 4096

// password finds the one place where the password of an account is.
func (l *loader) password(a *Account, file, credentials string, outside bool) {
	table := "xmpp.accounts." + a.JID
	var given []string
	for _, p := range []struct{ name, value string }{
		{".password_file", a.passwordFile}, {".password_credential", a.passwordCredential}, {".password", a.password},
	} {
		if _, set := l.from[table+p.name]; set {
			given = append(given, p.name[1:])
		}
	}
	switch {
	case len(given) == 0:
		l.fault(l.at(table), table, "the password is missing: write password_file or password_credential")
		return
	case len(given) > 1:
		l.fault(l.at(table+"."+given[1]), table, strings.Join(given, " and ")+" are set: leave one")
		return
	}
	name := table + "." + given[0]
	at := l.at(name)
	switch given[0] {
	case "password":
		if a.password == "" {
			l.fault(at, name, "is empty")
		}
		if at.source == file {
			l.private(file, at, name)
		}
		a.Password, a.password = Secret{s: a.password}, ""
	case "password_credential":
		if credentials == "" && outside {
			l.warn(name + " cannot be looked at here: systemd gives it to the service alone")
			return
		}
		if path, ok := l.credential(credentials, a.passwordCredential, at, name); ok {
			a.Password = l.secretFile(path, at, name, false)
			l.from[table+".password"] = origin{source: "credential " + a.passwordCredential}
		}
	default:
		if a.passwordFile == "" {
			l.fault(at, name, "must be the path of a file")
			return
		}
		a.Password = l.secretFile(a.passwordFile, at, name, true)
		l.from[table+".password"] = origin{source: "password_file"}
	}
}

// storeKey takes the key of the store from a credential, if one is named.
func (l *loader) storeKey(credentials string) {
	const name = "store.key_credential"
	at, set := l.from[name]
	if !set {
		return
	}
	if _, both := l.from["store.key_file"]; both {
		l.fault(at, name, "and key_file are set: leave one")
	}
	if path, ok := l.credential(credentials, l.s.Store.keyCredential, at, name); ok {
		l.s.Store.KeyFile = path
		l.from["store.key_file"] = origin{source: "credential " + l.s.Store.keyCredential}
	}
}

// credential is the path of a systemd credential: systemd.exec(5), CREDENTIALS.
func (l *loader) credential(dir, credential string, at origin, name string) (path string, ok bool) {
	switch {
	case dir == "":
		l.fault(at, name, "there are no credentials: the systemd unit needs LoadCredential=, or name a file")
	case credential == "" || strings.ContainsAny(credential, "/\\") || credential[0] == '.':
		l.fault(at, name, "must be the name of a credential, not a path")
	default:
		return filepath.Join(dir, credential), true
	}
	return "", false
}

// secretFile reads a password. Its path is not repeated: it may be the
// password itself, written in the wrong place.
func (l *loader) secretFile(path string, at origin, name string, checkMode bool) Secret {
	if checkMode && !l.private(path, at, name) {
		return Secret{}
	}
	b, err := readFile(path, maxPassword)
	text := strings.TrimRight(string(b), "\r\n")
	switch {
	case err != nil:
		l.fault(at, name, reason(err))
	case text == "":
		l.fault(at, name, "the file is empty")
	case !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00"):
		l.fault(at, name, "the file must hold one line of text and nothing else")
	default:
		return Secret{s: text}
	}
	return Secret{}
}

// private checks that nobody else can read a file.
func (l *loader) private(path string, at origin, name string) bool {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		l.fault(at, name, reason(err))
	case info.IsDir():
		l.fault(at, name, "is a directory")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		l.fault(at, name, fmt.Sprintf("other users can read the file (mode %#o): chmod 600", info.Mode().Perm()))
	default:
		return true
	}
	return false
}
