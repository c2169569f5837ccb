package settings

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"syscall"

	"otrbot/internal/regular"
)

var errTooLong = errors.New("too long")

// readFile reads a regular file of at most so many bytes.
func readFile(path string, most int64) ([]byte, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%s: %w: more than %d bytes", path, errTooLong, most)
	}
	return b, err
}

// reason is what the machine says about a file, without its path.
func reason(err error) string {
	switch {
	case errors.Is(err, errTooLong):
		return "the file is too long"
	case os.IsNotExist(err):
		return "the file does not exist"
	case errors.Is(err, regular.ErrOther):
		return regular.ErrOther.Error()
	case errors.Is(err, syscall.EISDIR):
		return "this is a directory, not a file"
	case os.IsPermission(err):
		return "the file cannot be read: permission denied"
	}
	return "the file cannot be read"
}

// named reads a file that a key names; nil if that fails, or none is named.
func (l *loader) named(name, path string, most int64) []byte {
	if path == "" {
		return nil
	}
	b, err := readFile(path, most)
	if err != nil {
		l.fault(l.at(name), name, reason(err)+" ("+path+")")
		return nil
	}
	return b
}

// certificates reads authorities; nil where no file is named.
func (l *loader) certificates(name, path string) *x509.CertPool {
	pem := l.named(name, path, 16<<20)
	if pem == nil {
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		l.fault(l.at(name), name, "holds no certificate; a PEM file begins with -----BEGIN CERTIFICATE-----")
	}
	return pool
}

// lesson reads the lesson, and has somebody look into it.
func (l *loader) lesson(look func(path string, text []byte) []Fault) {
	if l.s.Bot.Lesson == basic {
		return
	}
	l.s.Bot.LessonText = l.named("bot.lesson", l.s.Bot.Lesson, maxFile)
	if l.s.Bot.LessonText != nil && look != nil {
		l.faults = append(l.faults, look(l.s.Bot.Lesson, l.s.Bot.LessonText)...)
	}
}

// maxAvatar is the size of the largest avatar, in bytes: in base64 it fits into a stanza, of which servers take 256 KiB.
const maxAvatar = 180 << 10

func (l *loader) avatar(a *Account) {
	name := "xmpp.accounts." + a.JID + ".avatar"
	picture := l.named(name, a.Avatar, maxAvatar)
	if picture == nil {
		return
	}
	if _, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil {
		l.fault(l.at(name), name, "is not a PNG picture")
		return
	}
	a.Picture = picture
}
